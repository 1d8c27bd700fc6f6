// Event loops and threads together: pools, strands, work guards.
#include "topics.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

namespace corpus {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;
using Flavour::tsan;

// Blocking work belongs in a pool -------------------------------------------------------------

asio::awaitable<int> read_slowly() {
    std::this_thread::sleep_for(3ms);
    co_return 7;
}

asio::awaitable<void> read_on(asio::thread_pool& pool, int& sum) {
    for (int i = 0; i < 2; ++i) {
        sum += co_await asio::co_spawn(pool, read_slowly(), asio::use_awaitable);
    }
}

void blocking_work_in_a_pool() {
    asio::io_context loop{1};
    asio::thread_pool pool{2};
    int sum = 0;
    asio::co_spawn(loop, read_on(pool, sum), asio::detached);
    loop.run();
    pool.join();
    expect(sum == 14, "a result was lost");
}

void sleeping_tasks_in_a_pool() {
    std::atomic<int> done{0};
    asio::thread_pool pool{3};
    for (int i = 0; i < 5; ++i) {
        asio::post(pool, [&] {
            std::this_thread::sleep_for(1ms);
            ++done;
        });
    }
    pool.join();
    expect(done == 5, "a task was dropped");
}

int wait_for_a_task_behind(asio::thread_pool& pool) {
    std::packaged_task<int()> task{[] { return 20; }};
    std::future<int> result = asio::post(pool, std::move(task));
    return result.get();
}

void task_waits_in(unsigned threads) {
    std::atomic<int> got{0};
    asio::thread_pool pool{threads};
    asio::post(pool, [&] { got = wait_for_a_task_behind(pool); });
    pool.join();
    expect(got == 20, "the task's result was lost");
}

void task_waits_in_a_pool_of_one() { task_waits_in(1); }
void task_waits_in_a_pool_of_two() { task_waits_in(2); }

void coroutine_awaited_by_the_body() {
    asio::thread_pool pool{1};
    std::future<int> result = asio::co_spawn(pool, read_slowly(), asio::use_future);
    const int got = result.get();
    pool.join();
    expect(got == 7, "the result was lost");
}

// Posting from other threads ------------------------------------------------------------------

void run_until_no_work(asio::io_context& loop) { loop.run(); }

void posted_from_threads() {
    asio::io_context loop{1};
    int counter = 0;
    auto work = asio::make_work_guard(loop);
    std::jthread runner{[&] { run_until_no_work(loop); }};
    {
        std::vector<std::jthread> posters;
        for (int i = 0; i < 3; ++i) {
            posters.emplace_back([&] { asio::post(loop, [&] { ++counter; }); });
        }
    }
    work.reset();
    runner.join();
    expect(counter == 3, "a posted handler was lost");
}

void work_guard_kept() {
    asio::io_context loop{1};
    const auto work = asio::make_work_guard(loop);
    asio::post(loop, [] {});
    run_until_no_work(loop);
}

void loop_stopped_by_a_thread() {
    asio::io_context loop{1};
    const auto work = asio::make_work_guard(loop);
    std::jthread stopper{[&] {
        std::this_thread::sleep_for(2ms);
        loop.stop();
    }};
    run_until_no_work(loop);
}

// Two threads on one loop ---------------------------------------------------------------------

void count_on(asio::io_context& loop, const asio::any_io_executor& executor, int& counter) {
    for (int i = 0; i < 6; ++i) {
        asio::post(executor, [&] { ++counter; });
    }
    std::jthread helper{[&] { loop.run(); }};
    loop.run();
}

void handlers_on_two_threads() {
    asio::io_context loop{2};
    int counter = 0;
    count_on(loop, loop.get_executor(), counter);
}

void handlers_on_a_strand() {
    asio::io_context loop{2};
    int counter = 0;
    count_on(loop, asio::make_strand(loop), counter);
    expect(counter == 6, "a handler was lost");
}

void unlock_here(std::mutex& mutex) { mutex.unlock(); }

/// Suspended on one thread, resumed on another: the lock's owner is the thread, not the coroutine.
asio::awaitable<void> lock_suspend_unlock(std::mutex& mutex) {
    mutex.lock();
    asio::steady_timer timer{co_await asio::this_coro::executor, 1ms};
    co_await timer.async_wait(asio::use_awaitable);
    unlock_here(mutex);
}

void resumed_on_another_thread() {
    asio::io_context loop{2};
    std::mutex mutex;
    asio::co_spawn(loop, lock_suspend_unlock(mutex), asio::detached);
    std::jthread helper{[&] { loop.run(); }};
    loop.run();
}

asio::awaitable<void> suspend_then_lock(std::mutex& mutex, int& counter) {
    asio::steady_timer timer{co_await asio::this_coro::executor, 1ms};
    co_await timer.async_wait(asio::use_awaitable);
    const std::lock_guard lock{mutex};
    ++counter;
}

void locked_between_suspensions() {
    asio::thread_pool pool{2};
    std::mutex mutex;
    int counter = 0;
    for (int i = 0; i < 4; ++i) {
        asio::co_spawn(pool, suspend_then_lock(mutex, counter), asio::detached);
    }
    pool.join();
    expect(counter == 4, "an increment was lost");
}

constexpr Program table[] = {
    correct("blocking_work_in_a_pool", "A coroutine awaits blocking work that a pool does.",
            blocking_work_in_a_pool),
    correct("sleeping_tasks_in_a_pool", "Tasks in a thread pool may block.",
            sleeping_tasks_in_a_pool),
    faulty("task_waits_in_a_pool_of_one", "A task waits for one behind it in a pool of one thread.",
           task_waits_in_a_pool_of_one, Kind::never_woken, 1, "wait_for_a_task_behind"),
    correct("task_waits_in_a_pool_of_two", "With a second thread the other task can run.",
            task_waits_in_a_pool_of_two),
    correct("coroutine_awaited_by_the_body", "The body waits for a coroutine through a future.",
            coroutine_awaited_by_the_body),
    correct("posted_from_threads", "Handlers posted by three threads run on the loop's own.",
            posted_from_threads),
    faulty("work_guard_kept", "A work guard keeps the loop waiting for ever.", work_guard_kept,
           Kind::never_woken, 1, "run_until_no_work"),
    correct("loop_stopped_by_a_thread", "Another thread stops an idle loop.",
            loop_stopped_by_a_thread),
    faulty("handlers_on_two_threads", "Two threads run one loop, whose handlers share an int.",
           handlers_on_two_threads, Kind::data_race, 20, "loops_and_threads.cpp", tsan),
    correct("handlers_on_a_strand", "A strand runs the same handlers one at a time.",
            handlers_on_a_strand),
    faulty("resumed_on_another_thread", "A coroutine unlocks on another thread than it locked.",
           resumed_on_another_thread, Kind::unlock_not_owner, 50, "unlock_here"),
    correct("locked_between_suspensions", "Coroutines on two threads lock between suspensions.",
            locked_between_suspensions),
};

}  // namespace

std::span<const Program> loops_and_threads() { return table; }

}  // namespace corpus
