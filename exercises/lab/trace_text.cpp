#include <lab/narrator.hpp>
#include <lab/printable.hpp>
#include <lab/trace.hpp>

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>

namespace lab {

std::string Trace::recipe() const {
    std::string text = "policy " + policy_.describe() + ", seed " + std::to_string(seed_);
    if (spurious_wakeups_ != 0) text += ", spurious_wakeups " + std::to_string(spurious_wakeups_);
    if (!memory_points_) text += ", memory_points off";
    return text;
}

std::string Trace::text() const {
    std::string text;
    const auto out = std::back_inserter(text);
    fmt::format_to(out, "trace steps {} makespan {}{}{}\n", steps_, makespan_.count(),
                   completed_ ? "" : " incomplete", touched_outside_ ? " touched-outside" : "");
    for (std::size_t i = 0; i < threads_.size(); ++i) {
        const ThreadInfo& thread = threads_[i];
        fmt::format_to(out, "thread {} {} creator {} cpu {}{}{}{}\n", i,
                       printable::quoted(thread.name),
                       thread.creator == no_thread ? -1 : int{thread.creator}, thread.cpu.count(),
                       thread.ended ? " ended" : "", thread.joined ? " joined" : "",
                       thread.detached ? " detached" : "");
    }
    for (std::size_t i = 1; i < objects_.size(); ++i) {
        fmt::format_to(out, "object {} {} #{}\n", i, name_of(objects_[i].first),
                       objects_[i].second);
    }
    text += "schedule";
    for (const ThreadId thread : schedule_) {
        fmt::format_to(out, " {}", thread);
    }
    text += '\n';
    for (const Event& event : events_) {
        fmt::format_to(out, "{} {} {} {} {} {}", event.step, event.at.count(), event.thread,
                       name_of(event.kind), event.object, event.value);
        if (event.label != 0) {
            text += ' ' + printable::quoted(label(event));
        }
        text += '\n';
    }
    // What a diagnosis says in words may name places, which are not the same on every machine.
    for (const Diagnosis& diagnosis : diagnoses_) {
        fmt::format_to(out, "diagnosis {} {} {}", diagnosis.step, diagnosis.at_ns,
                       name_of(diagnosis.kind));
        for (const Witness& witness : diagnosis.witnesses) {
            fmt::format_to(out, " {}", witness.thread);
        }
        text += '\n';
    }
    return text;
}

std::string Trace::story(std::size_t most) const {
    struct Line {
        std::string step;
        std::string time;
        std::string thread;
        std::string what;
        std::string place;
    };
    std::size_t skipped = 0;
    if (most != 0 && events_.size() > most) {
        skipped = events_.size() - (most - 1);  // one line says how many are missing
    }

    Narrator narrator{*this};
    std::vector<Line> lines;
    for (std::size_t i = 0; i < events_.size(); ++i) {
        const Event& event = events_[i];
        if (i < skipped) {
            narrator.pass(event);
            continue;
        }
        Line line;
        line.step = fmt::format("{}", event.step);
        // A run that takes no time is told by its steps alone.
        line.time = makespan_.count() == 0 ? "" : printable::human(event.at);
        line.thread = narrator.thread(event.thread);
        line.what = narrator.tell(event);
        if (const Place where = place(event.stack); where.known()) {
            line.place = printable::clean(where.brief());
        }
        lines.push_back(std::move(line));
    }

    std::array<std::size_t, 4> widths{};
    constexpr std::size_t widest_what = 60;  // a longer line pushes only its own place aside
    for (const Line& line : lines) {
        widths[0] = std::max(widths[0], line.step.size());
        widths[1] = std::max(widths[1], printable::columns(line.time));
        widths[2] = std::max(widths[2], printable::columns(line.thread));
        const std::size_t what = printable::columns(line.what);
        widths[3] = std::max(widths[3], what <= widest_what ? what : 0);
    }

    std::string text;
    if (skipped != 0) {
        text = fmt::format("({} not shown)\n", printable::count(skipped, "earlier event"));
    }
    for (const Line& line : lines) {
        text += fmt::format("step {:>{}}  ", line.step, widths[0]);
        if (widths[1] != 0) {
            text += printable::fit(line.time, widths[1]) + "  ";
        }
        text += printable::fit(line.thread, widths[2]) + "  ";
        text += line.what;
        if (!line.place.empty()) {
            const std::size_t what = printable::columns(line.what);
            text.append(what < widths[3] ? widths[3] - what : 0, ' ');
            text += "  " + line.place;
        }
        text += '\n';
    }
    return text;
}

}  // namespace lab
