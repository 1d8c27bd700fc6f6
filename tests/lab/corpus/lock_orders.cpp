// Several locks at once, in agreeing and in contrary orders.
#include "topics.hpp"

#include <array>
#include <functional>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using Kind = lab::Diagnosis::Kind;

struct Account {
    std::mutex mutex;
    int balance = 100;
};

using Transfer = void (*)(Account& from, Account& to, int amount);

void transfer_as_given(Account& from, Account& to, int amount) {
    const std::lock_guard first{from.mutex};
    const std::lock_guard second{to.mutex};
    from.balance -= amount;
    to.balance += amount;
}

void transfer_by_address(Account& from, Account& to, int amount) {
    const bool from_first = std::less<>{}(&from, &to);
    const std::lock_guard first{from_first ? from.mutex : to.mutex};
    const std::lock_guard second{from_first ? to.mutex : from.mutex};
    from.balance -= amount;
    to.balance += amount;
}

void transfer_scoped(Account& from, Account& to, int amount) {
    const std::scoped_lock both{from.mutex, to.mutex};
    from.balance -= amount;
    to.balance += amount;
}

void transfer_with_retries(Account& from, Account& to, int amount) {
    for (;;) {
        {
            const std::unique_lock first{from.mutex};
            const std::unique_lock second{to.mutex, std::try_to_lock};
            if (second.owns_lock()) {
                from.balance -= amount;
                to.balance += amount;
                return;
            }
        }
        std::this_thread::yield();
    }
}

void there_and_back(Transfer transfer) {
    Account a;
    Account b;
    {
        std::jthread there{[&] { transfer(a, b, 30); }};
        std::jthread back{[&] { transfer(b, a, 10); }};
    }
    expect(a.balance == 80 && b.balance == 120, "money was lost or made");
}

void two_locks_as_given() { there_and_back(transfer_as_given); }
void two_locks_by_address() { there_and_back(transfer_by_address); }
void two_locks_scoped() { there_and_back(transfer_scoped); }
void two_locks_with_retries() { there_and_back(transfer_with_retries); }

// A ring of three -----------------------------------------------------------------------------

void pass_round(std::mutex& mine, std::mutex& next, int& passed) {
    const std::lock_guard own{mine};
    const std::lock_guard neighbour{next};
    ++passed;
}

void three_locks_in_a_ring() {
    std::array<std::mutex, 3> mutexes;
    std::array<int, 3> passed{};
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 3; ++i) {
        threads.emplace_back([&, i] { pass_round(mutexes[i], mutexes[(i + 1) % 3], passed[i]); });
    }
}

void three_locks_in_order() {
    std::array<std::mutex, 3> mutexes;
    std::array<int, 3> passed{};
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < 3; ++i) {
            const std::size_t low = i == 2 ? 0 : i;
            const std::size_t high = i == 2 ? 2 : i + 1;
            threads.emplace_back(
                [&, i, low, high] { pass_round(mutexes[low], mutexes[high], passed[i]); });
        }
    }
    expect(passed[0] + passed[1] + passed[2] == 3, "somebody did not pass");
}

// Two objects that call each other ------------------------------------------------------------

/// A model and its view, each with a lock of its own: each update is fine alone.
struct Screen {
    std::mutex model;
    std::mutex view;
    int value = 0;
    int shown = 0;

    void set(int next) {
        const std::lock_guard lock{model};
        value = next;
        const std::lock_guard drawing{view};
        shown = value;
    }

    void redraw() {
        const std::lock_guard drawing{view};
        const std::lock_guard lock{model};
        shown = value;
    }

    void redraw_in_order() {
        const std::lock_guard lock{model};
        const std::lock_guard drawing{view};
        shown = value;
    }
};

void model_and_view() {
    Screen screen;
    std::jthread user{[&] { screen.set(1); }};
    screen.redraw();
}

void model_before_view() {
    Screen screen;
    {
        std::jthread user{[&] { screen.set(1); }};
        screen.redraw_in_order();
    }
    expect(screen.shown == 1, "the screen shows something old");
}

// Joins are waits, too ------------------------------------------------------------------------

void add_under(std::mutex& mutex, int& total) {
    const std::lock_guard lock{mutex};
    ++total;
}

void join_under_the_lock() {
    std::mutex mutex;
    int total = 0;
    std::unique_lock lock{mutex};
    std::thread worker{[&] { add_under(mutex, total); }};
    worker.join();
}

void join_after_unlocking() {
    std::mutex mutex;
    int total = 0;
    std::unique_lock lock{mutex};
    std::thread worker{[&] { add_under(mutex, total); }};
    ++total;
    lock.unlock();
    worker.join();
    expect(total == 2, "an addition was lost");
}

void join_the_next(std::array<std::thread, 3>& ring, std::latch& complete, std::size_t self) {
    complete.wait();
    ring[(self + 1) % ring.size()].join();
}

void joins_in_a_ring() {
    std::array<std::thread, 3> ring;
    std::latch complete{1};
    std::latch ended{3};
    for (std::size_t i = 0; i < ring.size(); ++i) {
        ring[i] = std::thread{[&, i] {
            join_the_next(ring, complete, i);
            ended.count_down();
        }};
    }
    complete.count_down();
    ended.wait();
}

constexpr Program table[] = {
    faulty("two_locks_as_given", "Two transfers lock the same accounts in contrary orders.",
           two_locks_as_given, Kind::lock_cycle, 200, "transfer_as_given"),
    correct("two_locks_by_address", "Both lock the account with the lower address first.",
            two_locks_by_address),
    correct("two_locks_scoped", "std::scoped_lock takes both without a deadlock.",
            two_locks_scoped),
    correct("two_locks_with_retries", "The second lock is only tried; on failure both are freed.",
            two_locks_with_retries),
    faulty("three_locks_in_a_ring", "Each of three threads holds a lock and wants the next one's.",
           three_locks_in_a_ring, Kind::lock_cycle, 500, "pass_round"),
    correct("three_locks_in_order", "The ring is broken: the last one begins at the other end.",
            three_locks_in_order),
    faulty("model_and_view", "Two objects with a lock each call into one another.", model_and_view,
           Kind::lock_cycle, 50, "redraw"),
    correct("model_before_view", "Whoever needs both locks the model first.", model_before_view),
    faulty("join_under_the_lock", "A thread is joined by the holder of the lock that it needs.",
           join_under_the_lock, Kind::lock_cycle, 1, "add_under"),
    correct("join_after_unlocking", "The lock is given back before the join.",
            join_after_unlocking),
    faulty("joins_in_a_ring", "Three threads join each other in a ring.", joins_in_a_ring,
           Kind::lock_cycle, 1, "join_the_next"),
};

}  // namespace

std::span<const Program> lock_orders() { return table; }

}  // namespace corpus
