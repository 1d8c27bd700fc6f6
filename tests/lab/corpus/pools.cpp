// Thread pools: tasks that wait for tasks, and work that is shared out.
#include "topics.hpp"

#include "thread_pool.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;

void squares_from_a_pool() {
    ThreadPool pool{3};
    std::vector<std::future<int>> squares;
    for (int n = 1; n <= 8; ++n) {
        squares.push_back(pool.submit([n] { return n * n; }));
    }
    int sum = 0;
    for (std::future<int>& square : squares) {
        sum += square.get();
    }
    expect(sum == 204, "a result was lost");
}

void pool_ends_with_work_queued() {
    std::atomic<int> done{0};
    {
        ThreadPool pool{2};
        for (int i = 0; i < 6; ++i) {
            pool.submit([&] { ++done; });
        }
    }
    expect(done == 6, "queued work was dropped");
}

void exception_from_a_pool() {
    ThreadPool pool{2};
    std::future<int> failing = pool.submit([]() -> int { throw std::runtime_error{"no"}; });
    std::future<int> working = pool.submit([] { return 1; });
    bool caught = false;
    try {
        failing.get();
    } catch (const std::runtime_error&) {
        caught = true;
    }
    expect(caught && working.get() == 1, "an exception was lost, or hit the wrong task");
}

// Tasks that wait for tasks -------------------------------------------------------------------

int wait_for_a_subtask(ThreadPool& pool) {
    std::future<int> subtask = pool.submit([] { return 20; });
    return subtask.get() + 1;
}

void outer_and_inner(unsigned threads) {
    ThreadPool pool{threads};
    std::future<int> outer = pool.submit([&] { return wait_for_a_subtask(pool); });
    expect(outer.get() == 21, "the subtask's result was lost");
}

void subtask_behind_its_task() { outer_and_inner(1); }
void subtask_beside_its_task() { outer_and_inner(2); }

void two_tasks_fill_the_pool() {
    ThreadPool pool{2};
    std::future<int> first = pool.submit([&] { return wait_for_a_subtask(pool); });
    std::future<int> second = pool.submit([&] { return wait_for_a_subtask(pool); });
    expect(first.get() + second.get() == 42, "a subtask's result was lost");
}

void subtask_awaited_outside() {
    ThreadPool pool{1};
    std::future<std::future<int>> outer =
        pool.submit([&] { return pool.submit([] { return 20; }); });
    expect(outer.get().get() == 20, "the subtask's result was lost");
}

// Work that is shared out ---------------------------------------------------------------------

template <class Take>
void sum_in_parts(Take take) {
    std::array<int, 12> numbers{};
    std::iota(numbers.begin(), numbers.end(), 1);
    std::array<int, 3> sums{};
    {
        std::vector<std::jthread> workers;
        for (std::size_t self = 0; self < sums.size(); ++self) {
            workers.emplace_back([&, self] {
                for (std::size_t at = take(); at < numbers.size(); at = take()) {
                    sums[self] += numbers[at];
                }
            });
        }
    }
    expect(sums[0] + sums[1] + sums[2] == 78, "a number was left out or added twice");
}

void shared_index() {
    std::atomic<std::size_t> next{0};
    sum_in_parts([&] { return next++; });
}

void shared_index_in_two_steps() {
    std::mutex mutex;
    std::size_t next = 0;
    sum_in_parts([&] {
        std::unique_lock lock{mutex};
        const std::size_t mine = next;
        lock.unlock();
        lock.lock();
        next = mine + 1;
        return mine;
    });
}

void timed_work_side_by_side() {
    ThreadPool pool{4};
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::future<void>> naps;
    for (int i = 0; i < 4; ++i) {
        naps.push_back(pool.submit([] { std::this_thread::sleep_for(30ms); }));
    }
    for (std::future<void>& nap : naps) {
        nap.get();
    }
    expect(std::chrono::steady_clock::now() - begin < 110ms, "the naps were taken in turn");
}

constexpr Program table[] = {
    correct("squares_from_a_pool", "A pool with a queue of tasks, and their futures.",
            squares_from_a_pool),
    correct("pool_ends_with_work_queued", "A pool's destructor finishes what is queued.",
            pool_ends_with_work_queued),
    correct("exception_from_a_pool", "A task's exception reaches its own future only.",
            exception_from_a_pool),
    faulty("subtask_behind_its_task",
           "A task waits for another, queued behind it in a pool of one thread.",
           subtask_behind_its_task, Kind::never_woken, 1, "wait_for_a_subtask"),
    correct("subtask_beside_its_task", "With a second thread the subtask can run.",
            subtask_beside_its_task),
    faulty("two_tasks_fill_the_pool", "Two waiting tasks fill a pool of two threads.",
           two_tasks_fill_the_pool, Kind::never_woken, 50, "wait_for_a_subtask"),
    correct("subtask_awaited_outside", "The task hands its subtask's future to the caller.",
            subtask_awaited_outside),
    correct("shared_index", "Workers take the next index from an atomic counter.", shared_index),
    wrong("shared_index_in_two_steps", "The next index is read and stored in two steps.",
          shared_index_in_two_steps, 20, "added twice"),
    correct("timed_work_side_by_side", "Four naps in four threads take as long as one.",
            timed_work_side_by_side),
};

}  // namespace

std::span<const Program> pools() { return table; }

}  // namespace corpus
