// What is left behind: threads that nobody joins, locks that nobody gives back.
#include "topics.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <stdexcept>
#include <thread>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;

void nap() { std::this_thread::sleep_for(1ms); }

// Never joined --------------------------------------------------------------------------------

void thread_forgotten() { std::thread forgotten{nap}; }

void thread_forgotten_after_it_ended() {
    std::thread forgotten{[] {}};
    std::this_thread::sleep_for(5ms);
}

void thread_overwritten() {
    std::thread worker{nap};
    worker = std::thread{nap};
    worker.join();
}

void thread_forgotten_by_an_early_return() {
    const auto run = [](int jobs) {
        std::thread worker{nap};
        if (jobs == 0) {
            return;
        }
        worker.join();
    };
    run(1);
    run(0);
}

void thread_joined() {
    std::thread worker{nap};
    worker.join();
    worker = std::thread{nap};
    worker.join();
}

void jthread_joins_itself() {
    std::jthread worker{nap};
    worker = std::jthread{nap};
}

// Let go --------------------------------------------------------------------------------------

void log_for_an_hour() { std::this_thread::sleep_for(1h); }

void detached_and_still_running() {
    std::thread{log_for_an_hour}.detach();
    std::this_thread::sleep_for(1ms);
}

/// Everybody has been told, but the thread that told it is still at its last line.
void detached_and_not_waited_for() {
    auto told = std::make_shared<std::promise<void>>();
    std::future<void> done = told->get_future();
    std::thread{[told] {
        told->set_value();
        nap();
    }}.detach();
    done.get();
}

void* nap_in_c(void*) {
    nap();
    return nullptr;
}

void posix_thread_never_joined() {
    pthread_t thread{};
    pthread_create(&thread, nullptr, nap_in_c, nullptr);
    std::this_thread::sleep_for(5ms);
}

void posix_thread_joined() {
    pthread_t thread{};
    pthread_create(&thread, nullptr, nap_in_c, nullptr);
    void* result = &thread;
    pthread_join(thread, &result);
    expect(result == nullptr, "the thread returned something else");
}

// Locks that are never given back -------------------------------------------------------------

struct Till {
    std::mutex mutex;
    int money = 0;
};

bool withdraw_by_hand(Till& till, int amount) {
    till.mutex.lock();
    if (till.money < amount) {
        return false;
    }
    till.money -= amount;
    till.mutex.unlock();
    return true;
}

bool withdraw_guarded(Till& till, int amount) {
    const std::lock_guard lock{till.mutex};
    if (till.money < amount) {
        return false;
    }
    till.money -= amount;
    return true;
}

void early_return_keeps_the_lock() {
    Till till;
    std::jthread customer{[&] { withdraw_by_hand(till, 5); }};
}

void early_return_meets_itself() {
    Till till;
    std::jthread customer{[&] {
        withdraw_by_hand(till, 5);
        withdraw_by_hand(till, 0);
    }};
}

void early_return_with_a_guard() {
    Till till;
    till.money = 7;
    {
        std::jthread first{[&] { withdraw_guarded(till, 5); }};
        std::jthread second{[&] { withdraw_guarded(till, 5); }};
    }
    expect(till.money == 2, "not exactly one of two customers was served");
}

void parse_by_hand(std::mutex& mutex, int& parsed, int digit) {
    mutex.lock();
    if (digit > 9) {
        throw std::out_of_range{"not a digit"};
    }
    parsed = parsed * 10 + digit;
    mutex.unlock();
}

void exception_keeps_the_lock() {
    std::mutex mutex;
    int parsed = 0;
    try {
        parse_by_hand(mutex, parsed, 4);
        parse_by_hand(mutex, parsed, 42);
    } catch (const std::out_of_range&) {
        parsed = -1;
    }
}

void lock_and_leave(std::mutex& mutex) { mutex.lock(); }

void thread_ends_with_a_lock() {
    std::mutex mutex;
    std::thread worker{[&] { lock_and_leave(mutex); }};
    worker.join();
}

void body_ends_with_a_lock() {
    auto mutex = std::make_unique<std::mutex>();
    lock_and_leave(*mutex);
}

void thread_gives_its_lock_back() {
    std::mutex mutex;
    std::thread worker{[&] {
        lock_and_leave(mutex);
        mutex.unlock();
    }};
    worker.join();
    const std::lock_guard lock{mutex};
}

// Never told to stop --------------------------------------------------------------------------

void beat_until(const std::atomic<bool>& stop) {
    while (!stop) {
        std::this_thread::sleep_for(1s);
    }
}

void heartbeat_never_stopped() {
    std::atomic<bool> stop{false};
    std::jthread heart{[&] { beat_until(stop); }};
}

void heartbeat_stopped() {
    std::atomic<bool> stop{false};
    std::jthread heart{[&] {
        while (!stop) {
            nap();
        }
    }};
    std::this_thread::sleep_for(5ms);
    stop = true;
}

constexpr Program table[] = {
    faulty("thread_forgotten", "A std::thread is destroyed while it is joinable.", thread_forgotten,
           Kind::joinable_destroyed, 1, "thread_forgotten"),
    faulty("thread_forgotten_after_it_ended", "It has ended long ago, and is joinable still.",
           thread_forgotten_after_it_ended, Kind::joinable_destroyed, 1, "thread_forgotten"),
    faulty("thread_overwritten", "A joinable std::thread is overwritten.", thread_overwritten,
           Kind::joinable_destroyed, 1, "thread_overwritten"),
    faulty("thread_forgotten_by_an_early_return", "A return jumps over the join.",
           thread_forgotten_by_an_early_return, Kind::joinable_destroyed, 1, "leaks.cpp"),
    correct("thread_joined", "Each std::thread is joined before it is overwritten or destroyed.",
            thread_joined),
    correct("jthread_joins_itself", "A std::jthread joins when overwritten and when destroyed.",
            jthread_joins_itself),
    faulty("detached_and_still_running", "A detached thread outlives the body.",
           detached_and_still_running, Kind::leaked_thread, 1, "log_for_an_hour"),
    faulty("detached_and_not_waited_for", "A detached thread's result came, its end did not.",
           detached_and_not_waited_for, Kind::leaked_thread, 1, ""),
    faulty("posix_thread_never_joined", "A POSIX thread has ended, and nobody joins it.",
           posix_thread_never_joined, Kind::leaked_thread, 1, ""),
    correct("posix_thread_joined", "A POSIX thread is joined.", posix_thread_joined),
    faulty("early_return_keeps_the_lock", "An early return leaves a mutex locked by hand.",
           early_return_keeps_the_lock, Kind::not_released, 1, "withdraw_by_hand"),
    faulty("early_return_meets_itself", "After an early return the same thread locks again.",
           early_return_meets_itself, Kind::self_deadlock, 1, "withdraw_by_hand"),
    correct("early_return_with_a_guard", "A guard unlocks on every path.",
            early_return_with_a_guard),
    faulty("exception_keeps_the_lock", "An exception jumps over the unlock.",
           exception_keeps_the_lock, Kind::not_released, 1, "parse_by_hand"),
    faulty("thread_ends_with_a_lock", "A thread ends and still holds a mutex.",
           thread_ends_with_a_lock, Kind::not_released, 1, "lock_and_leave"),
    faulty("body_ends_with_a_lock", "The body returns and still holds a mutex.",
           body_ends_with_a_lock, Kind::not_released, 1, "lock_and_leave"),
    correct("thread_gives_its_lock_back", "Locked in one function, unlocked in another.",
            thread_gives_its_lock_back),
    faulty("heartbeat_never_stopped", "A thread is joined that nobody told to stop.",
           heartbeat_never_stopped, Kind::endless, 1, ""),
    correct("heartbeat_stopped", "The thread is told to stop before it is joined.",
            heartbeat_stopped),
};

}  // namespace

std::span<const Program> leaks() { return table; }

}  // namespace corpus
