// Waiting by looking again: where it is sound, where it burns a core, and hand-made locks.
#include "topics.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;
using Flavour::memory_points;

// A flag --------------------------------------------------------------------------------------

void spin_yielding(const std::atomic<bool>& flag) {
    while (!flag) {
        std::this_thread::yield();
    }
}

void spin_hot(const std::atomic<bool>& flag) {
    while (!flag) {
    }
}

void spin_until_an_hour_has_passed() {
    const auto end = std::chrono::steady_clock::now() + 1h;
    while (std::chrono::steady_clock::now() < end) {
    }
}

/// The flag is set by a thread that works.
void flag_from_a_worker(void (*spin)(const std::atomic<bool>&)) {
    std::atomic<bool> done{false};
    int result = 0;
    std::jthread worker{[&] {
        for (int i = 1; i <= 6; ++i) {
            result += i;
        }
        done = true;
    }};
    spin(done);
    expect(result == 21, "the flag was up before the work was done");
}

/// The flag is set by a thread that sleeps first.
void flag_from_a_sleeper(void (*spin)(const std::atomic<bool>&)) {
    std::atomic<bool> done{false};
    std::jthread sleeper{[&] {
        std::this_thread::sleep_for(1s);
        done = true;
    }};
    spin(done);
}

void yield_until_a_worker_is_done() { flag_from_a_worker(spin_yielding); }
void spin_until_a_worker_is_done() { flag_from_a_worker(spin_hot); }
void yield_until_a_sleeper_is_done() { flag_from_a_sleeper(spin_yielding); }
void spin_until_a_sleeper_is_done() { flag_from_a_sleeper(spin_hot); }

void clock_read_in_a_loop() {
    std::jthread clock{spin_until_an_hour_has_passed};
    std::this_thread::sleep_for(2h);
}

void sleep_and_look_again() {
    std::atomic<bool> done{false};
    std::jthread sleeper{[&] {
        std::this_thread::sleep_for(20ms);
        done = true;
    }};
    while (!done) {
        std::this_thread::sleep_for(3ms);
    }
}

// Locks made of atomics -----------------------------------------------------------------------

class SpinLock {
public:
    void lock() {
        while (taken_.test_and_set(std::memory_order_acquire)) {
            while (taken_.test(std::memory_order_relaxed)) {
                std::this_thread::yield();
            }
        }
    }

    void unlock() { taken_.clear(std::memory_order_release); }

private:
    std::atomic_flag taken_;
};

/// Never looks: takes again and again until it was free.
class ExchangeLock {
public:
    void lock() {
        while (taken_.exchange(true)) {
        }
    }

    void unlock() { taken_ = false; }

private:
    std::atomic<bool> taken_{false};
};

/// As in libstdc++ 12's std::atomic<std::shared_ptr>.
class CompareExchangeLock {
public:
    void lock() {
        unsigned seen = 0;
        while (!state_.compare_exchange_weak(seen, 1)) {
            seen = 0;
        }
    }

    void unlock() { state_ = 0; }

private:
    std::atomic<unsigned> state_{0};
};

/// Looks, and then takes.
class LeakySpinLock {
public:
    void lock() {
        while (taken_) {
            std::this_thread::yield();
        }
        taken_ = true;
    }

    void unlock() { taken_ = false; }

private:
    std::atomic<bool> taken_{false};
};

/// Peterson's algorithm for two threads.
template <bool flag_first>
class Peterson {
public:
    void lock(std::size_t self) {
        const std::size_t other = 1 - self;
        if (flag_first) {
            wants_[self] = true;
            waits_ = self;
        } else {
            waits_ = self;
            wants_[self] = true;
        }
        while (wants_[other] && waits_ == self) {
            std::this_thread::yield();
        }
    }

    void unlock(std::size_t self) { wants_[self] = false; }

private:
    std::array<std::atomic<bool>, 2> wants_{};
    std::atomic<std::size_t> waits_{0};
};

/// Counts who is inside; atomics, so that a broken lock is a wrong result and no data race.
class Room {
public:
    void visit() {
        if (++inside_ > 1) {
            crowded_ = true;
        }
        std::this_thread::yield();
        --inside_;
    }

    bool crowded() const { return crowded_; }

private:
    std::atomic<int> inside_{0};
    std::atomic<bool> crowded_{false};
};

template <class Lock>
void visit_under() {
    Lock lock;
    Room room;
    const auto visit = [&] {
        for (int i = 0; i < 2; ++i) {
            const std::lock_guard guard{lock};
            room.visit();
        }
    };
    {
        std::jthread first{visit};
        std::jthread second{visit};
    }
    expect(!room.crowded(), "two were inside at once");
}

template <bool flag_first>
void visit_under_peterson() {
    Peterson<flag_first> lock;
    Room room;
    const auto visit = [&](std::size_t self) {
        for (int i = 0; i < 3; ++i) {
            lock.lock(self);
            room.visit();
            lock.unlock(self);
        }
    };
    {
        std::jthread first{visit, 0};
        std::jthread second{visit, 1};
    }
    expect(!room.crowded(), "two were inside at once");
}

void spin_lock() { visit_under<SpinLock>(); }
void spin_lock_by_exchange() { visit_under<ExchangeLock>(); }
void spin_lock_by_compare_exchange() { visit_under<CompareExchangeLock>(); }
void spin_lock_that_looks_and_takes() { visit_under<LeakySpinLock>(); }
void peterson() { visit_under_peterson<true>(); }
void peterson_the_wrong_way_round() { visit_under_peterson<false>(); }

constexpr Program table[] = {
    correct("yield_until_a_worker_is_done", "Spinning on a flag, yielding, while another works.",
            yield_until_a_worker_is_done),
    correct("spin_until_a_worker_is_done", "Spinning on a flag without yielding; it will come.",
            spin_until_a_worker_is_done, memory_points),
    faulty("yield_until_a_sleeper_is_done", "Yielding without end while the other one sleeps.",
           yield_until_a_sleeper_is_done, Kind::busy_wait, 1, "spin_yielding"),
    faulty("spin_until_a_sleeper_is_done", "Spinning without end while the other one sleeps.",
           spin_until_a_sleeper_is_done, Kind::busy_wait, 1, "spin_hot", memory_points),
    in_virtual_time(faulty("clock_read_in_a_loop", "A thread reads the clock until it is time.",
                           clock_read_in_a_loop, Kind::busy_wait, 1,
                           "spin_until_an_hour_has_passed")),
    correct("sleep_and_look_again", "Polling with sleeps is slow, but it does not burn a core.",
            sleep_and_look_again),
    correct("spin_lock", "A lock made of an atomic_flag.", spin_lock, memory_points),
    correct("spin_lock_by_exchange", "A lock that is taken by exchange, without a look.",
            spin_lock_by_exchange, memory_points),
    correct("spin_lock_by_compare_exchange", "A lock that is taken by compare_exchange.",
            spin_lock_by_compare_exchange, memory_points),
    wrong("spin_lock_that_looks_and_takes", "Two threads see the lock free, and both take it.",
          spin_lock_that_looks_and_takes, 100, "two were inside", memory_points),
    correct("peterson", "Peterson's algorithm: announce, give way, wait.", peterson, memory_points),
    wrong("peterson_the_wrong_way_round", "Give way before announcing, and both may pass.",
          peterson_the_wrong_way_round, 1'000, "two were inside", memory_points),
};

}  // namespace

std::span<const Program> spinning() { return table; }

}  // namespace corpus
