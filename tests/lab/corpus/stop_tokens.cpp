// Cooperative cancellation: stop tokens that are heard, ignored, and missed.
#include "topics.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;

/// Work that never comes.
struct Inbox {
    std::mutex mutex;
    std::condition_variable arrived;
    std::condition_variable_any arrived_or_stopped;
    bool work = false;

    void wait_for_work(const std::stop_token&) {
        std::unique_lock lock{mutex};
        arrived.wait(lock, [&] { return work; });
    }

    void wait_for_work_or_stop(const std::stop_token& token) {
        std::unique_lock lock{mutex};
        arrived_or_stopped.wait(lock, token, [&] { return work; });
    }

    void wait_with_a_careless_callback(const std::stop_token& token) {
        const std::stop_callback wake{token, [&] { arrived.notify_all(); }};
        std::unique_lock lock{mutex};
        while (!work && !token.stop_requested()) {
            arrived.wait(lock);
        }
    }

    void wait_with_a_locking_callback(const std::stop_token& token) {
        const auto notify = [&] {
            { const std::lock_guard lock{mutex}; }
            arrived.notify_all();
        };
        const std::stop_callback wake{token, notify};
        std::unique_lock lock{mutex};
        while (!work && !token.stop_requested()) {
            arrived.wait(lock);
        }
    }
};

/// The jthread's destructor asks it to stop, and waits for its end.
void stop_while_waiting(void (Inbox::*wait)(const std::stop_token&)) {
    Inbox inbox;
    std::jthread worker{[&](const std::stop_token& token) { (inbox.*wait)(token); }};
}

void stop_ignored() { stop_while_waiting(&Inbox::wait_for_work); }
void stop_ends_the_wait() { stop_while_waiting(&Inbox::wait_for_work_or_stop); }
void stop_callback_without_the_lock() { stop_while_waiting(&Inbox::wait_with_a_careless_callback); }
void stop_callback_under_the_lock() { stop_while_waiting(&Inbox::wait_with_a_locking_callback); }

// Between steps -------------------------------------------------------------------------------

void stop_between_steps() {
    int steps = 0;
    std::jthread worker{[&](const std::stop_token& token) {
        while (!token.stop_requested()) {
            ++steps;
            std::this_thread::sleep_for(2ms);
        }
    }};
    std::this_thread::sleep_for(7ms);
    worker.request_stop();
    worker.join();
    expect(steps >= 1, "the worker did not begin");
}

void stop_during_a_timed_wait() {
    std::mutex mutex;
    std::condition_variable_any never;
    const auto begin = std::chrono::steady_clock::now();
    {
        std::jthread worker{[&](const std::stop_token& token) {
            std::unique_lock lock{mutex};
            never.wait_for(lock, token, 1h, [] { return false; });
        }};
        std::this_thread::sleep_for(1min);
    }
    expect(std::chrono::steady_clock::now() - begin == 1min, "the stop did not end the wait");
}

void stop_requested_by_two() {
    std::stop_source source;
    std::atomic<int> first_requests{0};
    std::atomic<int> callbacks{0};
    const std::stop_callback count{source.get_token(), [&] { ++callbacks; }};
    {
        const auto ask = [&] {
            if (source.request_stop()) {
                ++first_requests;
            }
        };
        std::jthread a{ask};
        std::jthread b{ask};
    }
    expect(first_requests == 1 && callbacks == 1, "a stop was not requested exactly once");
}

void stop_from_inside() {
    std::atomic<bool> ended{false};
    {
        std::stop_source source;
        std::jthread worker{[&] {
            const std::stop_token token = source.get_token();
            for (int step = 0; !token.stop_requested(); ++step) {
                if (step == 3) {
                    source.request_stop();
                }
            }
            ended = true;
        }};
    }
    expect(ended, "the worker did not stop itself");
}

// Callbacks and locks -------------------------------------------------------------------------

void note_the_stop(std::mutex& mutex, bool& noted) {
    const std::lock_guard lock{mutex};
    noted = true;
}

void stop_requested_under_the_callbacks_lock() {
    std::mutex mutex;
    bool noted = false;
    std::stop_source source;
    const std::stop_callback note{source.get_token(), [&] { note_the_stop(mutex, noted); }};
    std::jthread stopper{[&] {
        const std::lock_guard lock{mutex};
        source.request_stop();
    }};
}

/// A stop_callback's destructor waits for a callback that is running.
template <bool under_the_lock>
void deregister_while_stopping() {
    std::mutex mutex;
    bool noted = false;
    std::stop_source source;
    auto callback = [&] { note_the_stop(mutex, noted); };
    std::jthread client{[&] {
        using Note = std::stop_callback<decltype(callback)>;
        auto note = std::make_unique<Note>(source.get_token(), callback);
        std::unique_lock lock{mutex, std::defer_lock};
        if (under_the_lock) {
            lock.lock();
        }
        note.reset();
    }};
    source.request_stop();
}

constexpr Program table[] = {
    faulty("stop_ignored", "A jthread waits for work and does not listen to its stop token.",
           stop_ignored, Kind::never_woken, 1, "wait_for_work"),
    correct("stop_ends_the_wait", "condition_variable_any waits for work or a stop.",
            stop_ends_the_wait),
    faulty("stop_callback_without_the_lock",
           "The stop comes between the waiter's check and its wait.",
           stop_callback_without_the_lock, Kind::lost_wakeup, 500, "wait_with_a_careless_callback"),
    correct("stop_callback_under_the_lock", "The callback takes the lock before it notifies.",
            stop_callback_under_the_lock),
    correct("stop_between_steps", "The worker asks between two steps.", stop_between_steps),
    in_virtual_time(correct("stop_during_a_timed_wait", "A stop ends a wait of an hour at once.",
                            stop_during_a_timed_wait)),
    correct("stop_requested_by_two", "Two threads ask; one request counts.", stop_requested_by_two),
    correct("stop_from_inside", "A thread asks itself to stop.", stop_from_inside),
    faulty("stop_requested_under_the_callbacks_lock",
           "request_stop runs a callback that wants the lock its caller holds.",
           stop_requested_under_the_callbacks_lock, Kind::self_deadlock, 1, "note_the_stop"),
    or_as(faulty("callback_removed_under_its_lock",
                 "A callback is awaited with the lock that it wants.",
                 deregister_while_stopping<true>, Kind::never_woken, 50, "note_the_stop"),
          Kind::lock_cycle),
    correct("callback_removed_without_its_lock", "A callback is awaited without the lock.",
            deregister_while_stopping<false>),
};

}  // namespace

std::span<const Program> stop_tokens() { return table; }

}  // namespace corpus
