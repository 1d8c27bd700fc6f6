// What the checks of exercise 05's job plan, and what they expect of it.
#pragma once

#include <judge/examination.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::cancellation {

inline constexpr std::int64_t millisecond = 1'000'000;

/// What scenarios.cpp calls `ends`.
enum class JobEnd : std::int64_t { finished, cancelled, error, logic_error, other, number };

/// A job, and what is done to it; scenarios.cpp says what each list means. Times are whole
/// milliseconds, but for the instants of cancellations (so that nothing else happens then), and
/// where a pause is to be something else.
struct JobPlan {
    std::vector<std::int64_t> times;
    std::vector<std::int64_t> listens;
    std::vector<std::int64_t> fails;
    std::int64_t pause = 0;
    std::int64_t cleanup = 0;
    std::vector<std::int64_t> script;
    std::vector<std::int64_t> cancellers;
    std::int64_t starters = 0;
    std::int64_t waiters = 0;
    std::int64_t inside = -1;
    std::int64_t samples = 0;
    bool beside = false;  ///< another job is under way, which nobody cancels

    [[nodiscard]] Numbers workload() const;
    /// When step `number` begins if nobody cancels, the job being started at 0.
    [[nodiscard]] std::int64_t begin_of(std::size_t number) const;
};

/// `steps` steps of 20 to 60 ms, pauses of 100 to 200 ms, a cleanup of 30 to 60 ms; started at 0,
/// waited for, then destroyed.
[[nodiscard]] JobPlan drawn_job(Draw draw, std::size_t steps);

/// What comes of a plan: the job is started at `started`, and cancelled (or its destructor called)
/// at `cancelled`, or never.
inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
struct Course {
    std::size_t steps = 0;  ///< that begin
    std::int64_t last = 0;  ///< when the last of them ends, or the pause is left: cleaning begins
    JobEnd end = JobEnd::finished;
};
[[nodiscard]] Course course_of(const JobPlan& plan, std::int64_t cancelled,
                               std::int64_t started = 0);

/// Stacks to look at: where the calls with these labels were made, the last ones first, and where
/// threads were started.
[[nodiscard]] std::vector<std::vector<lab::Place>> places_of_job(
    const lab::Trace& trace, std::initializer_list<std::string_view> labels);

[[nodiscard]] std::string_view name_of(JobEnd end);

/// No step began: who does nothing makes no mistake either, and is to earn nothing by it.
[[nodiscard]] std::optional<Complaint> nothing_done(const Played& run);

/// Every wait ended in this way.
[[nodiscard]] std::optional<Complaint> ended_otherwise(const Played& run, JobEnd expected,
                                                       const std::string& why);

}  // namespace lockstep::cancellation
