// Monitors: a mutex, its state and its condition variables, when there are several of one.
#include "topics.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using Kind = lab::Diagnosis::Kind;

// Two kinds of waiters ------------------------------------------------------------------------

/// Room for one item; producers and consumers share a condition variable.
class Slot {
public:
    template <class Wake>
    void put(int item, Wake wake) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return !full_; });
        item_ = item;
        full_ = true;
        wake(changed_);
    }

    template <class Wake>
    int take(Wake wake) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return full_; });
        full_ = false;
        wake(changed_);
        return item_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool full_ = false;
    int item_ = 0;
};

template <class Wake>
void swap_items(Wake wake) {
    Slot slot;
    std::atomic<int> sum{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 2; ++i) {
            threads.emplace_back([&] {
                sum += slot.take(wake);
                sum += slot.take(wake);
            });
        }
        for (int i = 0; i < 2; ++i) {
            threads.emplace_back([&] {
                slot.put(1, wake);
                slot.put(10, wake);
            });
        }
    }
    expect(sum == 22, "an item was lost or came twice");
}

void two_kinds_notify_one() {
    swap_items([](std::condition_variable& changed) { changed.notify_one(); });
}

void two_kinds_notify_all() {
    swap_items([](std::condition_variable& changed) { changed.notify_all(); });
}

class TwoSidedSlot {
public:
    void put(int item) {
        std::unique_lock lock{mutex_};
        emptied_.wait(lock, [&] { return !full_; });
        item_ = item;
        full_ = true;
        lock.unlock();
        filled_.notify_one();
    }

    int take() {
        std::unique_lock lock{mutex_};
        filled_.wait(lock, [&] { return full_; });
        full_ = false;
        const int item = item_;
        lock.unlock();
        emptied_.notify_one();
        return item;
    }

private:
    std::mutex mutex_;
    std::condition_variable filled_;
    std::condition_variable emptied_;
    bool full_ = false;
    int item_ = 0;
};

void two_kinds_two_conditions() {
    TwoSidedSlot slot;
    std::atomic<int> sum{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 2; ++i) {
            threads.emplace_back([&] { sum += slot.take() + slot.take(); });
            threads.emplace_back([&] { slot.put(1), slot.put(10); });
        }
    }
    expect(sum == 22, "an item was lost or came twice");
}

// Two mutexes for one condition ---------------------------------------------------------------

void wait_under(std::mutex& mutex, std::condition_variable_any& changed, std::atomic<bool>& ready) {
    std::unique_lock lock{mutex};
    while (!ready) {
        changed.wait(lock);
    }
}

template <class Set>
void two_waiters(std::mutex& first, std::mutex& second, Set set) {
    std::condition_variable_any changed;
    std::atomic<bool> ready{false};
    std::jthread a{[&] { wait_under(first, changed, ready); }};
    std::jthread b{[&] { wait_under(second, changed, ready); }};
    set(ready);
    changed.notify_all();
}

void two_mutexes_one_condition() {
    std::mutex first;
    std::mutex second;
    two_waiters(first, second, [&](std::atomic<bool>& ready) {
        const std::lock_guard lock{first};
        ready = true;
    });
}

void one_mutex_one_condition() {
    std::mutex only;
    two_waiters(only, only, [&](std::atomic<bool>& ready) {
        const std::lock_guard lock{only};
        ready = true;
    });
}

// A wait inside another lock ------------------------------------------------------------------

struct Warehouse {
    std::mutex office;
    std::mutex shelf;
    std::condition_variable delivered;
    int pieces = 0;

    void wait_for_piece() {
        std::unique_lock lock{shelf};
        delivered.wait(lock, [&] { return pieces > 0; });
        --pieces;
    }

    void order_from_the_office() {
        const std::lock_guard lock{office};
        wait_for_piece();
    }

    void deliver_through_the_office() {
        const std::lock_guard lock{office};
        const std::lock_guard at_the_shelf{shelf};
        ++pieces;
        delivered.notify_one();
    }
};

void waits_inside_another_lock() {
    Warehouse warehouse;
    std::jthread customer{[&] { warehouse.order_from_the_office(); }};
    warehouse.deliver_through_the_office();
}

void waits_outside_the_other_lock() {
    Warehouse warehouse;
    {
        std::jthread customer{[&] { warehouse.wait_for_piece(); }};
        warehouse.deliver_through_the_office();
    }
    expect(warehouse.pieces == 0, "the piece is still there");
}

// Taking turns --------------------------------------------------------------------------------

void ping_pong() {
    std::mutex mutex;
    std::condition_variable turned;
    int turn = 0;
    std::vector<int> order;
    {
        std::vector<std::jthread> players;
        for (int player = 0; player < 2; ++player) {
            players.emplace_back([&, player] {
                for (int round = 0; round < 4; ++round) {
                    std::unique_lock lock{mutex};
                    turned.wait(lock, [&] { return turn == player; });
                    order.push_back(player);
                    turn = 1 - player;
                    turned.notify_one();
                }
            });
        }
    }
    expect(order == std::vector{0, 1, 0, 1, 0, 1, 0, 1}, "somebody played out of turn");
}

void condition_on_a_shared_mutex() {
    std::shared_mutex mutex;
    std::condition_variable_any published;
    int edition = 0;
    std::atomic<int> read{0};
    {
        std::vector<std::jthread> readers;
        for (int i = 0; i < 3; ++i) {
            readers.emplace_back([&] {
                std::shared_lock lock{mutex};
                published.wait(lock, [&] { return edition > 0; });
                read += edition;
            });
        }
        const std::lock_guard lock{mutex};
        edition = 5;
        published.notify_all();
    }
    expect(read == 15, "a reader read something else");
}

constexpr Program table[] = {
    or_as(faulty("two_kinds_notify_one",
                 "Producers and consumers wait on one condition; the wrong kind is notified.",
                 two_kinds_notify_one, Kind::lost_wakeup, 200, "monitors.cpp"),
          Kind::never_woken),
    correct("two_kinds_notify_all", "Both kinds are notified, and look for themselves.",
            two_kinds_notify_all),
    correct("two_kinds_two_conditions", "Each kind has a condition variable of its own.",
            two_kinds_two_conditions),
    or_as(faulty("two_mutexes_one_condition", "Two threads wait on one condition with two mutexes.",
                 two_mutexes_one_condition, Kind::lost_wakeup, 200, "wait_under"),
          Kind::never_woken),
    correct("one_mutex_one_condition", "Two threads wait on one condition with its mutex.",
            one_mutex_one_condition),
    or_as(faulty("waits_inside_another_lock",
                 "A wait gives back its own mutex, but not the outer one that the notifier needs.",
                 waits_inside_another_lock, Kind::never_woken, 20, "wait_for_piece"),
          Kind::lock_cycle),
    correct("waits_outside_the_other_lock", "The outer lock is not held during the wait.",
            waits_outside_the_other_lock),
    correct("ping_pong", "Two threads take turns.", ping_pong),
    correct("condition_on_a_shared_mutex", "condition_variable_any waits under shared locks.",
            condition_on_a_shared_mutex),
};

}  // namespace

std::span<const Program> monitors() { return table; }

}  // namespace corpus
