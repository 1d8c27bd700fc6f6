// The lab's two entrances: `observe` runs a body once, `explore` under many schedules.
//
// Inside, plain C++ (std::thread, mutexes, condition variables, atomics' wait, futures, Asio, …)
// runs unmodified: one thread at a time, in an order drawn from a seed, with a virtual clock.
// Outside, the lab is not there. README.md beside this file says how that is done, and what the
// lab does not see.
#pragma once

#include <lab/trace.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

namespace lab {

/// How the baton goes from one thread to the next.
enum class Handover : std::uint8_t {
    automatic,   ///< user_level where the machine can, else futex; LAB_HANDOVER overrides it
    user_level,  ///< all threads on one kernel thread, switched in user space: ~100 ns a step
    futex,       ///< a kernel thread each, woken in turn: ~10 µs a step, works everywhere
};

enum class Stacks : std::uint8_t {
    none,  ///< only in diagnoses
    all,   ///< of every event: for `Trace::story`
};

struct Options {
    Policy policy = Policy::random_walk();
    std::uint64_t seed = 1;

    /// Virtual cores that `compute` shares; also what std::thread::hardware_concurrency answers.
    /// 1 … 1024.
    unsigned cores = 4;
    /// Whether `compute` takes virtual time. Without, threads meet also where their work would keep
    /// them apart, as they do on a real machine when one of them is not scheduled for a while.
    bool compute_takes_time = true;

    /// A chance of 1 in this many, at a step, that a thread waiting on a condition variable wakes
    /// up for no reason, as POSIX and the C++ standard allow. 0: never. Round robin: never.
    unsigned spurious_wakeups = 0;

    /// Steps after which a run is `endless`.
    std::uint32_t max_steps = 1'000'000;
    /// Steps one thread may take at one virtual instant, while others wait for time to pass, before
    /// it is a `busy_wait`.
    std::uint32_t max_spin = 200'000;
    /// Virtual time after which a run is `endless`.
    Duration horizon = std::chrono::hours{24 * 30};
    /// CPU time without a scheduling point after which a run is a `busy_wait`, and real time in one
    /// system call that the lab does not know after which it is `stuck`.
    std::chrono::milliseconds patience{2'000};

    /// `explore` records none while it searches, and all when it plays the failing run again.
    Stacks stacks = Stacks::all;
    /// In builds with memory points: every access is one. False: only the loads of a thread that
    /// spins, without which it would never let the others run.
    bool memory_points = true;
    /// With Stacks::all: only from this step on. A stack takes more than ten times as long as a
    /// step.
    std::uint32_t stacks_from = 0;
    Handover handover = Handover::automatic;
};

/// The caller's mistake, or the machine's lack: never the observed program's. `what` is a full
/// sentence that says what to do.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Runs `body` once, on a thread of its own. Returns when it has returned and the others have
/// ended, or when a fatal diagnosis ended the run: then the threads that are left are abandoned
/// where they stand (their stacks are kept, their destructors do not run).
///
/// An exception derived from std::exception that leaves the body becomes a diagnosis; any other
/// (a test framework's own, as a rule) is thrown again from here, after the run has been cleared.
///
/// Throws Error when called inside a run, or with options out of range. Calls from several threads
/// take turns.
[[nodiscard]] Trace observe(const std::function<void()>& body, const Options& options = {});

/// Makes what the first run would make and all later ones use, and starts no thread: for a process
/// whose children, made by fork, are to have it without making it themselves.
void prepare();

/// Judges one run: a sentence that says what is wrong, or nothing.
using Judge = std::function<std::optional<std::string>(const Trace&)>;

struct ExploreOptions : Options {
    /// How many schedules at most.
    std::size_t schedules = 1'000;
    /// Real time after which no further schedule is begun; zero: no limit. A verdict that depends
    /// on it is not the same everywhere, so prefer `schedules`.
    std::chrono::milliseconds budget{0};
    /// True: use `policy` for all. False: the first is round robin, then of every five schedules
    /// four are random walks and one is PCT with depths 2 to 4; some with spurious wake-ups.
    bool fixed_policy = false;
    /// Replay the failing schedule once more to record every event's stack.
    bool explain = true;
};

struct Exploration {
    std::size_t schedules = 0;     ///< how many were run, the failing one included
    std::uint64_t steps = 0;       ///< in all of them
    std::optional<Trace> failure;  ///< the first run with a diagnosis or an objection
    std::string objection;         ///< what the judge said of it; "" when a diagnosis stopped it

    [[nodiscard]] bool failed() const noexcept { return failure.has_value(); }
    /// The failure for a person: what, where, the timeline, and how to play it again.
    [[nodiscard]] std::string explain() const;
};

/// Runs `body` under many schedules, until the first whose trace has a diagnosis or to which
/// `judge` objects, or until the budget is used up. `body` is run afresh each time and must not
/// keep state between runs.
[[nodiscard]] Exploration explore(const std::function<void()>& body,
                                  const ExploreOptions& given = {}, const Judge& judge = {});

/// True between the start and the end of a body, on the run's own threads.
[[nodiscard]] bool observing() noexcept;

}  // namespace lab
