// Coroutines on an event loop of one thread: what may be done there, and what blocks it.
#include "topics.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <future>
#include <mutex>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <vector>

namespace corpus {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;

asio::awaitable<void> pause(std::chrono::steady_clock::duration time) {
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(asio::use_awaitable);
}

// Sleeping ------------------------------------------------------------------------------------

void sleep_on_the_loop() { std::this_thread::sleep_for(10ms); }

asio::awaitable<void> nap_asleep() {
    sleep_on_the_loop();
    co_return;
}

void sleep_in_a_coroutine() {
    asio::io_context loop{1};
    asio::co_spawn(loop, nap_asleep(), asio::detached);
    loop.run();
}

void sleep_in_a_handler() {
    asio::io_context loop{1};
    asio::post(loop, sleep_on_the_loop);
    loop.run();
}

void pause_in_a_coroutine() {
    asio::io_context loop{1};
    const auto begin = std::chrono::steady_clock::now();
    asio::co_spawn(loop, pause(30ms), asio::detached);
    asio::co_spawn(loop, pause(30ms), asio::detached);
    loop.run();
    const auto took = std::chrono::steady_clock::now() - begin;
    expect(took >= 30ms && took < 55ms, "two pauses were not made at once");
}

// Waiting for threads -------------------------------------------------------------------------

int ask_and_wait() {
    std::future<int> answer = std::async(std::launch::async, [] {
        std::this_thread::sleep_for(5ms);
        return 42;
    });
    return answer.get();
}

asio::awaitable<void> ask_a_thread(int& answer) {
    answer = ask_and_wait();
    co_return;
}

void future_awaited_in_a_coroutine() {
    asio::io_context loop{1};
    int answer = 0;
    asio::co_spawn(loop, ask_a_thread(answer), asio::detached);
    loop.run();
    expect(answer == 42, "the answer was lost");
}

void join_on_the_loop(std::thread& thread) { thread.join(); }

void thread_joined_in_a_handler() {
    asio::io_context loop{1};
    std::thread worker{[] { std::this_thread::sleep_for(5ms); }};
    asio::post(loop, [&] { join_on_the_loop(worker); });
    loop.run();
}

void thread_joined_after_the_loop() {
    asio::io_context loop{1};
    int answer = 0;
    std::thread worker;
    asio::post(loop, [&] { worker = std::thread{[&] { answer = 42; }}; });
    loop.run();
    worker.join();
    expect(answer == 42, "the answer was lost");
}

void acquire_on_the_loop(std::binary_semaphore& permit) { permit.acquire(); }

void semaphore_in_a_handler() {
    asio::io_context loop{1};
    std::binary_semaphore permit{0};
    std::jthread giver{[&] {
        std::this_thread::sleep_for(5ms);
        permit.release();
    }};
    asio::post(loop, [&] { acquire_on_the_loop(permit); });
    loop.run();
}

// Locks over a suspension ---------------------------------------------------------------------

asio::awaitable<void> append_holding_a_lock(std::mutex& mutex, std::vector<int>& log, int entry) {
    const std::lock_guard lock{mutex};
    log.push_back(entry);
    co_await pause(1ms);
    log.push_back(entry);
}

asio::awaitable<void> append_in_two_locks(std::mutex& mutex, std::vector<int>& log, int entry) {
    {
        const std::lock_guard lock{mutex};
        log.push_back(entry);
    }
    co_await pause(1ms);
    const std::lock_guard lock{mutex};
    log.push_back(entry);
}

void mutex_held_over_co_await() {
    asio::io_context loop{1};
    std::mutex mutex;
    std::vector<int> log;
    asio::co_spawn(loop, append_holding_a_lock(mutex, log, 1), asio::detached);
    asio::co_spawn(loop, append_holding_a_lock(mutex, log, 2), asio::detached);
    loop.run();
}

void mutex_free_during_co_await() {
    asio::io_context loop{1};
    std::mutex mutex;
    std::vector<int> log;
    asio::co_spawn(loop, append_in_two_locks(mutex, log, 1), asio::detached);
    asio::co_spawn(loop, append_in_two_locks(mutex, log, 2), asio::detached);
    loop.run();
    expect(log == std::vector{1, 2, 1, 2}, "an entry was lost, or came in another order");
}

// Side by side --------------------------------------------------------------------------------

asio::awaitable<void> speak_twice(std::vector<int>& spoken, int who) {
    spoken.push_back(who);
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    spoken.push_back(who);
}

void coroutines_take_turns() {
    asio::io_context loop{1};
    std::vector<int> spoken;
    asio::co_spawn(loop, speak_twice(spoken, 1), asio::detached);
    asio::co_spawn(loop, speak_twice(spoken, 2), asio::detached);
    loop.run();
    expect(spoken == std::vector{1, 2, 1, 2}, "coroutines spoke out of turn");
}

asio::awaitable<int> answer_after(std::chrono::milliseconds time, int answer) {
    co_await pause(time);
    co_return answer;
}

asio::awaitable<void> gather(int& sum) {
    using namespace asio::experimental::awaitable_operators;
    const auto [first, second] = co_await (answer_after(3ms, 1) && answer_after(2ms, 10));
    sum = first + second;
}

void coroutines_gathered() {
    asio::io_context loop{1};
    int sum = 0;
    asio::co_spawn(loop, gather(sum), asio::detached);
    loop.run();
    expect(sum == 11, "an answer was lost");
}

asio::awaitable<void> fail() {
    co_await pause(1ms);
    throw std::runtime_error{"the coroutine failed"};
}

void exception_reaches_the_handler() {
    asio::io_context loop{1};
    std::exception_ptr error;
    asio::co_spawn(loop, fail(), [&](std::exception_ptr result) { error = result; });
    loop.run();
    expect(error != nullptr, "the exception was lost");
}

void exception_leaves_the_loops_thread() {
    asio::io_context loop{1};
    asio::co_spawn(loop, fail(), [](std::exception_ptr error) {
        if (error) {
            std::rethrow_exception(error);
        }
    });
    std::jthread runner{[&] { loop.run(); }};
}

constexpr Program table[] = {
    faulty("sleep_in_a_coroutine", "A coroutine sleeps, and nobody else on the loop gets on.",
           sleep_in_a_coroutine, Kind::blocked_loop, 1, "sleep_on_the_loop"),
    faulty("sleep_in_a_handler", "A handler sleeps.", sleep_in_a_handler, Kind::blocked_loop, 1,
           "sleep_on_the_loop"),
    correct("pause_in_a_coroutine", "Coroutines wait on timers, at the same time.",
            pause_in_a_coroutine),
    faulty("future_awaited_in_a_coroutine", "A coroutine blocks on a future.",
           future_awaited_in_a_coroutine, Kind::blocked_loop, 5, "ask_and_wait"),
    faulty("thread_joined_in_a_handler", "A handler joins a thread that is still at work.",
           thread_joined_in_a_handler, Kind::blocked_loop, 5, "join_on_the_loop"),
    correct("thread_joined_after_the_loop", "A handler starts a thread; the body joins it.",
            thread_joined_after_the_loop),
    faulty("semaphore_in_a_handler", "A handler waits for a permit.", semaphore_in_a_handler,
           Kind::blocked_loop, 5, "acquire_on_the_loop"),
    or_as(faulty("mutex_held_over_co_await", "A coroutine suspends with a lock that another wants.",
                 mutex_held_over_co_await, Kind::self_deadlock, 1, "append_holding_a_lock"),
          Kind::blocked_loop),
    correct("mutex_free_during_co_await", "The lock is free while the coroutine is suspended.",
            mutex_free_during_co_await),
    correct("coroutines_take_turns", "Two coroutines pass each other the loop.",
            coroutines_take_turns),
    correct("coroutines_gathered", "Two coroutines awaited together.", coroutines_gathered),
    correct("exception_reaches_the_handler", "A coroutine's exception reaches its handler.",
            exception_reaches_the_handler),
    faulty("exception_leaves_the_loops_thread", "A handler throws out of the thread that runs it.",
           exception_leaves_the_loops_thread, Kind::uncaught_exception, 1, "the coroutine failed"),
};

}  // namespace

std::span<const Program> event_loops() { return table; }

}  // namespace corpus
