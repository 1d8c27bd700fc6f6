// What the lab can tell is wrong with a run, whatever the program was meant to do.
#pragma once

#include <lab/place.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lab {

enum class ObjectKind : std::uint8_t {
    none,
    mutex,
    rwlock,
    condition,
    semaphore,
    futex,
    barrier,
    once,
    thread,
    descriptor,
    core,
};
[[nodiscard]] std::string_view name_of(ObjectKind kind) noexcept;

/// One thread's part in a diagnosis.
struct Witness {
    std::uint16_t thread = 0;
    std::string name;          ///< "main", "thread 2", or as the program named it
    std::string state;         ///< "waits for mutex #1, held by thread 2"
    std::vector<Place> stack;  ///< innermost first
    Place place;               ///< the innermost frame of the program's own code
};

struct Diagnosis {
    enum class Kind : std::uint8_t {
        // nobody can run any more
        lock_cycle,     ///< threads wait for each other in a ring
        self_deadlock,  ///< a thread waits for a lock that it holds itself
        lost_wakeup,    ///< a notification came when nobody, or the wrong one, was waiting
        never_woken,    ///< threads wait, and nobody is left who could wake them
        // somebody runs, and nothing comes of it
        busy_wait,  ///< a thread burns CPU while it waits
        endless,    ///< the run took more steps, or more virtual time, than it may
        stuck,      ///< no scheduling point was reached for long (a loop, or a call
                    ///< that the lab does not know, blocked)
        // rules broken
        blocked_loop,      ///< a blocking call inside an event loop's handler or coroutine
        unlock_not_owner,  ///< a lock released by a thread that does not hold it
        destroyed_locked,  ///< a mutex destroyed while held or waited for
        not_released,      ///< a lock still held when its thread, or the body, ended
        data_race,         ///< two unordered accesses, one of them a write (ThreadSanitizer)
        // things left behind
        leaked_thread,     ///< a thread still alive, or never joined, when the body returned
        leaked_process,    ///< a child process still alive, or never waited for
        leaked_coroutine,  ///< a coroutine frame that was never finished
        leaked_timer,      ///< an asynchronous wait still pending
        // ends of the world
        joinable_destroyed,  ///< a std::thread destroyed or overwritten while joinable
        uncaught_exception,  ///< an exception left a thread's function, or a noexcept one
        body_threw,          ///< an exception left the body
        terminated,          ///< std::terminate or abort for another reason
        crashed,             ///< a fatal signal
        stack_overflow,
        exited,  ///< the body, or a thread, called exit
        too_many_threads,
        out_of_threads,  ///< the system had no thread left for the lab
        diverged,        ///< a replay met a thread that cannot run
        out_of_bounds,   ///< the simulated world was asked for what is behind its end
    };

    Kind kind = Kind::endless;
    std::string summary;             ///< one sentence: what happened
    std::vector<Witness> witnesses;  ///< who, and where; the most telling first
    std::uint32_t step = 0;
    std::int64_t at_ns = 0;  ///< virtual time

    /// Several lines of text, each ended by a newline: what and when, the summary, then each
    /// witness with its state, its place and the program's own frames.
    [[nodiscard]] std::string explain() const;
};

[[nodiscard]] std::string_view name_of(Diagnosis::Kind kind) noexcept;  ///< "lock_cycle"
/// True for those that end a run where they occur.
[[nodiscard]] bool fatal(Diagnosis::Kind kind) noexcept;

}  // namespace lab
