// Questions to a trace, and answers that explain themselves. They know no test framework;
// matchers.hpp makes them matchers of Catch2's.
//
// Labels are those of `lab::event` and `lab::Span`. Where events are compared in order, it is the
// order in which they happened in this run, also when they share a virtual instant.
#pragma once

#include <lab/trace.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace lab {

struct Finding {
    bool holds = false;
    /// What was found, in one line; and when it does not hold, on three or more lines what was
    /// expected, what was found, and the events to look at. No newline at the end.
    std::string explanation;

    explicit operator bool() const noexcept { return holds; }
};

// Diagnoses ----------------------------------------------------------------------------------
[[nodiscard]] Finding no_diagnosis(const Trace& trace);
[[nodiscard]] Finding has_diagnosis(const Trace& trace, Diagnosis::Kind kind);
/// The body returned, and every other thread ended.
[[nodiscard]] Finding runs_to_the_end(const Trace& trace);

// Overlap: how many spans of a label are open at one time ------------------------------------
[[nodiscard]] Finding peak_overlap_is(const Trace& trace, std::string_view label, unsigned number);
[[nodiscard]] Finding peak_overlap_at_most(const Trace& trace, std::string_view label,
                                           unsigned number);
[[nodiscard]] Finding peak_overlap_at_least(const Trace& trace, std::string_view label,
                                            unsigned number);

// Virtual time -------------------------------------------------------------------------------
[[nodiscard]] Finding makespan_is(const Trace& trace, Duration expected);
[[nodiscard]] Finding makespan_at_most(const Trace& trace, Duration limit);
/// `Trace::latency`; does not hold when one of the two never happened.
[[nodiscard]] Finding latency_is(const Trace& trace, std::string_view from, std::string_view to,
                                 Duration expected);
[[nodiscard]] Finding latency_at_most(const Trace& trace, std::string_view from,
                                      std::string_view to, Duration limit);
/// `Trace::speed_up`, with a tolerance of a millionth.
[[nodiscard]] Finding speed_up_at_least(const Trace& trace, double factor);

// Order --------------------------------------------------------------------------------------
/// The first mark or span beginning labelled `first` comes before the first labelled `second`.
/// Does not hold when one of the two never happened.
[[nodiscard]] Finding happens_before(const Trace& trace, std::string_view first,
                                     std::string_view second);
/// Each span of `span_label` that began before the first `label` had ended before it. Holds when
/// there was no such span, but not without a `label`.
[[nodiscard]] Finding spans_ended_before(const Trace& trace, std::string_view span_label,
                                         std::string_view label);
/// Each thread that was started before the first `label` had ended before it, but for the thread
/// that recorded it and the body's.
[[nodiscard]] Finding all_threads_ended_before(const Trace& trace, std::string_view label);

// Counts -------------------------------------------------------------------------------------
/// Marks and span beginnings with this label, whatever their value.
[[nodiscard]] Finding happens_times(const Trace& trace, std::string_view label, std::size_t times);
[[nodiscard]] Finding exactly_once(const Trace& trace, std::string_view label, std::int64_t value);
/// Each value from `first` to `last`, both included, occurs once, and no other does.
[[nodiscard]] Finding each_exactly_once(const Trace& trace, std::string_view label,
                                        std::int64_t first, std::int64_t last);

// The end ------------------------------------------------------------------------------------
/// When the run ended, `waiting` was waiting for a lock that `other` held, or for `other` to end.
[[nodiscard]] Finding waits_for(const Trace& trace, ThreadId waiting, ThreadId other);

}  // namespace lab
