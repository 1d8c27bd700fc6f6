// A trace: everything that happened in one run of a body in the lab.
//
// A trace is a value. It holds no pointer into the run it came from, is safe to read from several
// threads at once, and for one program, policy and seed it is the same, byte for byte, on every
// machine (`Trace::text`). Times are virtual, counted from the start of the run.
#pragma once

#include <lab/diagnosis.hpp>
#include <lab/place.hpp>
#include <lab/policy.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lab {

/// A span of virtual time. Also an instant, counted from the start of the run.
using Duration = std::chrono::nanoseconds;

/// A thread's number within its run, in order of creation; 0 is the thread that runs the body.
using ThreadId = std::uint16_t;
inline constexpr ThreadId no_thread = 0xffff;

/// A synchronisation object's number within its run, in order of first use; 0 is "none".
using ObjectId = std::uint32_t;

enum class EventKind : std::uint8_t {
    thread_started,   ///< value: the creating thread (-1 for the body)
    thread_ended,     ///< the thread's function returned
    thread_joined,    ///< value: the thread that was joined
    thread_detached,  ///< value: the thread that was detached
    blocked,          ///< the thread waits from here; value: Wait; object: for what (for a
                      ///< join: 1 + the ThreadId; see `Trace::joined_thread`)
    resumed,          ///< the wait is over; value: Wake; object: as in its `blocked`
    locked,           ///< object was acquired exclusively
    locked_shared,    ///< object was acquired for reading
    unlocked,         ///< object was released
    try_failed,       ///< an attempt to acquire object without waiting failed
    notified,         ///< object (condition variable, futex) was notified; value: threads woken
    posted,           ///< a semaphore was incremented; value: threads woken
    yielded,          ///< sched_yield, or a sleep of no length
    clock_read,       ///< recorded only while a thread reads it over and over
    accessed,         ///< an atomic or shared access (memory points builds only)
    computing,        ///< `compute` got a virtual core; value: the core's number
    computed,         ///< `compute` gave it back; value: nanoseconds charged
    marked,           ///< `lab::event`; label, value: as given
    span_begun,       ///< `lab::Span`; label, value: as given
    span_ended,       ///< label, value: as in its `span_begun`; object: Outcome
};

/// What a blocked thread waits for.
enum class Wait : std::uint8_t {
    mutex,
    shared_lock,
    condition,
    semaphore,
    futex,
    barrier,
    join,
    once,
    sleep,
    io,
    core,
    child,
};

/// Why a wait ended.
enum class Wake : std::uint8_t { granted, notified, timed_out, spurious, ready };

/// How a span ended.
enum class Outcome : std::uint8_t { done, failed, cancelled };

[[nodiscard]] std::string_view name_of(EventKind kind) noexcept;
[[nodiscard]] std::string_view name_of(Wait wait) noexcept;  ///< "a mutex", "a condition variable"
[[nodiscard]] std::string_view name_of(Wake wake) noexcept;
[[nodiscard]] std::string_view name_of(Outcome outcome) noexcept;

struct Event {
    std::uint32_t step = 0;  ///< how many scheduling decisions came before it
    Duration at{0};
    ThreadId thread = 0;
    EventKind kind = EventKind::marked;
    ObjectId object = 0;
    std::int64_t value = 0;
    std::uint32_t label = 0;  ///< index for `Trace::label`; 0 is ""
    StackId stack = 0;        ///< index for `Trace::stack`; 0 is "not recorded"
};

struct ThreadInfo {
    std::string name;  ///< as the program named it, else "main", "thread 1", …
    ThreadId creator = no_thread;
    StackId created_at = 0;
    bool ended = false;
    bool joined = false;
    bool detached = false;
    Duration cpu{0};  ///< virtual CPU time charged through `compute`
};

/// One span of the simulated world, matched from its begin and end. The end is the next one with
/// this label and value, of the same thread where there is one: a coroutine may end elsewhere.
struct SpanRecord {
    std::string_view label;  ///< valid as long as the trace
    std::int64_t value = 0;
    ThreadId thread = 0;  ///< the one it began on
    Duration begin{0};
    Duration end{0};  ///< the run's end when `open`
    std::uint32_t begin_step = 0;
    std::uint32_t end_step = 0;
    Outcome outcome = Outcome::done;
    bool open = false;  ///< it had not ended when the run did
};

class Trace {
public:
    // What was run ---------------------------------------------------------------------------
    [[nodiscard]] const Policy& policy() const noexcept { return policy_; }
    [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
    /// What of the options, besides policy and seed, decided the run (Options has the meanings).
    [[nodiscard]] unsigned spurious_wakeups() const noexcept { return spurious_wakeups_; }
    [[nodiscard]] bool memory_points() const noexcept { return memory_points_; }
    /// "policy random walk, seed 17, spurious_wakeups 32": what it takes to play the run again.
    [[nodiscard]] std::string recipe() const;
    /// The threads that were chosen, one a step: `Policy::replay(schedule())` plays it again.
    [[nodiscard]] std::span<const ThreadId> schedule() const noexcept { return schedule_; }
    [[nodiscard]] std::uint32_t steps() const noexcept { return steps_; }

    // What happened --------------------------------------------------------------------------
    [[nodiscard]] std::span<const Event> events() const noexcept { return events_; }
    [[nodiscard]] std::span<const ThreadInfo> threads() const noexcept { return threads_; }
    [[nodiscard]] std::span<const Diagnosis> diagnoses() const noexcept { return diagnoses_; }
    [[nodiscard]] bool clean() const noexcept { return diagnoses_.empty(); }
    /// False when a diagnosis ended the run before the body returned.
    [[nodiscard]] bool completed() const noexcept { return completed_; }
    /// True when something outside the lab had a part (a child process, a socket): such a run may
    /// differ from one time to the next.
    [[nodiscard]] bool touched_outside() const noexcept { return touched_outside_; }

    [[nodiscard]] std::string_view label(const Event& event) const noexcept;
    [[nodiscard]] std::string_view thread_name(ThreadId thread) const noexcept;
    /// "mutex #3": its kind and its number in order of first use.
    [[nodiscard]] std::string object_name(ObjectId object) const;
    [[nodiscard]] ObjectKind object_kind(ObjectId object) const noexcept;
    /// The thread whose end a `blocked` event waits for; `no_thread` for any other event.
    [[nodiscard]] ThreadId joined_thread(const Event& event) const noexcept;
    /// The frames of a recorded stack, innermost first; empty for 0.
    [[nodiscard]] std::vector<Place> stack(StackId stack) const;
    /// The innermost frame in code that is neither the lab's nor a library's.
    [[nodiscard]] Place place(StackId stack) const;

    // Measures -------------------------------------------------------------------------------
    /// Virtual time from the start of the run to its end.
    [[nodiscard]] Duration makespan() const noexcept { return makespan_; }
    /// The sum of all `compute` charges that were paid (`computed`).
    [[nodiscard]] Duration work() const noexcept;
    /// work() / makespan(); 0 when either is 0.
    [[nodiscard]] double speed_up() const noexcept;

    // Queries --------------------------------------------------------------------------------
    [[nodiscard]] std::vector<SpanRecord> spans() const;
    [[nodiscard]] std::vector<SpanRecord> spans(std::string_view label) const;
    /// Marks and span beginnings with this label.
    [[nodiscard]] std::vector<Event> marks(std::string_view label) const;
    /// The most spans of this label open at one time (by order of steps, so that spans that only
    /// touch do not overlap).
    [[nodiscard]] unsigned peak_overlap(std::string_view label) const;
    /// Virtual time between the first mark or span beginning labelled `from` and the first labelled
    /// `to` after it; negative when there is none.
    [[nodiscard]] Duration latency(std::string_view from, std::string_view to) const;
    /// The `blocked` event of a wait that was not over when the run ended.
    [[nodiscard]] std::optional<Event> pending_wait(ThreadId thread) const;
    /// The threads that held a lock when the run ended, in order of number.
    [[nodiscard]] std::vector<ThreadId> holders(ObjectId object) const;

    // Texts ----------------------------------------------------------------------------------
    /// Every event, one a line, without addresses: what "the same trace" means.
    [[nodiscard]] std::string text() const;
    /// The schedule for a person, step by step, with places in the source; at most `most` lines,
    /// the last ones, for it is at the end that things go wrong. 0: all.
    [[nodiscard]] std::string story(std::size_t most = 0) const;

private:
    friend class TraceBuilder;
    Policy policy_;
    std::uint64_t seed_ = 0;
    unsigned spurious_wakeups_ = 0;
    bool memory_points_ = true;
    std::uint32_t steps_ = 0;
    bool completed_ = false;
    bool touched_outside_ = false;
    Duration makespan_{0};
    std::vector<ThreadId> schedule_;
    std::vector<Event> events_;
    std::vector<ThreadInfo> threads_;
    std::vector<std::pair<ObjectKind, unsigned>> objects_;  ///< kind, number within its kind
    std::vector<std::string> labels_;
    std::vector<std::vector<void*>> stacks_;
    std::vector<std::vector<Place>> places_;  ///< the same stacks, where they came looked up
    std::vector<Diagnosis> diagnoses_;
};

}  // namespace lab
