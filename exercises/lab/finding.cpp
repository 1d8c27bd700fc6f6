#include <lab/finding.hpp>
#include <lab/narrator.hpp>
#include <lab/printable.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <vector>

namespace lab {
namespace {

constexpr std::size_t most_shown = 6;
constexpr std::size_t never = static_cast<std::size_t>(-1);

std::string quote(std::string_view label) { return fmt::format("\"{}\"", printable::clean(label)); }

/// The chosen events in words, one a line: "step 12  at 3 s  thread 2  begins \"fetch\"".
std::string events_in_words(const Trace& trace, const std::vector<std::size_t>& chosen) {
    if (chosen.empty()) {
        return "";
    }
    Narrator narrator{trace};
    std::string text;
    std::size_t shown = 0;
    const std::span<const Event> events = trace.events();
    for (std::size_t i = 0; i < events.size() && shown < std::min(chosen.size(), most_shown); ++i) {
        if (i != chosen[shown]) {
            narrator.pass(events[i]);
            continue;
        }
        text += shown++ == 0 ? "\nevents:   " : "\n          ";
        text += fmt::format("step {}", events[i].step);
        if (trace.makespan().count() != 0) {
            text += ", " + printable::human(events[i].at);
        }
        text += fmt::format(": {} {}", narrator.thread(events[i].thread), narrator.tell(events[i]));
        if (const Place place = trace.place(events[i].stack); place.known()) {
            text += fmt::format("  [{}]", printable::clean(place.brief()));
        }
    }
    if (chosen.size() > most_shown) {
        text += fmt::format("\n          and {} more", chosen.size() - most_shown);
    }
    return text;
}

/// `expected` and `actual` are phrases without a full stop; `chosen` in ascending order.
Finding found(const Trace& trace, bool holds, const std::string& expected,
              const std::string& actual, const std::vector<std::size_t>& chosen = {}) {
    if (holds) {
        return {true, actual};
    }
    return {false, fmt::format("expected: {}\nactual:   {}{}", expected, actual,
                               events_in_words(trace, chosen))};
}

bool is_mark(const Event& event) noexcept {
    return event.kind == EventKind::marked || event.kind == EventKind::span_begun;
}

/// The marks and span beginnings, or all events of spans and marks, that have this label.
std::vector<std::size_t> labelled(const Trace& trace, std::string_view label, bool ends = false) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < trace.events().size(); ++i) {
        const Event& event = trace.events()[i];
        const bool wanted = is_mark(event) || (ends && event.kind == EventKind::span_ended);
        if (wanted && trace.label(event) == label) {
            found.push_back(i);
        }
    }
    return found;
}

/// The first mark or span beginning from `from` on.
std::size_t first_of(const Trace& trace, std::string_view label, std::size_t from = 0) {
    for (std::size_t i = from; i < trace.events().size(); ++i) {
        if (is_mark(trace.events()[i]) && trace.label(trace.events()[i]) == label) {
            return i;
        }
    }
    return never;
}

Finding missing(const Trace& trace, const std::string& expected, std::string_view label) {
    return found(trace, false, expected, fmt::format("{} never happened", quote(label)));
}

std::vector<std::size_t> known(std::initializer_list<std::size_t> indices) {
    std::vector<std::size_t> all;
    std::copy_if(indices.begin(), indices.end(), std::back_inserter(all),
                 [](std::size_t index) { return index != never; });
    std::sort(all.begin(), all.end());
    return all;
}

Finding overlap(const Trace& trace, std::string_view label, unsigned number, std::string_view words,
                const std::function<bool(unsigned)>& fits) {
    const unsigned peak = trace.peak_overlap(label);
    const std::string expected = fmt::format("{}{} of {} at one time", words, number, quote(label));
    const std::string actual =
        peak == 0 ? fmt::format("{} never happened", quote(label))
                  : fmt::format("at most {} of {} at one time", peak, quote(label));
    return found(trace, fits(peak), expected, actual, labelled(trace, label, true));
}

Finding latency(const Trace& trace, std::string_view from, std::string_view to, Duration limit,
                std::string_view words, const std::function<bool(Duration)>& fits) {
    const std::string expected =
        fmt::format("{}{} from {} to {}", words, printable::human(limit), quote(from), quote(to));
    const std::size_t first = first_of(trace, from);
    if (first == never) {
        return missing(trace, expected, from);
    }
    const std::size_t last = first_of(trace, to, first + 1);
    if (last == never) {
        return found(trace, false, expected,
                     fmt::format("{} never happened after {}", quote(to), quote(from)),
                     known({first}));
    }
    const Duration taken = trace.latency(from, to);
    return found(trace, fits(taken), expected,
                 fmt::format("{} from {} to {}", printable::human(taken), quote(from), quote(to)),
                 known({first, last}));
}

/// The thread's last event, for what went on at the end.
std::size_t last_event(const Trace& trace, ThreadId thread) {
    for (std::size_t i = trace.events().size(); i-- > 0;) {
        if (trace.events()[i].thread == thread) {
            return i;
        }
    }
    return never;
}

std::string name(const Trace& trace, ThreadId thread) {
    return printable::clean(trace.thread_name(thread), 32);
}

}  // namespace

Finding no_diagnosis(const Trace& trace) {
    if (trace.clean()) {
        return {true, "no diagnosis"};
    }
    std::string actual;
    for (const Diagnosis& diagnosis : trace.diagnoses()) {
        actual += (actual.empty() ? "" : "          ") + diagnosis.explain();
    }
    actual.pop_back();
    return found(trace, false, "no diagnosis", actual);
}

Finding has_diagnosis(const Trace& trace, Diagnosis::Kind kind) {
    std::string others;
    for (const Diagnosis& diagnosis : trace.diagnoses()) {
        if (diagnosis.kind == kind) {
            return {true,
                    fmt::format("{}: {}", name_of(kind), printable::clean(diagnosis.summary, 300))};
        }
        others += others.empty() ? "" : ", ";
        others += name_of(diagnosis.kind);
    }
    return found(trace, false, fmt::format("the diagnosis {}", name_of(kind)),
                 others.empty() ? "no diagnosis" : others);
}

Finding runs_to_the_end(const Trace& trace) {
    std::vector<std::size_t> last;
    std::string alive;
    for (std::size_t i = 1; i < trace.threads().size(); ++i) {
        if (!trace.threads()[i].ended) {
            alive += (alive.empty() ? "" : ", ") + name(trace, static_cast<ThreadId>(i));
            last.push_back(last_event(trace, static_cast<ThreadId>(i)));
        }
    }
    std::erase(last, never);
    std::sort(last.begin(), last.end());
    const std::string actual = !trace.completed() ? "the body did not return"
                               : alive.empty()    ? "the body returned, and every thread ended"
                                               : fmt::format("still there at the end: {}", alive);
    return found(trace, trace.completed() && alive.empty(),
                 "the body returns, and every thread ends", actual, last);
}

Finding peak_overlap_is(const Trace& trace, std::string_view label, unsigned number) {
    return overlap(trace, label, number, "exactly ",
                   [number](unsigned peak) { return peak == number; });
}

Finding peak_overlap_at_most(const Trace& trace, std::string_view label, unsigned number) {
    return overlap(trace, label, number, "no more than ",
                   [number](unsigned peak) { return peak <= number; });
}

Finding peak_overlap_at_least(const Trace& trace, std::string_view label, unsigned number) {
    return overlap(trace, label, number, "at some time at least ",
                   [number](unsigned peak) { return peak >= number; });
}

Finding makespan_is(const Trace& trace, Duration expected) {
    return found(trace, trace.makespan() == expected,
                 fmt::format("{} from start to end", printable::human(expected)),
                 fmt::format("{} from start to end", printable::human(trace.makespan())));
}

Finding makespan_at_most(const Trace& trace, Duration limit) {
    return found(trace, trace.makespan() <= limit,
                 fmt::format("at most {} from start to end", printable::human(limit)),
                 fmt::format("{} from start to end", printable::human(trace.makespan())));
}

Finding latency_is(const Trace& trace, std::string_view from, std::string_view to,
                   Duration expected) {
    return latency(trace, from, to, expected, "",
                   [expected](Duration taken) { return taken == expected; });
}

Finding latency_at_most(const Trace& trace, std::string_view from, std::string_view to,
                        Duration limit) {
    return latency(trace, from, to, limit, "at most ",
                   [limit](Duration taken) { return taken <= limit; });
}

Finding speed_up_at_least(const Trace& trace, double factor) {
    const double actual = trace.speed_up();
    constexpr double tolerance = 1e-6;
    return found(trace, actual >= factor * (1 - tolerance),
                 fmt::format("a speed-up of at least {:.2f}", factor),
                 fmt::format("a speed-up of {:.2f}: {} of work in {}", actual,
                             printable::human(trace.work()), printable::human(trace.makespan())));
}

Finding happens_before(const Trace& trace, std::string_view first, std::string_view second) {
    const std::string expected = fmt::format("{} happens before {}", quote(first), quote(second));
    const std::size_t a = first_of(trace, first);
    const std::size_t b = first_of(trace, second);
    if (a == never || b == never) {
        return found(trace, false, expected,
                     fmt::format("{} never happened", quote(a == never ? first : second)),
                     known({a, b}));
    }
    return found(
        trace, a < b, expected,
        fmt::format("{} happens {} {}", quote(first), a < b ? "before" : "after", quote(second)),
        known({a, b}));
}

Finding spans_ended_before(const Trace& trace, std::string_view span_label,
                           std::string_view label) {
    const std::string expected =
        fmt::format("each {} has ended before {}", quote(span_label), quote(label));
    const std::size_t limit = first_of(trace, label);
    if (limit == never) {
        return missing(trace, expected, label);
    }
    // Begun and ended are matched by value here: what counts is whether as many ended as began.
    std::map<std::int64_t, std::vector<std::size_t>> open;
    for (std::size_t i = 0; i < limit; ++i) {
        const Event& event = trace.events()[i];
        if (trace.label(event) != span_label) {
            continue;
        }
        if (event.kind == EventKind::span_begun) {
            open[event.value].push_back(i);
        } else if (event.kind == EventKind::span_ended && !open[event.value].empty()) {
            open[event.value].pop_back();
        }
    }
    std::vector<std::size_t> events;
    for (const auto& [value, begun] : open) {
        events.insert(events.end(), begun.begin(), begun.end());
    }
    const std::size_t left = events.size();
    events.push_back(limit);
    std::sort(events.begin(), events.end());
    return found(
        trace, left == 0, expected,
        left == 0 ? fmt::format("each {} had ended before {}", quote(span_label), quote(label))
                  : fmt::format("{} of {} still open at {}", left, quote(span_label), quote(label)),
        events);
}

Finding all_threads_ended_before(const Trace& trace, std::string_view label) {
    const std::string expected =
        fmt::format("every other thread has ended before {}", quote(label));
    const std::size_t limit = first_of(trace, label);
    if (limit == never) {
        return missing(trace, expected, label);
    }
    std::map<ThreadId, std::size_t> alive;  // with the thread's last event
    for (std::size_t i = 0; i < limit; ++i) {
        const Event& event = trace.events()[i];
        if (event.kind == EventKind::thread_ended) {
            alive.erase(event.thread);
        } else if (event.kind == EventKind::thread_started || alive.contains(event.thread)) {
            alive[event.thread] = i;
        }
    }
    alive.erase(trace.events()[limit].thread);
    alive.erase(0);
    std::string names;
    std::vector<std::size_t> events{limit};
    for (const auto& [thread, last] : alive) {
        names += (names.empty() ? "" : ", ") + name(trace, thread);
        events.push_back(last);
    }
    std::sort(events.begin(), events.end());
    return found(trace, alive.empty(), expected,
                 alive.empty() ? fmt::format("every other thread had ended before {}", quote(label))
                               : fmt::format("still running at {}: {}", quote(label), names),
                 events);
}

Finding happens_times(const Trace& trace, std::string_view label, std::size_t times) {
    const std::vector<std::size_t> marks = labelled(trace, label);
    return found(trace, marks.size() == times,
                 fmt::format("{} happens {}", quote(label), printable::count(times, "time")),
                 fmt::format("{} happens {}", quote(label), printable::count(marks.size(), "time")),
                 marks);
}

Finding exactly_once(const Trace& trace, std::string_view label, std::int64_t value) {
    std::vector<std::size_t> marks = labelled(trace, label);
    const std::size_t all = marks.size();
    std::erase_if(marks, [&](std::size_t i) { return trace.events()[i].value != value; });
    const std::string subject = fmt::format("\"{} {}\"", printable::clean(label), value);
    std::string actual = marks.empty() ? subject + " never happened"
                                       : fmt::format("{} happens {}", subject,
                                                     printable::count(marks.size(), "time"));
    if (marks.empty() && all != 0) {
        actual +=
            fmt::format(", {} with other values {}", quote(label), printable::count(all, "time"));
    }
    return found(trace, marks.size() == 1, subject + " happens once", actual, marks);
}

Finding each_exactly_once(const Trace& trace, std::string_view label, std::int64_t first,
                          std::int64_t last) {
    std::map<std::int64_t, std::vector<std::size_t>> by_value;
    for (const std::size_t i : labelled(trace, label)) {
        by_value[trace.events()[i].value].push_back(i);
    }
    struct List {
        std::string text;
        std::size_t size = 0;
        void add(std::int64_t value) {
            if (++size <= most_shown) {
                text += fmt::format("{}{}", size == 1 ? "" : ", ", value);
            }
        }
        [[nodiscard]] std::string str() const {
            return size > most_shown ? fmt::format("{} and {} more", text, size - most_shown)
                                     : text;
        }
    };
    List missing_ones;
    List repeated;
    List foreign;
    std::vector<std::size_t> events;
    // Gaps are walked through only as far as they are listed: the range may be huge.
    std::int64_t next = first;
    std::size_t present = 0;
    for (const auto& [value, marks] : by_value) {
        const bool inside = value >= first && value <= last;
        if (!inside) {
            foreign.add(value);
        } else {
            ++present;
            while (next < value && missing_ones.size < most_shown) {
                missing_ones.add(next++);
            }
            next = value == last ? value : value + 1;
            if (marks.size() > 1) {
                repeated.add(value);
            }
        }
        if (!inside || marks.size() > 1) {
            events.insert(events.end(), marks.begin(), marks.end());
        }
    }
    const bool any = first <= last;
    const bool last_seen = by_value.contains(last);
    while (any && !last_seen && next <= last && missing_ones.size < most_shown) {
        missing_ones.add(next);
        if (next++ == last) {
            break;
        }
    }
    if (any) {
        missing_ones.size = static_cast<std::size_t>(static_cast<std::uint64_t>(last) -
                                                     static_cast<std::uint64_t>(first)) +
                            1 - present;
    }
    std::sort(events.begin(), events.end());

    std::string actual;
    const auto say = [&](std::string_view words, const List& list) {
        if (list.size != 0) {
            actual += fmt::format("{}{}{}", actual.empty() ? "" : "; ", words, list.str());
        }
    };
    say("never: ", missing_ones);
    say("more than once: ", repeated);
    say("not expected at all: ", foreign);
    const bool holds = actual.empty();
    const std::string expected =
        any ? fmt::format("{} happens once for each of {} to {}", quote(label), first, last)
            : fmt::format("{} never happens", quote(label));
    return found(trace, holds, expected, holds ? expected : actual, events);
}

Finding waits_for(const Trace& trace, ThreadId waiting, ThreadId other) {
    const std::string expected =
        fmt::format("{} waits for {} at the end", name(trace, waiting), name(trace, other));
    const std::optional<Event> wait = trace.pending_wait(waiting);
    const std::vector<std::size_t> last = known({last_event(trace, waiting)});
    if (!wait) {
        return found(trace, false, expected,
                     fmt::format("{} waits for nothing", name(trace, waiting)), last);
    }
    const ThreadId joined = trace.joined_thread(*wait);
    const bool for_lock = trace.object_kind(wait->object) != ObjectKind::none &&
                          wait->value != static_cast<std::int64_t>(Wait::join);
    const std::vector<ThreadId> holders = for_lock              ? trace.holders(wait->object)
                                          : joined != no_thread ? std::vector{joined}
                                                                : std::vector<ThreadId>{};
    if (std::find(holders.begin(), holders.end(), other) != holders.end()) {
        return {true, expected};
    }
    const std::string what = joined != no_thread ? name(trace, joined)
                             : for_lock          ? printable::clean(trace.object_name(wait->object))
                                        : std::string{name_of(static_cast<Wait>(wait->value))};
    std::string actual = fmt::format("{} waits for {}", name(trace, waiting), what);
    if (for_lock && !holders.empty()) {
        actual += ", held by " + name(trace, holders.front());
    }
    return found(trace, false, expected, actual, last);
}

}  // namespace lab
