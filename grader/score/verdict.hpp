// What a check comes to.
#pragma once

#include <optional>
#include <string_view>

namespace lockstep {

enum class Verdict {
    pass,
    wrong,
    todo,  ///< not written yet
    build_error,
    crash,
    deadlock,
    data_race,
    blocked_loop,  ///< a blocking call inside a coroutine
    busy_wait,
    leak,  ///< threads, processes, coroutines or timers left behind
    too_slow,
    over_limit,    ///< memory, output, processes
    timeout,       ///< the last resort: real time ran out
    skipped,       ///< for a reason; never costs points
    grader_error,  ///< never costs points
};

[[nodiscard]] std::string_view name_of(Verdict verdict) noexcept;  ///< "data_race"
[[nodiscard]] std::optional<Verdict> verdict_named(std::string_view name) noexcept;
/// True where the check counts against the student.
[[nodiscard]] bool costs_points(Verdict verdict) noexcept;

}  // namespace lockstep
