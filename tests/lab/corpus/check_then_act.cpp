// A check, and an act that relies on it, with room for others in between.
#include "topics.hpp"

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using Flavour::memory_points;

// Two critical sections where one is needed ---------------------------------------------------

/// Every method is safe by itself.
class Basket {
public:
    explicit Basket(int apples) : apples_(static_cast<std::size_t>(apples), 1) {}

    bool empty() {
        const std::lock_guard lock{mutex_};
        return apples_.empty();
    }

    /// -1 when there is none.
    int take() {
        const std::lock_guard lock{mutex_};
        if (apples_.empty()) {
            return -1;
        }
        const int apple = apples_.front();
        apples_.pop_front();
        return apple;
    }

private:
    std::mutex mutex_;
    std::deque<int> apples_;
};

void empty_then_take() {
    Basket basket{3};
    std::atomic<bool> surprised{false};
    const auto eat = [&] {
        while (!basket.empty()) {
            if (basket.take() == -1) {
                surprised = true;
            }
        }
    };
    {
        std::jthread first{eat};
        std::jthread second{eat};
    }
    expect(!surprised, "the basket was empty after all");
}

void take_and_see() {
    Basket basket{3};
    std::atomic<int> eaten{0};
    const auto eat = [&] {
        for (int apple = basket.take(); apple != -1; apple = basket.take()) {
            eaten += apple;
        }
    };
    {
        std::jthread first{eat};
        std::jthread second{eat};
    }
    expect(eaten == 3, "an apple was eaten twice or not at all");
}

class Registry {
public:
    int number_in_two_sections(const std::string& name) {
        {
            const std::lock_guard lock{mutex_};
            if (const auto known = numbers_.find(name); known != numbers_.end()) {
                return known->second;
            }
        }
        const std::lock_guard lock{mutex_};
        return numbers_[name] = ++last_;
    }

    int number(const std::string& name) {
        const std::lock_guard lock{mutex_};
        const auto [entry, added] = numbers_.try_emplace(name, 0);
        if (added) {
            entry->second = ++last_;
        }
        return entry->second;
    }

private:
    std::mutex mutex_;
    std::map<std::string, int> numbers_;
    int last_ = 0;
};

void register_twice(int (Registry::*number)(const std::string&)) {
    Registry registry;
    int first = 0;
    int second = 0;
    {
        std::jthread a{[&] { first = (registry.*number)("tea"); }};
        std::jthread b{[&] { second = (registry.*number)("tea"); }};
    }
    expect(first == second, "one name has two numbers");
}

void find_then_insert() { register_twice(&Registry::number_in_two_sections); }
void find_and_insert() { register_twice(&Registry::number); }

void copy_changed_outside_the_lock() {
    std::mutex mutex;
    int hits = 0;
    const auto count = [&] {
        int copy = 0;
        {
            const std::lock_guard lock{mutex};
            copy = hits;
        }
        ++copy;
        const std::lock_guard lock{mutex};
        hits = copy;
    };
    {
        std::jthread first{count};
        std::jthread second{count};
    }
    expect(hits == 2, "a hit was lost");
}

// Two atomic accesses where one is needed -----------------------------------------------------

void sell_if_any(std::atomic<int>& tickets) {
    if (tickets > 0) {
        --tickets;
    }
}

void sell_by_exchange(std::atomic<int>& tickets) {
    int left = tickets;
    while (left > 0 && !tickets.compare_exchange_weak(left, left - 1)) {
    }
}

void sell_the_last_ticket(void (*sell)(std::atomic<int>&)) {
    std::atomic<int> tickets{1};
    {
        std::jthread first{[&] { sell(tickets); }};
        std::jthread second{[&] { sell(tickets); }};
    }
    expect(tickets == 0, "the last ticket was sold twice");
}

void atomic_check_then_act() { sell_the_last_ticket(sell_if_any); }
void compare_and_exchange() { sell_the_last_ticket(sell_by_exchange); }

void record_if_higher(std::atomic<int>& record, int height) {
    if (height > record) {
        record = height;
    }
}

void record_by_exchange(std::atomic<int>& record, int height) {
    int seen = record;
    while (height > seen && !record.compare_exchange_weak(seen, height)) {
    }
}

void jump(void (*note)(std::atomic<int>&, int)) {
    std::atomic<int> record{0};
    {
        std::vector<std::jthread> jumpers;
        for (const int height : {180, 200, 190}) {
            jumpers.emplace_back([&, height] { note(record, height); });
        }
    }
    expect(record == 200, "the highest jump is not the record");
}

void maximum_in_two_accesses() { jump(record_if_higher); }
void maximum_by_exchange() { jump(record_by_exchange); }

constexpr Program table[] = {
    wrong("empty_then_take", "Between empty() and take() another thread takes the last one.",
          empty_then_take, 50, "empty after all"),
    correct("take_and_see", "take() looks and takes under one lock.", take_and_see),
    wrong("find_then_insert", "A name is looked up and added in two critical sections.",
          find_then_insert, 50, "two numbers"),
    correct("find_and_insert", "A name is looked up and added in one critical section.",
            find_and_insert),
    wrong("copy_changed_outside_the_lock", "Read under the lock, written under the lock: twice.",
          copy_changed_outside_the_lock, 50, "a hit was lost"),
    wrong("atomic_check_then_act", "The check is atomic and the decrement is, but not both.",
          atomic_check_then_act, 1'000, "sold twice", memory_points),
    correct("compare_and_exchange", "The decrement happens only if nobody came in between.",
            compare_and_exchange, memory_points),
    wrong("maximum_in_two_accesses", "A maximum is compared and then stored.",
          maximum_in_two_accesses, 2'000, "not the record", memory_points),
    correct("maximum_by_exchange", "A maximum in a compare-and-exchange loop.", maximum_by_exchange,
            memory_points),
};

}  // namespace

std::span<const Program> check_then_act() { return table; }

}  // namespace corpus
