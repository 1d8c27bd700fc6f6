// The world of one run: its threads, its objects, its clock, and who runs next.
//
// Theory of operation. The interposed functions (interpose/) turn each synchronisation call into a
// call of one of the functions below. Each has a `point`, the place where the scheduler may give
// the baton to another thread: before what may have to wait (a lock), after what lets others go on
// (an unlock, a notification, a new thread). It changes the model (who owns what, who waits for
// what) and performs the real operation, which cannot block, since the model said it would succeed.
// If the model says that the thread has to wait, it is taken out of the set of runnable threads
// until another thread's call, or the clock, puts it back.
//
// The clock stands still while anybody can run. When nobody can, it jumps to the earliest deadline;
// when there is none, the run is over: a deadlock, known at once, with everybody's wait.
//
// All of this runs on the baton holder's stack, with `current` null, so that the lab's own calls of
// interposed functions go straight to the originals. Nothing here is locked: the baton is the lock.
#pragma once

#include <lab/observe.hpp>
#include <lab/races/memory_point.hpp>
#include <lab/runtime/cores.hpp>
#include <lab/runtime/host.hpp>
#include <lab/runtime/object.hpp>
#include <lab/runtime/random.hpp>
#include <lab/runtime/thread.hpp>
#include <lab/trace_builder.hpp>

#include <semaphore.h>
#include <sys/types.h>

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lab::runtime {

/// A diagnosis while the run goes on: with raw stacks, which are looked up when it is over.
struct RawDiagnosis {
    struct RawWitness {
        ThreadId thread;
        std::string state;
        StackRecord stack;
    };
    Diagnosis::Kind kind;
    std::string summary;
    std::vector<RawWitness> witnesses;
    std::uint32_t step;
    Time at;
};

/// Something that was begun and is not over: where it was begun.
struct Pending {
    const void* key;
    StackRecord stack;
};

/// Whose code an access of memory is in.
enum class Accessor : std::uint8_t { program, primitive, plumbing };

/// Whether a step can have brought the program further. Waiting loops consist of steps that cannot.
enum class Progress : std::uint8_t { possible, none };

class World {
public:
    World();

    /// Plays one run; called outside of any. `recycled` lends the memory of an earlier trace.
    [[nodiscard]] TraceParts run(const std::function<void()>& body, const Options& options,
                                 bool user_level, TraceParts&& recycled);

    // Threads (threads.cpp) --------------------------------------------------------------------
    int create(Thread& self, pthread_t* handle, const pthread_attr_t* attributes,
               void* (*function)(void*), void* argument);
    int join(Thread& self, pthread_t handle, void** result, Time deadline, bool only_try);
    int detach(Thread& self, pthread_t handle);
    [[noreturn]] void exit_thread(Thread& self, void* result);
    void set_name(pthread_t handle, const char* name);
    /// A lab thread's life, from its first step to its last.
    void live(Thread& self);
    /// Passes the baton on from a thread that has ended. At user level it does not return.
    void leave(Thread& self);

    // Locks (locks.cpp). Deadlines are virtual; 0 or ETIMEDOUT and the like are returned as the
    // POSIX functions do.
    int lock_mutex(Thread& self, pthread_mutex_t* mutex, Time deadline);
    int try_lock_mutex(Thread& self, pthread_mutex_t* mutex);
    int unlock_mutex(Thread& self, pthread_mutex_t* mutex);
    void destroy_mutex(Thread& self, pthread_mutex_t* mutex);
    int lock_spin(Thread& self, pthread_spinlock_t* lock);
    int try_lock_spin(Thread& self, pthread_spinlock_t* lock);
    int unlock_spin(Thread& self, pthread_spinlock_t* lock);
    int lock_rwlock(Thread& self, pthread_rwlock_t* lock, bool shared, Time deadline);
    int try_lock_rwlock(Thread& self, pthread_rwlock_t* lock, bool shared);
    int unlock_rwlock(Thread& self, pthread_rwlock_t* lock);

    // Waiting for others (conditions.cpp) -------------------------------------------------------
    int wait_condition(Thread& self, pthread_cond_t* condition, pthread_mutex_t* mutex,
                       Time deadline);
    int notify(Thread& self, pthread_cond_t* condition, bool all);
    int wait_semaphore(Thread& self, sem_t* semaphore, Time deadline);
    int try_semaphore(Thread& self, sem_t* semaphore);
    int post_semaphore(Thread& self, sem_t* semaphore);
    /// FUTEX_WAIT and _WAKE: 0, or a negative errno.
    long wait_futex(Thread& self, const std::uint32_t* word, std::uint32_t expected,
                    std::uint32_t bits, Time deadline);
    long wake_futex(Thread& self, const std::uint32_t* word, std::uint32_t most,
                    std::uint32_t bits);
    int wait_barrier(Thread& self, pthread_barrier_t* barrier);
    /// Waits while another thread is between `begin_once` and `end_once`.
    void begin_once(Thread& self, const void* control);
    void end_once(Thread& self, const void* control);
    void forget(const void* object) noexcept { objects_.forget(object); }

    // Time, cores, the outside (waiting.cpp, outside.cpp) ----------------------------------------
    void yield(Thread& self);
    void sleep_until(Thread& self, Time deadline);
    void compute(Thread& self, Time cost);
    [[nodiscard]] Time read_clock(Thread& self);
    [[nodiscard]] Time now() const noexcept { return now_; }
    /// Charged by all threads so far.
    [[nodiscard]] Time cpu_time() const noexcept;
    /// Waits until `probe` says yes; false when the deadline came first. `outside`: something that
    /// is not part of the run (a child process, a socket) could make it so.
    /// `object`: what it is about, if the lab has a name for it.
    bool wait_until_ready(Thread& self, Wait wait, bool (*probe)(void*), void* argument,
                          Time deadline, bool outside, Object* object = nullptr);
    void touch_descriptors() noexcept { descriptors_touched_ = true; }
    void child_born(pid_t child);
    /// An access of the program's own code, in builds that have memory points.
    void access(Thread& self, const void* address, std::size_t size, MemoryAccess kind,
                void* caller);

    // Event loops (event_loops.cpp) ------------------------------------------------------------
    void coroutine_made(const void* frame, void* caller);
    void coroutine_gone(const void* frame);
    void timer_wait_begun(const void* operation);
    void timer_wait_over(const void* operation);

    // The record (recording.cpp) ---------------------------------------------------------------
    void record(Thread& self, EventKind kind, ObjectId object, std::int64_t value,
                std::uint32_t label = 0);
    [[nodiscard]] std::uint32_t label_id(std::string_view label);
    [[nodiscard]] const Options& options() const noexcept { return options_; }
    [[nodiscard]] Thread& thread(ThreadId id) noexcept { return threads_[id]; }
    [[nodiscard]] Thread* running() const noexcept { return running_; }
    [[nodiscard]] bool active() const noexcept { return active_; }
    [[nodiscard]] bool at_user_level() const noexcept { return user_level_; }
    [[nodiscard]] std::uint32_t steps() const noexcept { return steps_; }

    // Ends (ending.cpp, deadlock.cpp) ------------------------------------------------------------
    /// Notes what is wrong and lets the run go on.
    /// `where`: a recorded stack, when it is not the caller's own.
    void note(Diagnosis::Kind kind, std::string summary, Thread& witness, std::string state,
              StackId where = 0);
    /// Ends the run: every other thread's stack is taken, and all are abandoned where they stand.
    /// `stack`: the culprit's, when it is not the caller's own (a signal handler's).
    [[noreturn]] void end(Diagnosis::Kind kind, std::string summary, Thread* culprit,
                          std::string state, const StackRecord* stack = nullptr);
    /// In a child process: the run is the parent's affair.
    void leave_to_parent() noexcept;
    /// An exception of no type of ours that left the body, to be thrown again by `observe`.
    [[nodiscard]] std::exception_ptr take_passing_exception() noexcept {
        return std::exchange(passing_exception_, nullptr);
    }

private:
    // Scheduling (scheduling.cpp) ----------------------------------------------------------------
    void reset(const Options& options, bool user_level, TraceParts&& recycled);
    void point(Thread& self, Progress progress = Progress::possible);
    void point_while_held(Thread& self);
    void block(Thread& self, Wait wait, Object* object, Time deadline);
    void wake(Thread& sleeper, Wake why) noexcept;
    void resume_waiters(Object& object) noexcept { runnable_ |= object.waiters; }
    void give_baton(Thread& self);
    void hand_over(Context& from, Context& to) noexcept;
    [[nodiscard]] Thread& choose(Thread& self);
    [[nodiscard]] ThreadId pick(Thread& self);
    [[nodiscard]] ThreadId pick_by_priority(Thread& self);
    void count_spin(Thread& self, Progress progress);
    /// What one may expect of the next attempt of a thread that asks without waiting.
    [[nodiscard]] static Progress progress_of_try(const Thread& self) noexcept {
        return self.tried_in_vain ? Progress::none : Progress::possible;
    }
    void try_in_vain(Thread& self);
    void maybe_wake_spuriously();

    // The clock and the outside (waiting.cpp, outside.cpp)
    void wait_for_something(Thread& self);
    void pass_time_to(Thread& self, Time deadline);
    void time_out(Thread& sleeper) noexcept;
    void probe_descriptors();
    [[nodiscard]] bool child_lives() const;
    [[nodiscard]] bool outside_may_act();
    bool wait_outside(Time until);

    // Threads
    [[nodiscard]] Thread* find(pthread_t handle) noexcept;
    [[nodiscard]] Thread& add_thread(ThreadId creator);
    void destroy_locals(Thread& self);
    void finish(Thread& self);
    [[nodiscard]] std::string run_body();
    void retire(Thread& ended);
    [[noreturn]] static void end_child();

    // Locks
    void acquire(Thread& self, Object& object);
    void release(Object& object) noexcept;
    [[nodiscard]] StackId where_taken(const Thread& holder, const Object& object) const noexcept;
    void free_abandoned_locks() noexcept;
    int wait_for_lock(Thread& self, Object& object, Wait wait, Time deadline);
    template <class Try>
    int wait_for_outsider(Thread& self, Object& object, Wait wait, Time deadline, Try try_lock);
    void forget_destroyed_owner(Thread& self, Object& object, bool free);
    void note_rwlock_taken(Thread& self, Object& object, bool shared);
    void complain_about_unlock(Thread& self, Object& object);

    // Event loops
    [[nodiscard]] bool in_event_loop(const Thread& self) const noexcept;
    void note_blocked_loop(Thread& self, std::string doing);
    void look_for_blocked_loop(Thread& self, Wait wait, const Object* object);
    void note_pending(Diagnosis::Kind kind, std::string summary, std::string state,
                      const Pending& pending);
    void note_pending_operations();

    // Conditions
    void awaken_waiter(Thread& sleeper, Wake why) noexcept;
    void remember_unheard(Thread& self, Object& object);

    [[nodiscard]] Accessor accessor(void* caller);

    // Evidence
    [[nodiscard]] StackId capture();
    [[nodiscard]] std::string object_name(const Object& object) const;
    void take_stacks(Thread& self);
    [[noreturn]] void deadlock(Thread& self);
    [[nodiscard]] RawDiagnosis explain_deadlock() const;
    void note_left_overs();
    void note_races();
    [[nodiscard]] RawDiagnosis::RawWitness witness_of(const Thread& thread,
                                                      std::string state) const;
    [[nodiscard]] std::vector<ThreadId> find_ring() const;
    [[nodiscard]] bool waits_for_word(const Thread& thread) const;
    [[nodiscard]] std::optional<std::string> how_wakeup_was_lost(const Thread& thread) const;
    [[nodiscard]] std::string state_of(const Thread& thread) const;
    [[noreturn]] void return_to_observer(Thread& self);
    void tell_forgotten_join(Diagnosis& diagnosis) const;
    [[nodiscard]] Place where_forgotten_was_started(ThreadId destroyer) const;
    [[nodiscard]] bool is_told_already(const Diagnosis& last) const;
    [[nodiscard]] ThreadId tenant_of(std::uint64_t kernel_thread) const noexcept;
    void settle_threads();
    void finish_threads();
    void finish_diagnoses();
    [[nodiscard]] TraceParts finished_parts();

    Options options_;
    bool user_level_ = false;
    bool active_ = false;
    bool record_stacks_ = false;
    const std::function<void()>* body_ = nullptr;
    std::exception_ptr passing_exception_;
    bool in_child_ = false;  ///< this process was forked off during the run

    std::vector<Thread> threads_;  ///< max_threads of them, so that they never move
    std::size_t thread_count_ = 0;
    std::size_t alive_ = 0;
    Thread* running_ = nullptr;
    Thread* asks_for_stack_ = nullptr;
    bool body_ended_ = false;
    Context observer_;  ///< the caller of `run`

    ThreadSet runnable_;
    ThreadSet timed_;                ///< blocked threads with a deadline
    ThreadSet at_descriptors_;       ///< blocked threads with a probe
    ThreadSet at_conditions_;        ///< blocked threads that may wake up spuriously
    ThreadSet spinners_;             ///< threads whose last step could not bring them further
    std::uint32_t idle_streak_ = 0;  ///< steps in a row in which only spinners could run
    ObjectTable objects_;
    Cores cores_;

    bool somebody_tries_ = false;  ///< a lock was asked for without waiting for it

    Time now_ = 0;
    std::uint32_t steps_ = 0;
    Random choices_;  ///< who runs next
    Random chances_;  ///< who is notified, who wakes up for no reason: apart, so
                      ///< that a replay meets the same ones
    std::int64_t lowest_priority_ = 0;
    std::vector<std::uint32_t> change_points_;
    bool diverged_ = false;

    bool descriptors_touched_ = false;
    bool touched_outside_ = false;
    std::vector<pid_t> children_;

    std::unordered_map<void*, Accessor> accessors_;  ///< by return address, for all runs
    std::vector<Pending> coroutines_;
    std::vector<Pending> timer_waits_;

    TraceParts parts_;
    std::vector<RawDiagnosis> raw_diagnoses_;
    std::unordered_map<std::uint64_t, StackId> stack_ids_;
};

/// "thread 2", or as the program named it: "loader (thread 2)".
[[nodiscard]] std::string trace_name(const Thread& thread);
/// Whether this child process runs, or ended without having been waited for.
[[nodiscard]] bool child_is_there(pid_t child) noexcept;
/// "std::runtime_error: no route to host"
[[nodiscard]] std::string describe_exception(const std::exception& exception);
/// What pthread_key_create was given for this key; null for none (interpose/thread_locals.cpp).
[[nodiscard]] auto key_destructor(pthread_key_t key) noexcept -> void (*)(void*);

/// The one world of this process. Runs take turns.
[[nodiscard]] World& world();

}  // namespace lab::runtime
