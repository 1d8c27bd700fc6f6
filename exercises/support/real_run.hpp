// Plays a function that starts processes, outside the lab, and tells what they did.
//
//     const RealRun run = real_run({.workers = 4}, [] { return told(run_processes(range, 4)); });
//
// The function runs in a forked child, the *caller*, so that it may crash, block for ever or leave
// anything behind. Its processes are real, and as fast as the machine happens to let them; but no
// figure here depends on that: journal.cpp says how.
#pragma once

#include <support/journal.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct RealConditions {
    /// As many workers are to be at work at the same time. 0: nobody waits for anybody.
    unsigned workers = 0;
    /// What befalls the worker that comes to `mishap_at`.
    journal::Mishap mishap = journal::Mishap::none;
    std::uint64_t mishap_at = 0;
    /// Each call of the given work sleeps for so long, whoever makes it.
    std::chrono::nanoseconds nap{0};
};

struct RealRun {
    enum class End {
        returned,   ///< the function came back; what it returned is in `told`
        deadlock,   ///< all of its processes wait, and nobody is left who could wake one
        signalled,  ///< a signal ended the caller
        exited,     ///< the caller called exit
        endless,    ///< it went on for longer than anybody would wait; so does a deadlock under
                    ///< ThreadSanitizer, whose own thread never sleeps for good
    };
    /// A process that called the given work.
    struct Worker {
        pid_t process = 0;
        bool program = false;  ///< it is the exercise's worker program
        std::vector<std::uint64_t> starts;
        std::uint64_t values = 0;  ///< how much work that was
    };

    End end = End::returned;
    int status = 0;  ///< of the caller: exit code, or signal
    std::string told;
    std::string unwritten;  ///< what todo() said in any of the processes

    std::vector<journal::Record> calls;  ///< in the order in which they ended
    std::vector<Worker> workers;         ///< in the order in which they came; without the caller
    unsigned programs = 0;               ///< worker programs that were started
    pid_t caller = 0;
    bool met = false;  ///< as many workers as were asked for were at work at the same time

    // At the moment when the function came back:
    unsigned left_running = 0;  ///< processes
    unsigned left_dead = 0;     ///< ended, and not waited for
    unsigned left_threads = 0;
    /// Of the function and its processes: command lines, and what was read and written, the
    /// loading of the worker program included. 0 where the system does not tell, and under
    /// ThreadSanitizer.
    std::uint64_t bytes_moved = 0;
    std::chrono::nanoseconds wall{0};  ///< from the call to the return

    std::string waits;  ///< of a deadlock: a line for each process that is part of it
};

/// `body` returns what the run is to be told; an exception that leaves it is the caller's crash.
/// Throws std::runtime_error when the system has no process or no memory to share.
[[nodiscard]] RealRun real_run(const RealConditions& conditions,
                               const std::function<std::string()>& body);

}  // namespace lockstep
