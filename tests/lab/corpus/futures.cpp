// Futures and promises: kept, broken, forgotten, kept twice.
#include "topics.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;
using Flavour::tsan;

// Promises ------------------------------------------------------------------------------------

void await_answer(std::future<int> answer, int& got) {
    try {
        got = answer.get();
    } catch (const std::future_error&) {
        got = -1;
    }
}

void promise_kept() {
    std::promise<int> promise;
    int got = 0;
    {
        std::jthread asker{await_answer, promise.get_future(), std::ref(got)};
        promise.set_value(42);
    }
    expect(got == 42, "the answer is not what was promised");
}

/// The promise outlives the asker, who is joined first.
void promise_forgotten() {
    std::promise<int> promise;
    int got = 0;
    std::jthread asker{await_answer, promise.get_future(), std::ref(got)};
}

void promise_broken() {
    int got = 0;
    {
        std::promise<int> promise;
        std::thread asker{await_answer, promise.get_future(), std::ref(got)};
        { const std::promise<int> abandoned = std::move(promise); }
        asker.join();
    }
    expect(got == -1, "a broken promise gave an answer");
}

/// The answer is there when the thread is gone, and so is what it wrote behind the promise.
void promise_kept_at_the_end() {
    std::promise<int> promise;
    std::future<int> answer = promise.get_future();
    int written = 0;
    std::thread thinker{[&promise, &written] {
        promise.set_value_at_thread_exit(42);
        written = 1;
    }};
    expect(answer.get() == 42 && written == 1, "the answer came before the end of the thread");
    thinker.join();
}

void task_ready_at_the_end() {
    int written = 0;
    std::packaged_task<int()> task{[&written] { return ++written; }};
    std::future<int> result = task.get_future();
    std::thread thread{[&task, &written] {
        task.make_ready_at_thread_exit();
        ++written;
    }};
    expect(result.get() == 1 && written == 2, "the result came before the end of the thread");
    thread.join();
}

/// The same, but written by two threads.
void promise_kept_at_the_end_too_early() {
    std::promise<int> promise;
    std::future<int> answer = promise.get_future();
    int written = 0;
    std::thread thinker{[&promise, &written] {
        promise.set_value_at_thread_exit(42);
        written = 1;
    }};
    written = 2;
    (void)answer.get();
    thinker.join();
}

void answer_if_asked(std::promise<int>& promise, std::atomic<bool>& answered) {
    if (!answered) {
        std::this_thread::yield();
        answered = true;
        promise.set_value(42);
    }
}

void answer_once(std::promise<int>& promise, std::atomic<bool>& answered) {
    if (!answered.exchange(true)) {
        std::this_thread::yield();
        promise.set_value(42);
    }
}

void two_answer(void (*answer)(std::promise<int>&, std::atomic<bool>&)) {
    std::promise<int> promise;
    std::atomic<bool> answered{false};
    std::jthread first{[&] { answer(promise, answered); }};
    std::jthread second{[&] { answer(promise, answered); }};
    promise.get_future().get();
}

void promise_kept_twice() { two_answer(answer_if_asked); }
void promise_kept_by_the_faster() { two_answer(answer_once); }

void answer_for_three() {
    std::promise<int> promise;
    const std::shared_future<int> answer = promise.get_future().share();
    std::atomic<int> sum{0};
    {
        std::vector<std::jthread> askers;
        for (int i = 0; i < 3; ++i) {
            askers.emplace_back([&sum, answer] { sum += answer.get(); });
        }
        promise.set_value(7);
    }
    expect(sum == 21, "an asker got something else");
}

// Tasks ---------------------------------------------------------------------------------------

void packaged_task_on_a_thread() {
    std::packaged_task<int(int)> square{[](int n) { return n * n; }};
    std::future<int> result = square.get_future();
    std::jthread worker{std::move(square), 6};
    expect(result.get() == 36, "the task gave something else");
}

int fail_if_odd(int n) {
    if (n % 2 != 0) {
        throw std::invalid_argument{"odd"};
    }
    return n / 2;
}

void exception_through_a_future() {
    std::future<int> even = std::async(std::launch::async, fail_if_odd, 8);
    std::future<int> odd = std::async(std::launch::async, fail_if_odd, 7);
    bool caught = false;
    try {
        odd.get();
    } catch (const std::invalid_argument&) {
        caught = true;
    }
    expect(even.get() == 4 && caught, "an exception was lost, or came from nowhere");
}

void one_after_the_other() {
    int value = 1;
    for (int i = 0; i < 4; ++i) {
        value = std::async(std::launch::async, [value] { return value * 3; }).get();
    }
    expect(value == 81, "a step was lost");
}

void fan_out_and_add_up() {
    std::vector<std::future<int>> parts;
    for (int i = 1; i <= 6; ++i) {
        parts.push_back(std::async(std::launch::async, [i] { return i * i; }));
    }
    int sum = 0;
    for (std::future<int>& part : parts) {
        sum += part.get();
    }
    expect(sum == 91, "a part was lost");
}

/// The future of a discarded std::async waits in its destructor.
template <bool keep>
void three_naps() {
    const auto begin = std::chrono::steady_clock::now();
    {
        std::vector<std::future<void>> kept;
        for (int i = 0; i < 3; ++i) {
            std::future<void> nap =
                std::async(std::launch::async, [] { std::this_thread::sleep_for(40ms); });
            if (keep) {
                kept.push_back(std::move(nap));
            }
        }
    }
    expect(std::chrono::steady_clock::now() - begin < 110ms, "the naps were taken in turn");
}

void poll_until_ready(std::future<int>& result) {
    while (result.wait_for(1s) != std::future_status::ready) {
        std::this_thread::sleep_for(1s);
    }
}

void deferred_task_polled() {
    std::future<int> result = std::async(std::launch::deferred, [] { return 1; });
    poll_until_ready(result);
}

void deferred_task_asked() {
    std::future<int> result = std::async(std::launch::deferred, [] { return 1; });
    int got = 0;
    std::jthread asker{[&] { got = result.get(); }};
    asker.join();
    expect(got == 1, "the deferred task gave something else");
}

// Locks and futures ---------------------------------------------------------------------------

int read_under(std::mutex& mutex, const int& value) {
    const std::lock_guard lock{mutex};
    return value;
}

void result_awaited_under_the_lock() {
    std::mutex mutex;
    int value = 5;
    const std::lock_guard lock{mutex};
    std::future<int> result =
        std::async(std::launch::async, read_under, std::ref(mutex), std::cref(value));
    value = result.get();
}

void result_awaited_without_the_lock() {
    std::mutex mutex;
    int value = 5;
    std::future<int> result =
        std::async(std::launch::async, read_under, std::ref(mutex), std::cref(value));
    const int got = result.get();
    const std::lock_guard lock{mutex};
    value += got;
    expect(value == 10, "the task read something else");
}

constexpr Program table[] = {
    correct("promise_kept", "A thread waits for a promised value.", promise_kept),
    faulty("promise_forgotten", "A thread waits for a promise that nobody keeps or drops.",
           promise_forgotten, Kind::never_woken, 1, "await_answer"),
    correct("promise_broken", "A dropped promise reaches the asker as an exception.",
            promise_broken),
    correct("promise_kept_at_the_end", "A promise is kept at the end of the thread.",
            promise_kept_at_the_end),
    correct("task_ready_at_the_end", "A task's result is ready at the end of the thread.",
            task_ready_at_the_end),
    faulty("written_before_the_end", "Two threads write, and only then does one await the other.",
           promise_kept_at_the_end_too_early, Kind::data_race, 5, "futures.cpp", tsan),
    faulty("promise_kept_twice", "Two threads see it open, and both keep the promise.",
           promise_kept_twice, Kind::uncaught_exception, 100, "answer_if_asked"),
    correct("promise_kept_by_the_faster", "The faster of two threads keeps the promise.",
            promise_kept_by_the_faster),
    correct("answer_for_three", "Three threads share a future.", answer_for_three),
    correct("packaged_task_on_a_thread", "A packaged task on a thread of its own.",
            packaged_task_on_a_thread),
    correct("exception_through_a_future", "A task's exception is thrown where it is awaited.",
            exception_through_a_future),
    correct("one_after_the_other", "A sequence of std::async, each awaited at once.",
            one_after_the_other),
    correct("fan_out_and_add_up", "Six tasks side by side.", fan_out_and_add_up),
    wrong("naps_in_turn", "A dropped future waits for its task, so the tasks run in turn.",
          three_naps<false>, 1, "in turn"),
    correct("naps_side_by_side", "Kept futures let their tasks run side by side.",
            three_naps<true>),
    or_as(faulty("deferred_task_polled", "A deferred task never becomes ready by itself.",
                 deferred_task_polled, Kind::endless, 1, ""),
          Kind::busy_wait),
    correct("deferred_task_asked", "A deferred task runs when it is asked.", deferred_task_asked),
    or_as(
        faulty("result_awaited_under_the_lock", "A task needs the lock under which it is awaited.",
               result_awaited_under_the_lock, Kind::lock_cycle, 1, "read_under"),
        Kind::never_woken),
    correct("result_awaited_without_the_lock", "The lock is taken after the result has come.",
            result_awaited_without_the_lock),
};

}  // namespace

std::span<const Program> futures() { return table; }

}  // namespace corpus
