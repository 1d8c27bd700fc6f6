// What the checks of exercise 04's with_timeout plan, and what has to come of it.
#pragma once

#include <judge/examination.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::timeout {

inline constexpr std::int64_t millisecond = 1'000'000;
inline constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

enum class Type : std::int64_t { number, nothing, pointer };

/// How an operation ends that is cancelled, as lockstep::Cancelled of slow_call.hpp.
enum class Cancelled : std::int64_t { gives_up, fails, succeeds };

/// What an operation throws when it fails.
/// `aborted`: operation_aborted, though nobody has cancelled it.
/// `derived`: a class of its own, derived from boost::system::system_error.
/// `namesake`: an error of another category that has the same number as operation_aborted.
enum class Throws : std::int64_t { call_error, system_error, number, aborted, derived, namesake };

/// A call of with_timeout. The names are those of scenarios_limits.cpp's lists, which says what
/// they mean; times in nanoseconds, and whole milliseconds, the resolution of Asio's timers on
/// Linux (epoll_wait's). Only a limit may be something in between: it passes at the next whole one.
struct Call {
    std::int64_t called = 0;
    std::int64_t awaited = 0;
    std::int64_t limit = 0;
    Type type = Type::number;
    std::int64_t value = 0;
    std::int64_t first = 0;
    bool deaf = false;
    std::int64_t second = 0;
    bool fails = false;
    Throws throws = Throws::call_error;
    std::int64_t tidying = 0;
    Cancelled cancelled = Cancelled::gives_up;
    std::int64_t outer = no_limit;
    std::int64_t more = -1;
    std::int64_t cancel = never;
    std::int64_t again = never;  ///< cancelled once more
    bool cancellable = true;     ///< false: it is spawned so that nobody can ever cancel it
    bool after_another = false;  ///< the coroutine has awaited another with_timeout before
};

[[nodiscard]] Numbers workload_of(const std::vector<Call>& calls);

/// What scenarios_limits.cpp calls an end.
enum class Way : std::int64_t {
    none = -1,
    result,
    timed_out,
    aborted,
    own_error,
    other,
    invalid,
    connection,  ///< a system_error of its own
    number,      ///< an int was thrown
    derived,     ///< an exception of a class of its own, derived from system_error
    namesake,    ///< an error of another category with operation_aborted's number
};

struct End {
    Way way = Way::none;
    std::int64_t told = 0;     ///< a result's value, the limit, the number in an error, the int
    std::int64_t instant = 0;  ///< when it comes out
};

/// What has to come of a call that is number `number` of its plan: out of the inner with_timeout,
/// and, with `outer`, out of the other one.
struct Course {
    End inner;
    End outer;
    std::int64_t asked = never;  ///< when the operation is cancelled; never: it ends before that
};
[[nodiscard]] Course course_of(const Call& call, std::int64_t number);

/// What came of it: out of the outer one if there is one; or, with `inner`, out of that.
[[nodiscard]] End end_of(const Played& run, std::size_t number, bool inner = false);

/// "the value 12, after 250 ms"
[[nodiscard]] std::string described(const End& end, const Played* run = nullptr);

/// "Call 2 (limit 250 ms, operation 400 ms)", with whatever else is special about it.
[[nodiscard]] std::string described(const Call& call, std::size_t number);

/// Stacks to look at: where the operation was begun and ended, and where the call came out.
[[nodiscard]] std::vector<std::vector<lab::Place>> places_of(const lab::Trace& trace,
                                                             std::int64_t number);

/// The hint where the event loop was blocked: then that is why everything else is late. Else
/// `hint`.
[[nodiscard]] std::string unless_blocked(const Played& run, std::string hint);

/// Every call comes out as it has to, and when it has to.
[[nodiscard]] std::optional<Complaint> wrong_end(const std::vector<Call>& calls, const Played& run);

/// There is one thread, so schedules differ little.
[[nodiscard]] Plan plan_for(const std::vector<Call>& calls, Judge judge);

/// One call with a limit, drawn: 100 to 900 ms, and work that takes as long.
[[nodiscard]] Call drawn_call(Draw& draw, bool in_time);

}  // namespace lockstep::timeout
