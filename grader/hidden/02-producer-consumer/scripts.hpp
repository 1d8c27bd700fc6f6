// Scripts: which thread calls what of a queue when, and how each call ends. All that matters
// happens at instants of its own, or in one thread one right after the other; so a script has one
// outcome, in whatever order its threads run.
#pragma once

#include <judge/examination.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::producer_consumer {

/// The numbers are those of scenarios_queue.cpp.
enum class Call : std::int64_t {
    put,  ///< an item that has the line's number
    get,
    close,
    task_done,
    join,
    put_late,  ///< into a closed queue. Should it take the item: takes it out, and tells it is done
};

/// What a call ends with.
enum class Ending {
    returns,  ///< for get: with an item, whichever
    refuses,  ///< put: QueueClosed; task_done: std::logic_error; get: comes back with nothing
    any,      ///< is another check's affair
};

struct Line {
    std::int64_t thread = 0;
    Call call = Call::put;
    std::int64_t at = 0;    ///< in units of time
    std::int64_t ends = 0;  ///< likewise
    Ending ending = Ending::returns;
    std::int64_t item = -1;  ///< for get: the line of the put whose item it is; -1: whichever
};

struct Script {
    std::int64_t capacity = 1;
    std::vector<Line> lines;
    std::string expected{};  ///< a sentence
    std::string hint{};      ///< likewise
    /// A put that should have waited and did not, and a call that comes back early, are another
    /// check's affair.
    bool late_only = false;
    /// How promptly a call comes back, and how it waits, is another check's affair.
    bool promptness_elsewhere = false;
    /// Whether nobody may wake up while nothing happens.
    bool undisturbed = false;
    std::size_t schedules = 40;

    /// `unit`: of time, in nanoseconds.
    [[nodiscard]] Numbers workload(std::int64_t unit) const;
};

/// Plays it; `name`: of the draw for the unit of time.
void examine_script(const Script& script, std::string_view name);

}  // namespace lockstep::producer_consumer
