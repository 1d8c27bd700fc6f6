// Threads as such: many, nested, with variables of their own.
#include "topics.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace corpus {
namespace {

void sixty_four_threads() {
    std::mutex mutex;
    int counter = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 64; ++i) {
        threads.emplace_back([&] {
            const std::lock_guard lock{mutex};
            ++counter;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    expect(counter == 64, "a thread did not count");
}

// Threads that make threads -------------------------------------------------------------------

int leaves_below(int depth) {
    if (depth == 0) {
        return 1;
    }
    int left = 0;
    int right = 0;
    std::thread other{[&] { left = leaves_below(depth - 1); }};
    right = leaves_below(depth - 1);
    other.join();
    return left + right;
}

void threads_that_make_threads() { expect(leaves_below(4) == 16, "a branch was lost"); }

void made_here_and_joined_there() {
    int result = 0;
    std::thread worker{[&] { result = 9; }};
    std::thread joiner{[&, adopted = std::move(worker)]() mutable {
        adopted.join();
        ++result;
    }};
    joiner.join();
    expect(result == 10, "the join did not wait");
}

void threads_one_after_the_other() {
    int steps = 0;
    for (int i = 0; i < 30; ++i) {
        std::thread{[&] { ++steps; }}.join();
    }
    expect(steps == 30, "a step was lost");
}

// Thread-local variables ----------------------------------------------------------------------

thread_local int visits = 0;

void a_counter_for_each_thread() {
    std::array<int, 4> counted{};
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < counted.size(); ++i) {
            threads.emplace_back([&, i] {
                for (std::size_t n = 0; n <= i; ++n) {
                    ++visits;
                    std::this_thread::yield();
                }
                counted[i] = visits;
            });
        }
    }
    expect(counted == std::array{1, 2, 3, 4}, "threads share a thread-local counter");
}

/// Adds what it has collected to a total when its thread ends.
struct Purse {
    std::atomic<int>* total = nullptr;
    int coins = 0;

    ~Purse() {
        if (total != nullptr) {
            *total += coins;
        }
    }
};

thread_local Purse purse;

void thread_local_destructors() {
    std::atomic<int> total{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 1; i <= 3; ++i) {
            threads.emplace_back([&, i] {
                purse.total = &total;
                purse.coins += i;
            });
        }
    }
    expect(total == 6, "a purse was not emptied at its thread's end");
}

void every_thread_has_its_own_id() {
    std::mutex mutex;
    std::set<std::thread::id> ids;
    std::latch all_alive{4};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                {
                    const std::lock_guard lock{mutex};
                    ids.insert(std::this_thread::get_id());
                }
                all_alive.arrive_and_wait();
            });
        }
        const std::lock_guard lock{mutex};
        ids.insert(std::this_thread::get_id());
    }
    expect(ids.size() == 5, "two living threads have the same id");
}

// Dividing work -------------------------------------------------------------------------------

void merge_sort(std::vector<int>::iterator begin, std::vector<int>::iterator end) {
    if (end - begin < 2) {
        return;
    }
    const auto middle = begin + (end - begin) / 2;
    {
        std::jthread left{[&] { merge_sort(begin, middle); }};
        merge_sort(middle, end);
    }
    std::inplace_merge(begin, middle, end);
}

void sorting_in_threads() {
    std::vector<int> numbers{5, 3, 8, 1, 9, 2, 7, 4};
    merge_sort(numbers.begin(), numbers.end());
    expect(std::is_sorted(numbers.begin(), numbers.end()), "the numbers are not sorted");
}

/// The last owner, whoever it is, destroys the value.
void shared_ownership() {
    struct Value {
        explicit Value(std::atomic<int>& gone) : gone_{gone} {}
        Value(const Value&) = delete;
        Value& operator=(const Value&) = delete;
        ~Value() { ++gone_; }
        std::atomic<int>& gone_;
    };
    std::atomic<int> gone{0};
    {
        auto value = std::make_shared<Value>(gone);
        std::vector<std::jthread> owners;
        for (int i = 0; i < 3; ++i) {
            owners.emplace_back([copy = value]() mutable { copy.reset(); });
        }
        value.reset();
    }
    expect(gone == 1, "the value was not destroyed exactly once");
}

constexpr Program table[] = {
    correct("sixty_four_threads", "Sixty-four threads and one counter under a mutex.",
            sixty_four_threads),
    correct("threads_that_make_threads", "A tree of threads, each making the next.",
            threads_that_make_threads),
    correct("made_here_and_joined_there", "A thread is joined by another than its maker.",
            made_here_and_joined_there),
    correct("threads_one_after_the_other", "Thirty threads, never two at a time.",
            threads_one_after_the_other),
    correct("a_counter_for_each_thread", "A thread_local counter starts at zero in each thread.",
            a_counter_for_each_thread),
    correct("thread_local_destructors", "A thread_local object is destroyed at its thread's end.",
            thread_local_destructors),
    correct("every_thread_has_its_own_id", "Living threads have distinct ids.",
            every_thread_has_its_own_id),
    correct("sorting_in_threads", "Merge sort, one half in a new thread.", sorting_in_threads),
    correct("shared_ownership", "The last of several owners destroys the value.", shared_ownership),
};

}  // namespace

std::span<const Program> threads() { return table; }

}  // namespace corpus
