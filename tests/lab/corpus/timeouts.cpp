// Time: limits that are exact, and limits that are not kept. With the lab's virtual clock an hour
// takes no time, and is exactly an hour long.
#include "topics.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Kind = lab::Diagnosis::Kind;

// Exactly ------------------------------------------------------------------------------------

void condition_times_out_exactly() {
    std::mutex mutex;
    std::condition_variable never;
    const auto begin = Clock::now();
    std::unique_lock lock{mutex};
    const bool came = never.wait_for(lock, 1h, [] { return false; });
    expect(!came, "a condition came true by itself");
    expect(Clock::now() - begin == 1h, "the wait did not take an hour");
}

void sleeps_until_exactly() {
    const auto begin = Clock::now();
    std::this_thread::sleep_until(begin + 90min);
    expect(Clock::now() == begin + 90min, "the sleeper did not wake up on time");
    std::this_thread::sleep_until(begin + 1min);
    expect(Clock::now() == begin + 90min, "a time that has passed was waited for");
    const auto date = std::chrono::system_clock::now();
    std::this_thread::sleep_until(date + 24h);
    expect(std::chrono::system_clock::now() == date + 24h, "the clocks do not agree on a day");
    expect(Clock::now() == begin + 90min + 24h, "the clocks do not agree on a day");
}

void sleeps_side_by_side() {
    const auto begin = Clock::now();
    {
        std::vector<std::jthread> sleepers;
        for (int i = 1; i <= 3; ++i) {
            sleepers.emplace_back([i] { std::this_thread::sleep_for(i * 1h); });
        }
    }
    expect(Clock::now() - begin == 3h, "three sleepers took longer than the longest");
}

void wakes_in_order_of_deadlines() {
    std::mutex mutex;
    std::vector<int> order;
    {
        std::vector<std::jthread> sleepers;
        for (const int hour : {3, 1, 2}) {
            sleepers.emplace_back([&, hour] {
                std::this_thread::sleep_for(hour * 1h);
                const std::lock_guard lock{mutex};
                order.push_back(hour);
            });
        }
    }
    expect(order == std::vector{1, 2, 3}, "sleepers woke up in another order");
}

template <class Mutex>
void lock_times_out_exactly() {
    Mutex mutex;
    std::binary_semaphore held{0};
    std::atomic<bool> early{true};
    std::atomic<bool> late{false};
    std::jthread holder{[&] {
        const std::lock_guard lock{mutex};
        held.release();
        std::this_thread::sleep_for(2h);
    }};
    held.acquire();
    const auto begin = Clock::now();
    early = mutex.try_lock_for(1h);
    const auto given_up = Clock::now() - begin;
    late = mutex.try_lock_for(3h);
    const auto got = Clock::now() - begin;
    if (late) {
        mutex.unlock();
    }
    holder.join();
    expect(!early && given_up == 1h, "the lock was not given up after an hour");
    expect(late && got == 2h, "the lock was not had when it became free");
}

void semaphore_times_out_exactly() {
    std::binary_semaphore permit{0};
    const auto begin = Clock::now();
    const bool early = permit.try_acquire_for(1h);
    expect(!early && Clock::now() - begin == 1h, "the permit was not given up after an hour");
    std::jthread giver{[&] {
        std::this_thread::sleep_for(1h);
        permit.release();
    }};
    const bool got = permit.try_acquire_until(begin + 3h);
    expect(got && Clock::now() - begin == 2h, "the permit was not had when it was given");
}

void future_times_out_exactly() {
    const auto begin = Clock::now();
    std::future<int> result = std::async(std::launch::async, [] {
        std::this_thread::sleep_for(2h);
        return 5;
    });
    const bool late = result.wait_for(1h) == std::future_status::timeout;
    const bool an_hour = Clock::now() - begin == 1h;
    const int got = result.get();
    expect(late && an_hour, "the result was not given up after an hour");
    expect(got == 5 && Clock::now() - begin == 2h, "the result did not come on time");
}

// A deadline that moves -----------------------------------------------------------------------

struct Doorbell {
    std::mutex mutex;
    std::condition_variable rang;
    bool delivered = false;

    void ring() {
        const std::lock_guard lock{mutex};
        rang.notify_all();
    }

    bool wait_an_hour_each_time() {
        std::unique_lock lock{mutex};
        while (!delivered) {
            if (rang.wait_for(lock, 1h) == std::cv_status::timeout) {
                return false;
            }
        }
        return true;
    }

    bool wait_an_hour_in_all() {
        const auto deadline = Clock::now() + 1h;
        std::unique_lock lock{mutex};
        while (!delivered) {
            if (rang.wait_until(lock, deadline) == std::cv_status::timeout) {
                return delivered;
            }
        }
        return true;
    }
};

/// Rings every forty minutes, and never delivers.
void wait_at_the_door(bool (Doorbell::*wait)()) {
    Doorbell bell;
    std::jthread postman{[&] {
        for (int i = 0; i < 3; ++i) {
            std::this_thread::sleep_for(40min);
            bell.ring();
        }
    }};
    const auto begin = Clock::now();
    const bool delivered = (bell.*wait)();
    const auto waited = Clock::now() - begin;
    postman.join();
    expect(!delivered && waited == 1h, "the deadline moved with every ring");
}

void time_out_begun_again() { wait_at_the_door(&Doorbell::wait_an_hour_each_time); }
void deadline_kept() { wait_at_the_door(&Doorbell::wait_an_hour_in_all); }

/// An answer that comes before the limit ends the wait.
void answer_before_the_limit() {
    std::mutex mutex;
    std::condition_variable answered;
    bool answer = false;
    std::jthread oracle{[&] {
        std::this_thread::sleep_for(59min);
        const std::lock_guard lock{mutex};
        answer = true;
        answered.notify_one();
    }};
    const auto begin = Clock::now();
    std::unique_lock lock{mutex};
    const bool came = answered.wait_until(lock, begin + 1h, [&] { return answer; });
    expect(came && Clock::now() - begin == 59min, "the answer did not end the wait");
}

void periodic_without_drift() {
    const auto begin = Clock::now();
    std::vector<Clock::duration> ticks;
    std::jthread metronome{[&] {
        for (int i = 1; i <= 4; ++i) {
            std::this_thread::sleep_until(begin + i * 15min);
            ticks.push_back(Clock::now() - begin);
            std::this_thread::sleep_for(10min);
        }
    }};
    metronome.join();
    expect(ticks == std::vector<Clock::duration>{15min, 30min, 45min, 60min}, "the beat drifts");
}

constexpr Program table[] = {
    in_virtual_time(correct("condition_times_out_exactly", "wait_for takes exactly an hour.",
                            condition_times_out_exactly)),
    in_virtual_time(
        correct("sleeps_until_exactly", "sleep_until on both clocks.", sleeps_until_exactly)),
    in_virtual_time(correct("sleeps_side_by_side", "Three sleeps take as long as the longest.",
                            sleeps_side_by_side)),
    in_virtual_time(correct("wakes_in_order_of_deadlines", "The earlier deadline wakes first.",
                            wakes_in_order_of_deadlines)),
    in_virtual_time(correct("timed_mutex_times_out_exactly", "try_lock_for, in vain and not.",
                            lock_times_out_exactly<std::timed_mutex>)),
    in_virtual_time(correct("shared_timed_mutex_times_out_exactly", "The same, shared mutex.",
                            lock_times_out_exactly<std::shared_timed_mutex>)),
    in_virtual_time(correct("semaphore_times_out_exactly", "try_acquire_for, in vain and not.",
                            semaphore_times_out_exactly)),
    in_virtual_time(correct("future_times_out_exactly", "A future's wait_for, and its result.",
                            future_times_out_exactly)),
    in_virtual_time(wrong("time_out_begun_again", "Every notification begins the hour again.",
                          time_out_begun_again, 1, "the deadline moved")),
    in_virtual_time(correct("deadline_kept", "wait_until keeps to one deadline.", deadline_kept)),
    in_virtual_time(correct("answer_before_the_limit", "A notification ends a timed wait.",
                            answer_before_the_limit)),
    in_virtual_time(correct("periodic_without_drift", "Four beats on the quarter of an hour.",
                            periodic_without_drift)),
};

}  // namespace

std::span<const Program> timeouts() { return table; }

}  // namespace corpus
