// A lab thread: one thread of the observed program, as the scheduler sees it.
#pragma once

#include <lab/runtime/thread_set.hpp>
#include <lab/trace.hpp>

#include <pthread.h>

#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace lab::runtime {

struct Host;
struct Object;

/// Virtual nanoseconds since the start of the run.
using Time = std::int64_t;
inline constexpr Time never = std::numeric_limits<Time>::max();

/// Frames of a stack, innermost first, without the lab's own.
struct StackRecord {
    std::array<void*, 48> frames{};
    std::size_t depth = 0;
};

struct Thread {
    ThreadId id = 0;
    Host* host = nullptr;  ///< null once it went back to the pool
    pthread_t handle{};

    void* (*function)(void*) = nullptr;
    void* argument = nullptr;
    void* result = nullptr;
    ThreadId creator = no_thread;
    StackId created_at = 0;

    bool started = false;
    bool ended = false;
    bool joined = false;
    bool detached = false;
    bool runs_loop_of_library = false;  ///< started by Asio itself: a pool's worker may block

    // What it waits for; meaningful while `blocked`.
    bool blocked = false;
    Wait wait = Wait::mutex;
    Wake wake = Wake::granted;
    Object* waits_for = nullptr;   ///< the object waited on; null for sleeps, I/O, cores
    Object* reacquires = nullptr;  ///< the mutex to take again after a condition wait
    ThreadId joins = no_thread;    ///< the thread waited for, for Wait::join
    Time deadline = never;
    Time blocked_since = 0;
    std::uint32_t blocked_step = 0;
    std::uint32_t futex_bits = 0;
    std::uint32_t futex_expected = 0;
    bool shared = false;             ///< for Wait::shared_lock: wants to read
    bool (*probe)(void*) = nullptr;  ///< for Wait::io and Wait::child: is it ready now?
    void* probe_argument = nullptr;
    bool polls_events = false;       ///< in epoll_wait: an event loop's own wait
    bool waits_for_outside = false;  ///< somebody who is not part of the run may make it ready

    // Progress.
    std::uint32_t steps_at_instant = 0;
    Time instant = -1;  ///< of `steps_at_instant`
    std::uint32_t last_clock_step = 0xffffffff;
    std::array<const void*, 4> last_loads{};  ///< of atomics, to tell a spin from a walk
    std::uint32_t load_count = 0;
    const void* last_update = nullptr;  ///< the atomic that an update went to last, and
    std::uint64_t found_there = 0;      ///< what that update found
    bool within_primitive = false;      ///< in the middle of a semaphore's or latch's own accesses
    bool tried_in_vain = false;  ///< asked for a lock without waiting, and only gave way since
    Time cpu = 0;
    unsigned core = 0;
    std::int64_t priority = 0;  ///< for PCT: larger runs first

    // Evidence, gathered when the run ends early.
    bool give_stack = false;  ///< asked for its stack: give it and hand back
    StackRecord stack;
    unsigned locks_held = 0;

    // What thread_local objects and pthread_setspecific left to destroy at its end.
    struct Destructor {
        void (*function)(void*);
        void* object;
    };
    std::vector<Destructor> destructors;
    std::vector<pthread_key_t> keys;
    char name[32] = {};  ///< as the program set it; "" else

    // The last times it took a lock, to tell whether a notification came between its check and its
    // wait (deadlock.cpp). Objects by number.
    struct Taking {
        ObjectId object = 0;
        std::uint32_t step = 0;
    };
    std::array<Taking, 8> takings{};
    std::uint32_t taking_count = 0;
    ObjectId woken_by = 0;  ///< the condition variable that woke it in this critical section
    std::uint32_t woken_at_step = 0;

    /// Makes it as new, but for the memory of its lists.
    void forget() {
        auto keep_destructors = std::move(destructors);
        auto keep_keys = std::move(keys);
        *this = Thread{};
        destructors = std::move(keep_destructors);
        keys = std::move(keep_keys);
        destructors.clear();
        keys.clear();
    }
};

}  // namespace lab::runtime
