#include "scripts.hpp"

#include "traffic.hpp"

#include <lab/printable.hpp>

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

namespace lockstep::producer_consumer {
namespace {

using lab::printable::human;

std::string_view name_of(Call call) {
    switch (call) {
    case Call::put:
    case Call::put_late: return "put";
    case Call::get: return "get";
    case Call::close: return "close";
    case Call::task_done: return "task_done";
    case Call::join: return "join";
    }
    return "";
}

std::string_view refusal_of(Call call) {
    return call == Call::get ? "came back with nothing" : "was refused";
}

/// What one line left in the trace.
struct Told {
    std::optional<lab::SpanRecord> span;
    bool refused = false;
    bool threw = false;  ///< something else than it may
    std::optional<std::int64_t> item;
};

std::vector<Told> told(const Script& script, const lab::Trace& trace) {
    std::vector<Told> all(script.lines.size());
    const auto at = [&](std::int64_t line) -> Told* {
        const auto place = static_cast<std::size_t>(line);
        return line >= 0 && place < all.size() ? &all[place] : nullptr;
    };
    for (const lab::SpanRecord& span : trace.spans())
        if (Told* const line = at(span.value)) line->span = span;
    std::map<lab::ThreadId, std::int64_t> current;
    for (const lab::Event& event : trace.events()) {
        const std::string_view label = trace.label(event);
        if (event.kind == lab::EventKind::span_begun) current[event.thread] = event.value;
        if (event.kind != lab::EventKind::marked) continue;
        if (label == "got" && at(current[event.thread]) != nullptr)
            at(current[event.thread])->item = event.value;
        if (at(event.value) == nullptr) continue;
        if (label == "refused" || label == "got nothing") at(event.value)->refused = true;
        if (label == "threw") at(event.value)->threw = true;
    }
    return all;
}

std::string wrong_with_line(const Script& script, const Line& line, const Told& told,
                            std::int64_t unit) {
    const std::string who = fmt::format("The {} of thread {} at {}", name_of(line.call),
                                        line.thread + 1, human(lab::Duration{line.at * unit}));
    if (!told.span || told.span->open) return who + " did not come back.";
    if (told.threw) return who + " threw an exception that it must not throw.";
    const lab::Duration ends{line.ends * unit};
    const bool early = told.span->end < ends;
    if (early && script.late_only && line.call == Call::put) return "";
    const bool refused = line.ending == Ending::refuses;
    if (told.refused != refused)
        return fmt::format("{} {}.", who,
                           !refused                 ? refusal_of(line.call)
                           : line.call == Call::get ? "came back with an item"
                                                    : "was not refused");
    if (line.item >= 0 && told.item != line.item)
        return fmt::format("{} came back with item {}, and an older one was there.", who,
                           told.item.value_or(-1));
    if (told.span->end > ends && !script.promptness_elsewhere)
        return fmt::format("{} came back only at {}, {} late.", who, human(told.span->end),
                           human(told.span->end - ends));
    if (early && !script.late_only)
        return fmt::format("{} came back at {} already, {} early.", who, human(told.span->end),
                           human(ends - told.span->end));
    return "";
}

/// Lines begin and end at multiples of the unit, and nothing else ever happens.
std::string woken_for_nothing(const Script& script, const lab::Trace& trace,
                              const std::vector<Told>& all, std::int64_t unit) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Call call = script.lines[i].call;
        if (!all[i].span || (call != Call::put && call != Call::get)) continue;
        const lab::SpanRecord& span = *all[i].span;
        for (const lab::Event& event : trace.events())
            if (event.thread == span.thread && event.at > span.begin && event.at < span.end &&
                event.at.count() % unit != 0)
                return fmt::format(
                    "A thread that waited in {} woke up at {}, when nothing happened.",
                    name_of(call), human(event.at));
    }
    return "";
}

std::string wrong_with_script(const Script& script, const lab::Trace& trace, std::int64_t unit) {
    const std::vector<Told> all = told(script, trace);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (script.lines[i].ending == Ending::any) continue;
        std::string wrong = wrong_with_line(script, script.lines[i], all[i], unit);
        if (!wrong.empty()) return wrong;
    }
    return script.undisturbed ? woken_for_nothing(script, trace, all, unit) : "";
}

}  // namespace

Numbers Script::workload(std::int64_t unit) const {
    std::vector<std::int64_t> threads;
    std::vector<std::int64_t> calls;
    std::vector<std::int64_t> times;
    for (const Line& line : lines) {
        threads.push_back(line.thread);
        calls.push_back(static_cast<std::int64_t>(line.call));
        times.push_back(line.at * unit);
    }
    return {{"capacity", {capacity}}, {"threads", threads}, {"calls", calls}, {"times", times}};
}

void examine_script(const Script& script, std::string_view name) {
    Draw draw = lockstep::draw(name);
    const std::int64_t unit = draw.number(7'000'000, 13'000'000);
    Plan plan;
    plan.scenario = "script";
    plan.workload = script.workload(unit);
    plan.schedules = script.schedules;
    // Who does not look again after a wake-up for no reason is seen elsewhere.
    plan.spurious_wakeups = false;
    if (script.promptness_elsewhere) plan.elsewhere = {lab::Diagnosis::Kind::busy_wait};
    plan.judge = [script, unit](const Played& run) -> std::optional<Complaint> {
        std::string wrong = wrong_with_script(script, run.trace, unit);
        if (wrong.empty()) return std::nullopt;
        return Complaint{.expected = script.expected,
                         .happened = std::move(wrong),
                         .hint = script.hint,
                         .stacks = places_of(run.trace, "got")};
    };
    examine(plan);
}

}  // namespace lockstep::producer_consumer
