// What the checks of exercise 02's pipeline have in common: what it is called with, and how that is
// played.
#pragma once

#include <judge/examination.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::producer_consumer {

/// How a handler ends. The numbers are those of scenarios_pipeline.cpp.
enum class End : std::int64_t {
    well,
    throws,              ///< what is derived from std::runtime_error
    throws_logic_error,  ///< derived from std::exception, and not from std::runtime_error
    throws_own_type,     ///< a type of its own, derived from std::exception
    throws_at_the_call,  ///< before there is anything to await
    throws_an_empty_reason,
    throws_system_error,  ///< whose code's message is not all that what() says
    throws_queue_closed,  ///< as if it had used a queue of its own
};

/// The names of its lists are those of scenarios_pipeline.cpp; times in nanoseconds.
struct Batch {
    std::vector<std::int64_t> numbers;  ///< of the items, as is the order of the next two
    std::vector<std::int64_t> latencies;
    std::vector<End> ends;
    /// How often a handler steps aside, when its time has passed, before it ends: what is ready in
    /// the loop at that instant goes first.
    std::vector<std::int64_t> turns;
    std::int64_t workers = 3;
    std::int64_t capacity = 2;
    std::int64_t log = 0;
    std::int64_t salt = 1;

    [[nodiscard]] Numbers workload() const;
};

/// Items 0, 1, 2, … that end well, with latencies to the nanosecond, so that no two handlers end
/// together.
[[nodiscard]] Batch drawn(std::string_view name, std::size_t items);

/// Where the spans or events with this label were.
[[nodiscard]] std::vector<std::vector<lab::Place>> places(const lab::Trace& trace,
                                                          std::string_view label);

/// What the summary or the log says of this item, or what its handler threw, in quotes; `which` is
/// "text about" or "thrown by".
[[nodiscard]] std::string quoted(const Played& run, std::string_view which, std::int64_t item);
/// A sentence that begins with `what` about an item, whose text is not what its handler threw.
[[nodiscard]] std::string wrong_text(const Played& run, std::string_view what, std::int64_t item);

void examine_batch(const Batch& batch, Judge judge, std::vector<lab::Diagnosis::Kind> also = {});

[[nodiscard]] std::optional<Complaint> unexpected_exception(const Played& run);

}  // namespace lockstep::producer_consumer
