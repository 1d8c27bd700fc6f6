// What the checks of exercise 02's queue ask of a trace: who put and got what, and who waited.
#pragma once

#include <judge/examination.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::producer_consumer {

/// Producers and consumers. The names of its lists are those of scenarios_queue.cpp; times in
/// nanoseconds.
struct Traffic {
    std::int64_t capacity = 1;
    std::vector<std::int64_t> puts;
    std::vector<std::int64_t> put_pauses;
    std::vector<std::int64_t> gets;
    std::vector<std::int64_t> get_pauses;
    std::vector<std::int64_t> delays;
    bool phases = false;

    [[nodiscard]] Numbers workload() const;
    [[nodiscard]] std::vector<std::int64_t> items() const;  ///< all their numbers
};

/// An item that a consumer got: which, and between which steps.
struct Got {
    std::int64_t item = 0;
    lab::ThreadId consumer = 0;
    std::uint32_t begin_step = 0;
    std::uint32_t end_step = 0;
    lab::StackId stack = 0;
};
[[nodiscard]] std::vector<Got> received(const lab::Trace& trace);

/// How things stand whenever all threads wait and time is about to pass.
struct Standing {
    lab::Duration until{0};     ///< when it ends
    std::int64_t in_queue = 0;  ///< put and not got
    std::int64_t puts_waiting = 0;
    std::int64_t gets_waiting = 0;
};
[[nodiscard]] std::vector<Standing> standings(const lab::Trace& trace);

/// Where the queue's functions were called, the events with this label first.
[[nodiscard]] std::vector<std::vector<lab::Place>> places_of(const lab::Trace& trace,
                                                             std::string_view label);

/// "3", "3 and 5", "3, 5 and 7".
[[nodiscard]] std::string listed(const std::vector<std::int64_t>& numbers);

/// Nothing came out at all: then what a check looks for can't go wrong, and proves nothing.
[[nodiscard]] std::optional<Complaint> nothing_done(const Played& run);

/// Every item that was put came out once, and nothing else did.
[[nodiscard]] std::optional<Complaint> nothing_lost(const std::vector<std::int64_t>& items,
                                                    const Played& run);

}  // namespace lockstep::producer_consumer
