// The findings of finding.hpp as Catch2 matchers, under the same names without the trace:
//
//     using namespace lab::matchers;
//     CHECK_THAT(trace, no_diagnosis() && peak_overlap_is("fetch", 4));
//
// When a check fails, Catch2 prints the trace (its summary, with the timeline) and what the matcher
// found; with `!`, `&&` and `||` each matcher that was asked says what it found.
#pragma once

#include <lab/catch.hpp>
#include <lab/finding.hpp>
#include <lab/summary.hpp>

#include <functional>
#include <string>
#include <utility>

namespace Catch {

template <>
struct StringMaker<lab::Trace> {
    static std::string convert(const lab::Trace& trace) {
        // Catch2 wraps what it prints at 80 bytes, its indentation included, and would tear wider
        // characters apart.
        lab::TextStyle style;
        style.width = 74;
        style.unicode = false;
        return '\n' + lab::summary(trace, style);
    }
};

}  // namespace Catch

namespace lab::matchers {

/// Asks one question of a trace, and keeps the answer for the report.
class FindingMatcher final : public MatcherBase<Trace> {
public:
    FindingMatcher(std::string question, std::function<Finding(const Trace&)> ask)
        : question_{std::move(question)}, ask_{std::move(ask)} {}

    bool match(const Trace& trace) const override {
        Finding finding = ask_(trace);
        answer_ = finding.explanation;
        return finding.holds;
    }

protected:
    std::string describe() const override {
        return answer_.empty() ? question_ : question_ + "\n" + answer_ + "\n";
    }

private:
    std::string question_;
    std::function<Finding(const Trace&)> ask_;
    mutable std::string answer_;
};

/// Any other question: `holds("is short", [](const lab::Trace& trace) { return lab::Finding{…};
/// })`.
[[nodiscard]] inline FindingMatcher holds(std::string question,
                                          std::function<Finding(const Trace&)> ask) {
    return {std::move(question), std::move(ask)};
}

// Labels are copied, for a matcher may outlive the text it was made from.

[[nodiscard]] inline FindingMatcher no_diagnosis() {
    return {"has no diagnosis", [](const Trace& trace) { return lab::no_diagnosis(trace); }};
}

[[nodiscard]] inline FindingMatcher has_diagnosis(Diagnosis::Kind kind) {
    return {"has the diagnosis " + std::string{name_of(kind)},
            [kind](const Trace& trace) { return lab::has_diagnosis(trace, kind); }};
}

[[nodiscard]] inline FindingMatcher runs_to_the_end() {
    return {"runs to the end", [](const Trace& trace) { return lab::runs_to_the_end(trace); }};
}

[[nodiscard]] inline FindingMatcher peak_overlap_is(std::string label, unsigned number) {
    return {"has the right overlap", [label = std::move(label), number](const Trace& trace) {
                return lab::peak_overlap_is(trace, label, number);
            }};
}

[[nodiscard]] inline FindingMatcher peak_overlap_at_most(std::string label, unsigned number) {
    return {"overlaps no more than it may", [label = std::move(label), number](const Trace& trace) {
                return lab::peak_overlap_at_most(trace, label, number);
            }};
}

[[nodiscard]] inline FindingMatcher peak_overlap_at_least(std::string label, unsigned number) {
    return {"overlaps as much as it can", [label = std::move(label), number](const Trace& trace) {
                return lab::peak_overlap_at_least(trace, label, number);
            }};
}

[[nodiscard]] inline FindingMatcher makespan_is(Duration expected) {
    return {"takes the right time",
            [expected](const Trace& trace) { return lab::makespan_is(trace, expected); }};
}

[[nodiscard]] inline FindingMatcher makespan_at_most(Duration limit) {
    return {"takes no longer than it may",
            [limit](const Trace& trace) { return lab::makespan_at_most(trace, limit); }};
}

[[nodiscard]] inline FindingMatcher latency_is(std::string from, std::string to,
                                               Duration expected) {
    return {"reacts at the right time",
            [from = std::move(from), to = std::move(to), expected](const Trace& trace) {
                return lab::latency_is(trace, from, to, expected);
            }};
}

[[nodiscard]] inline FindingMatcher latency_at_most(std::string from, std::string to,
                                                    Duration limit) {
    return {"reacts in time",
            [from = std::move(from), to = std::move(to), limit](const Trace& trace) {
                return lab::latency_at_most(trace, from, to, limit);
            }};
}

[[nodiscard]] inline FindingMatcher speed_up_at_least(double factor) {
    return {"is fast enough",
            [factor](const Trace& trace) { return lab::speed_up_at_least(trace, factor); }};
}

[[nodiscard]] inline FindingMatcher happens_before(std::string first, std::string second) {
    return {"keeps the order",
            [first = std::move(first), second = std::move(second)](const Trace& trace) {
                return lab::happens_before(trace, first, second);
            }};
}

[[nodiscard]] inline FindingMatcher spans_ended_before(std::string span_label, std::string label) {
    return {"ends its spans in time",
            [span = std::move(span_label), label = std::move(label)](const Trace& trace) {
                return lab::spans_ended_before(trace, span, label);
            }};
}

[[nodiscard]] inline FindingMatcher all_threads_ended_before(std::string label) {
    return {"ends its threads in time", [label = std::move(label)](const Trace& trace) {
                return lab::all_threads_ended_before(trace, label);
            }};
}

[[nodiscard]] inline FindingMatcher happens_times(std::string label, std::size_t times) {
    return {"does it the right number of times",
            [label = std::move(label), times](const Trace& trace) {
                return lab::happens_times(trace, label, times);
            }};
}

[[nodiscard]] inline FindingMatcher exactly_once(std::string label, std::int64_t value) {
    return {"does it exactly once", [label = std::move(label), value](const Trace& trace) {
                return lab::exactly_once(trace, label, value);
            }};
}

[[nodiscard]] inline FindingMatcher each_exactly_once(std::string label, std::int64_t first,
                                                      std::int64_t last) {
    return {"does each exactly once", [label = std::move(label), first, last](const Trace& trace) {
                return lab::each_exactly_once(trace, label, first, last);
            }};
}

[[nodiscard]] inline FindingMatcher waits_for(ThreadId waiting, ThreadId other) {
    return {"has one thread wait for another",
            [waiting, other](const Trace& trace) { return lab::waits_for(trace, waiting, other); }};
}

}  // namespace lab::matchers
