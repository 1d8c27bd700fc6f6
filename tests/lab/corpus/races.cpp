// Data races, each beside a correct program of the same shape. What they have in common: two
// threads, one object, at least one write, and nothing that orders the two. They have no wrong
// result to show as long as threads change only at synchronisation calls.
#include "topics.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;
using Flavour::tsan;

void add_plainly(int& total) { ++total; }

void unlocked_total() {
    int total = 0;
    std::jthread first{[&] { add_plainly(total); }};
    std::jthread second{[&] { add_plainly(total); }};
}

void totals_added_after_the_join() {
    int first_total = 0;
    int second_total = 0;
    {
        std::jthread first{[&] { add_plainly(first_total); }};
        std::jthread second{[&] { add_plainly(second_total); }};
    }
    expect(first_total + second_total == 2, "an addition was lost");
}

// A reader that thinks it needs no lock -------------------------------------------------------

class Log {
public:
    void write(std::string line) {
        const std::lock_guard lock{mutex_};
        lines_.push_back(std::move(line));
    }

    std::size_t size_unlocked() const { return lines_.size(); }

    std::size_t size() const {
        const std::lock_guard lock{mutex_};
        return lines_.size();
    }

private:
    mutable std::mutex mutex_;
    std::deque<std::string> lines_;
};

void watch_a_log(std::size_t (Log::*size)() const) {
    Log log;
    std::size_t seen = 0;
    {
        std::jthread writer{[&] {
            log.write("one");
            log.write("two");
        }};
        std::jthread watcher{[&] { seen = (log.*size)(); }};
    }
    expect(seen <= 2 && log.size() == 2, "a line was lost");
}

void size_without_the_lock() { watch_a_log(&Log::size_unlocked); }
void size_under_the_lock() { watch_a_log(&Log::size); }

// A value that is replaced as a whole ---------------------------------------------------------

struct Settings {
    int width = 0;
    int height = 0;
};

using Published = std::atomic<std::shared_ptr<Settings>>;

int area(const Published& published) {
    const std::shared_ptr<Settings> seen = published.load();
    return seen->width * seen->height;
}

void settings_replaced() {
    Published published{std::make_shared<Settings>(Settings{2, 2})};
    std::vector<int> areas(3);
    {
        std::jthread writer{[&] { published.store(std::make_shared<Settings>(Settings{3, 3})); }};
        std::vector<std::jthread> readers;
        for (int& seen : areas) readers.emplace_back([&] { seen = area(published); });
    }
    for (const int seen : areas) expect(seen == 4 || seen == 9, "half of a change was seen");
}

// Stopping ------------------------------------------------------------------------------------

template <class Flag>
void work_until(const Flag& stop) {
    while (!stop) {
        std::this_thread::sleep_for(1ms);
    }
}

template <class Flag>
void stop_after_a_while() {
    Flag stop{false};
    std::jthread worker{[&] { work_until(stop); }};
    std::this_thread::sleep_for(4ms);
    stop = true;
}

void plain_stop_flag() { stop_after_a_while<bool>(); }
void atomic_stop_flag() { stop_after_a_while<std::atomic<bool>>(); }

// Neighbours ----------------------------------------------------------------------------------

template <class Flags>
void mark(Flags& done, std::size_t which) {
    done[which] = true;
}

template <class Flags>
void mark_two(Flags done) {
    {
        std::jthread first{[&] { mark(done, 0); }};
        std::jthread second{[&] { mark(done, 1); }};
    }
    expect(done[0] && done[1], "a neighbour's mark was wiped out");
}

void neighbouring_bits() { mark_two(std::vector<bool>(2)); }
void neighbouring_bytes() { mark_two(std::array<bool, 2>{}); }

template <class Store>
void store_results(Store store) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&, i] { store(i); });
    }
}

void append_result(std::vector<int>& results, int result) { results.push_back(result); }

void results_appended() {
    std::vector<int> results;
    results.reserve(8);
    store_results([&](int result) { append_result(results, result); });
}

void results_in_their_places() {
    std::vector<int> results(3);
    store_results([&](int result) { results[static_cast<std::size_t>(result)] = result; });
    expect(results == std::vector{0, 1, 2}, "a result is missing");
}

// The wrong lock ------------------------------------------------------------------------------

struct Cache {
    std::shared_mutex mutex;
    int value = 42;
    int hits = 0;
    std::atomic<int> atomic_hits{0};

    int read_and_count() {
        const std::shared_lock lock{mutex};
        ++hits;
        return value;
    }

    int read_and_count_atomically() {
        const std::shared_lock lock{mutex};
        ++atomic_hits;
        return value;
    }
};

void read_a_cache(int (Cache::*read)()) {
    Cache cache;
    std::jthread first{[&] { (cache.*read)(); }};
    std::jthread second{[&] { (cache.*read)(); }};
}

void written_under_a_shared_lock() { read_a_cache(&Cache::read_and_count); }
void counted_under_a_shared_lock() { read_a_cache(&Cache::read_and_count_atomically); }

void two_locks_for_one_value() {
    std::mutex of_first;
    std::mutex of_second;
    int total = 0;
    const auto add = [&](std::mutex& mutex) {
        const std::lock_guard lock{mutex};
        add_plainly(total);
    };
    std::jthread first{[&] { add(of_first); }};
    std::jthread second{[&] { add(of_second); }};
}

// Before and after a thread's life ------------------------------------------------------------

void result_read_before_the_join() {
    int total = 0;
    std::jthread worker{[&] { add_plainly(total); }};
    const int early = total;
    worker.join();
    expect(early <= total, "the total went back");
}

void result_read_through_a_future() {
    int total = 0;
    std::future<void> done = std::async(std::launch::async, [&] { add_plainly(total); });
    done.get();
    expect(total == 1, "the future was ready too early");
}

constexpr Program table[] = {
    faulty("unlocked_total", "Two threads add to one int.", unlocked_total, Kind::data_race, 5,
           "add_plainly", tsan),
    correct("totals_added_after_the_join", "Each adds to its own; the sum comes after the join.",
            totals_added_after_the_join, tsan),
    faulty("size_without_the_lock", "size() looks harmless, and reads what others write.",
           size_without_the_lock, Kind::data_race, 20, "size_unlocked", tsan),
    correct("size_under_the_lock", "size() takes the lock as well.", size_under_the_lock, tsan),
    correct("settings_replaced", "An atomic shared_ptr is set to another object.",
            settings_replaced, tsan),
    faulty("plain_stop_flag", "A thread is stopped through a plain bool.", plain_stop_flag,
           Kind::data_race, 5, "races.cpp", tsan),
    correct("atomic_stop_flag", "A thread is stopped through an atomic bool.", atomic_stop_flag,
            tsan),
    faulty("neighbouring_bits", "Two elements of a vector<bool> are one word.", neighbouring_bits,
           Kind::data_race, 5, "mark", tsan),
    correct("neighbouring_bytes", "Two elements of an array<bool> are two objects.",
            neighbouring_bytes, tsan),
    faulty("results_appended", "Three threads push_back into one vector, which has room.",
           results_appended, Kind::data_race, 5, "append_result", tsan),
    correct("results_in_their_places", "Three threads write three elements of one vector.",
            results_in_their_places, tsan),
    faulty("written_under_a_shared_lock", "A statistic is written under a reader's lock.",
           written_under_a_shared_lock, Kind::data_race, 5, "read_and_count", tsan),
    correct("counted_under_a_shared_lock", "A statistic is an atomic.", counted_under_a_shared_lock,
            tsan),
    faulty("two_locks_for_one_value", "Both lock a mutex, but not the same.",
           two_locks_for_one_value, Kind::data_race, 5, "add_plainly", tsan),
    faulty("result_read_before_the_join", "A result is read while its thread may still run.",
           result_read_before_the_join, Kind::data_race, 5, "result_read_before_the_join", tsan),
    correct("result_read_through_a_future", "A future orders its task before its reader.",
            result_read_through_a_future, tsan),
};

}  // namespace

std::span<const Program> races() { return table; }

}  // namespace corpus
