#include <lab/narrator.hpp>
#include <lab/printable.hpp>
#include <lab/timeline/layout.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace lab::timeline {
namespace {

constexpr std::size_t widest_label = 40;
constexpr std::size_t widest_sentence = 400;

State state_of(Wait wait) noexcept {
    switch (wait) {
    case Wait::mutex:
    case Wait::shared_lock: return State::waits_lock;
    case Wait::sleep: return State::sleeping;
    case Wait::condition:
    case Wait::semaphore:
    case Wait::futex:
    case Wait::barrier:
    case Wait::join:
    case Wait::once:
    case Wait::io:
    case Wait::core:
    case Wait::child: break;
    }
    return State::waits;
}

State state_of(const SpanRecord& span) noexcept {
    switch (span.outcome) {
    case Outcome::cancelled: return State::cancelled;
    case Outcome::failed: return State::failed;
    case Outcome::done: break;
    }
    return State::span;
}

class Builder {
public:
    Builder(const Trace& trace, Axis axis, const Limits& limits)
        : trace_{trace}, limits_{limits}, narrator_{trace} {
        layout_.axis = axis;
        if (axis == Axis::automatic) {
            layout_.axis = trace.makespan().count() > 0 ? Axis::time : Axis::steps;
        }
        // A step is a slot: step s lies between s and s + 1, and 0 is what precedes the first.
        layout_.end = by_time() ? std::max<std::int64_t>(trace.makespan().count(), 1)
                                : std::int64_t{trace.steps()} + 1;
        layout_.tail = !trace.completed();
    }

    Layout build() {
        choose_rows();
        add_states();
        add_spans();
        add_problems();
        for (Row& row : layout_.rows) {
            sort_points(row);
        }
        return std::move(layout_);
    }

private:
    [[nodiscard]] bool by_time() const noexcept { return layout_.axis == Axis::time; }

    [[nodiscard]] std::int64_t clamp(std::int64_t at) const noexcept {
        return std::clamp<std::int64_t>(at, 0, layout_.end);
    }

    /// Where a state begins that the thread enters in this event, or ends that it leaves.
    [[nodiscard]] std::int64_t enters(const Event& event) const noexcept {
        return clamp(by_time() ? event.at.count() : std::int64_t{event.step} + 1);
    }
    [[nodiscard]] std::int64_t leaves(const Event& event) const noexcept {
        return clamp(by_time() ? event.at.count() : std::int64_t{event.step});
    }

    [[nodiscard]] std::string instant(std::int64_t at) const {
        return by_time() ? printable::human(Duration{at}) : fmt::format("step {}", at);
    }

    Row* row_of(ThreadId thread) noexcept {
        const std::size_t index = thread < row_index_.size() ? row_index_[thread] : none;
        return index == none ? nullptr : &layout_.rows[index];
    }

    /// Where not all threads can be shown, those that a diagnosis names come first.
    void choose_rows() {
        const std::size_t count = trace_.threads().size();
        std::vector<bool> named(count);
        for (const Diagnosis& diagnosis : trace_.diagnoses()) {
            for (const Witness& witness : diagnosis.witnesses) {
                if (witness.thread < count) {
                    named[witness.thread] = true;
                }
            }
        }
        std::vector<std::size_t> threads;
        for (const bool wanted : {true, false}) {
            for (std::size_t thread = 0; thread < count; ++thread) {
                if (named[thread] == wanted) {
                    threads.push_back(thread);
                }
            }
        }
        threads.resize(std::min(count, limits_.rows));
        std::sort(threads.begin(), threads.end());
        layout_.hidden_threads = count - threads.size();
        row_index_.assign(count, none);
        for (const std::size_t thread : threads) {
            row_index_[thread] = layout_.rows.size();
            Row row;
            row.thread = static_cast<ThreadId>(thread);
            row.name = narrator_.thread(row.thread);
            layout_.rows.push_back(std::move(row));
        }
    }

    struct Now {
        State state = State::absent;
        std::int64_t since = 0;
        std::string text;
        std::string detail;
    };

    void change(Row& row, Now& now, std::int64_t at, State state, std::string text = "",
                std::string detail = "") const {
        at = std::max(at, now.since);
        // Where steps are short of slots (a thread that blocks the moment it is woken), the later
        // state wins.
        if (at > now.since) {
            Interval interval{now.state, now.since, at, std::move(now.text), std::move(now.detail)};
            if (!interval.detail.empty()) {
                interval.detail +=
                    fmt::format(", from {} to {}", instant(interval.begin), instant(interval.end));
            }
            row.states.push_back(std::move(interval));
        }
        now = {state, at, std::move(text), std::move(detail)};
    }

    void add_states() {
        std::vector<Now> now(layout_.rows.size());
        for (Now& first : now) {
            // The body's thread is there from the start; others appear with their first event.
            first.state = &first == now.data() && layout_.rows.front().thread == 0 ? State::ready
                                                                                   : State::absent;
        }
        for (const Event& event : trace_.events()) {
            Row* const row = row_of(event.thread);
            if (row == nullptr) {
                narrator_.pass(event);
                continue;
            }
            Now& current = now[static_cast<std::size_t>(row - layout_.rows.data())];
            add_event(*row, current, event);
        }
        std::vector<std::vector<std::int64_t>> slots = by_time() ? decltype(slots){} : chosen();
        for (std::size_t i = 0; i < now.size(); ++i) {
            Row& row = layout_.rows[i];
            std::string detail = std::move(now[i].detail);
            // The last state is wanted even if no time is left for it: it is what lasts for ever.
            row.states.push_back({now[i].state, now[i].since, layout_.end, std::move(now[i].text),
                                  detail.empty() ? "" : detail + ", to the end"});
            if (!by_time()) {
                split_ready(row, slots[i]);
            }
        }
    }

    void add_event(Row& row, Now& now, const Event& event) {
        const std::string words = narrator_.tell(event);
        if (now.state == State::absent && !row.ended) {
            change(row, now, leaves(event), State::ready);
        }
        switch (event.kind) {
        case EventKind::thread_ended:
            change(row, now, enters(event), State::absent);
            row.ended = true;
            break;
        case EventKind::blocked:
            if (now.state != State::computing) {
                change(row, now, enters(event), state_of(static_cast<Wait>(event.value)),
                       waited_for(event), printable::clean(words, widest_sentence));
            }
            break;
        case EventKind::resumed:
            if (now.state != State::computing) {
                change(row, now, leaves(event), State::ready);
            }
            break;
        case EventKind::computing:
            change(row, now, leaves(event), State::computing, fmt::format("core {}", event.value),
                   words);
            break;
        case EventKind::computed:
            if (now.state == State::computing) {
                change(row, now, enters(event), State::ready);
            }
            break;
        case EventKind::marked: add_point(row, Point::Kind::event, event); break;
        case EventKind::notified:
        case EventKind::posted:
            // Only where steps are seen: in time, wake-ups and waits say it.
            if (!by_time()) {
                add_point(row, Point::Kind::notification, event);
            }
            break;
        default: break;
        }
    }

    void add_point(Row& row, Point::Kind kind, const Event& event) {
        constexpr std::size_t most_points = 4'096;
        if (row.points.size() < most_points) {
            std::string text = kind == Point::Kind::event
                                   ? narrator_.labelled(trace_.label(event), event.value)
                                   : "";
            row.points.push_back({kind, leaves(event), printable::cut(text, widest_label), false});
        }
    }

    [[nodiscard]] std::string waited_for(const Event& event) const {
        const bool named = trace_.object_kind(event.object) != ObjectKind::none;
        std::string name =
            named ? printable::clean(trace_.object_name(event.object), widest_label) : "";
        switch (static_cast<Wait>(event.value)) {
        case Wait::sleep: return "";
        case Wait::join:
            if (const ThreadId joined = trace_.joined_thread(event); joined != no_thread) {
                return "join " + narrator_.thread(joined);
            }
            return "join";
        case Wait::io: return "I/O";
        case Wait::core: return "no free core";
        case Wait::child: return "child process";
        default: return name;
        }
    }

    /// For each row the steps at which its thread was chosen.
    [[nodiscard]] std::vector<std::vector<std::int64_t>> chosen() {
        std::vector<std::vector<std::int64_t>> slots(layout_.rows.size());
        std::int64_t slot = 0;
        for (const ThreadId thread : trace_.schedule()) {
            if (++slot >= layout_.end) {
                break;
            }
            if (const Row* row = row_of(thread)) {
                slots[static_cast<std::size_t>(row - layout_.rows.data())].push_back(slot);
            }
        }
        return slots;
    }

    static void split_ready(Row& row, const std::vector<std::int64_t>& slots) {
        std::vector<Interval> split;
        std::size_t next = 0;
        for (Interval& interval : row.states) {
            while (next < slots.size() && slots[next] < interval.begin) {
                ++next;
            }
            if (interval.state != State::ready) {
                split.push_back(std::move(interval));
                continue;
            }
            std::int64_t at = interval.begin;
            while (next < slots.size() && slots[next] < interval.end) {
                const std::int64_t from = slots[next];
                std::int64_t to = from + 1;
                for (++next; next < slots.size() && slots[next] == to && to < interval.end;
                     ++next) {
                    ++to;
                }
                if (from > at) {
                    split.push_back({State::ready, at, from, "", ""});
                }
                split.push_back({State::running, from, to, "", ""});
                at = to;
            }
            if (at < interval.end) {
                split.push_back({State::ready, at, interval.end, "", ""});
            }
        }
        row.states = std::move(split);
    }

    [[nodiscard]] Interval interval_of(const SpanRecord& span) const {
        Interval interval;
        interval.state = state_of(span);
        interval.begin = clamp(by_time() ? span.begin.count() : std::int64_t{span.begin_step});
        interval.end = clamp(by_time() ? span.end.count() : std::int64_t{span.end_step} + 1);
        interval.end = std::max(interval.end, interval.begin);
        interval.text = printable::cut(narrator_.labelled(span.label, span.value), widest_label);
        interval.detail = fmt::format("{}, from {} to {}{}", interval.text, instant(interval.begin),
                                      span.open ? std::string{"the end"} : instant(interval.end),
                                      span.open || span.outcome == Outcome::done
                                          ? ""
                                          : fmt::format(", {}", name_of(span.outcome)));
        return interval;
    }

    void add_spans() {
        std::vector<std::vector<SpanRecord>> spans(layout_.rows.size());
        for (const SpanRecord& span : trace_.spans()) {
            if (const Row* row = row_of(span.thread)) {
                spans[static_cast<std::size_t>(row - layout_.rows.data())].push_back(span);
            }
        }
        const std::vector<bool> loops = waits_for_io();
        for (std::size_t i = 0; i < spans.size(); ++i) {
            Row& row = layout_.rows[i];
            row.concurrent = overlap(spans[i], loops[i]);
            if (row.concurrent) {
                add_lanes(row, spans[i]);
            } else if (!spans[i].empty()) {
                row.lanes.emplace_back();
                for (const SpanRecord& span : spans[i]) {
                    row.lanes.front().push_back(interval_of(span));
                }
            }
        }
    }

    [[nodiscard]] std::vector<bool> waits_for_io() {
        std::vector<bool> loops(layout_.rows.size());
        for (const Event& event : trace_.events()) {
            if (event.kind == EventKind::blocked &&
                event.value == static_cast<std::int64_t>(Wait::io)) {
                if (const Row* row = row_of(event.thread)) {
                    loops[static_cast<std::size_t>(row - layout_.rows.data())] = true;
                }
            }
        }
        return loops;
    }

    /// Whether the spans of one thread cannot be calls within calls: they overlap without nesting,
    /// or overlap and have one label, or overlap on a thread that runs an event loop.
    [[nodiscard]] static bool overlap(const std::vector<SpanRecord>& spans, bool loop) {
        std::vector<const SpanRecord*> open;
        for (const SpanRecord& span : spans) {
            while (!open.empty() && !open.back()->open &&
                   open.back()->end_step <= span.begin_step) {
                open.pop_back();
            }
            constexpr std::size_t deepest_call = 16;
            if (open.size() >= deepest_call || (loop && !open.empty())) {
                return true;
            }
            for (const SpanRecord* outer : open) {
                const bool partial = !outer->open && outer->end_step < span.end_step;
                if (partial || outer->label == span.label) {
                    return true;
                }
            }
            open.push_back(&span);
        }
        return false;
    }

    void add_lanes(Row& row, const std::vector<SpanRecord>& spans) const {
        std::vector<std::uint32_t> free_from;  // of each lane
        for (const SpanRecord& span : spans) {
            std::size_t lane = 0;
            while (lane < free_from.size() && free_from[lane] > span.begin_step) {
                ++lane;
            }
            if (lane == limits_.lanes) {
                ++row.hidden_spans;
                continue;
            }
            if (lane == free_from.size()) {
                free_from.push_back(0);
                row.lanes.emplace_back();
            }
            free_from[lane] = span.open ? static_cast<std::uint32_t>(-1) : span.end_step;
            row.lanes[lane].push_back(interval_of(span));
        }
    }

    /// In order of time, and of events where they share it. (Not std::stable_sort: libstdc++ 12's
    /// calls what C++20 deprecates, and Clang 19 says so.)
    static void sort_points(Row& row) {
        std::vector<std::pair<std::int64_t, std::size_t>> order;
        for (std::size_t i = 0; i < row.points.size(); ++i) {
            order.emplace_back(row.points[i].at, i);
        }
        std::sort(order.begin(), order.end());
        std::vector<Point> sorted;
        for (const auto& [at, index] : order) {
            sorted.push_back(std::move(row.points[index]));
        }
        row.points = std::move(sorted);
    }

    void add_problems() {
        for (const Diagnosis& diagnosis : trace_.diagnoses()) {
            const std::int64_t at =
                clamp(by_time() ? diagnosis.at_ns : std::int64_t{diagnosis.step});
            const std::int64_t last = by_time() ? layout_.end : layout_.end - 1;
            std::string kind{name_of(diagnosis.kind)};
            std::replace(kind.begin(), kind.end(), '_', ' ');
            for (const Witness& witness : diagnosis.witnesses) {
                if (Row* row = row_of(witness.thread)) {
                    const bool at_end = layout_.tail && at >= last && fatal(diagnosis.kind);
                    row->points.push_back({Point::Kind::problem, at, kind, at_end});
                }
            }
            if (layout_.problems.size() < limits_.problems) {
                layout_.problems.push_back(describe(diagnosis, kind));
            } else {
                ++layout_.hidden_problems;
            }
        }
    }

    [[nodiscard]] Problem describe(const Diagnosis& diagnosis, std::string_view kind) const {
        Problem problem;
        problem.title =
            trace_.makespan().count() == 0
                ? fmt::format("{} at step {}", kind, diagnosis.step)
                : fmt::format("{} after {}, at step {}", kind,
                              printable::human(Duration{diagnosis.at_ns}), diagnosis.step);
        problem.summary = printable::clean(diagnosis.summary, widest_sentence);
        for (const Witness& witness : diagnosis.witnesses) {
            if (problem.lines.size() == limits_.witnesses) {
                problem.lines.push_back(
                    fmt::format("and {} more", diagnosis.witnesses.size() - limits_.witnesses));
                break;
            }
            std::string line = fmt::format("{}: {}", printable::clean(witness.name, 32),
                                           printable::clean(witness.state, widest_sentence));
            if (witness.place.known()) {
                line += fmt::format("  [{}]", printable::clean(witness.place.brief()));
            }
            problem.lines.push_back(std::move(line));
        }
        return problem;
    }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    const Trace& trace_;
    Limits limits_;
    Narrator narrator_;
    Layout layout_;
    std::vector<std::size_t> row_index_;  ///< by thread
};

}  // namespace

Layout lay_out(const Trace& trace, Axis axis, const Limits& limits) {
    return Builder{trace, axis, limits}.build();
}

}  // namespace lab::timeline
