// Counters and waits on atomics.
#include "topics.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;
using Flavour::memory_points;

// Counting ------------------------------------------------------------------------------------

template <class Count>
void count_in_two_threads(Count count) {
    std::jthread first{count};
    std::jthread second{count};
}

void plain_increment() {
    int counter = 0;
    count_in_two_threads([&] {
        for (int i = 0; i < 2; ++i) {
            ++counter;
        }
    });
    expect(counter == 4, "an increment was lost");
}

void increment_of_a_volatile() {
    volatile int counter = 0;
    count_in_two_threads([&] {
        for (int i = 0; i < 2; ++i) {
            counter = counter + 1;
        }
    });
    expect(counter == 4, "an increment was lost");
}

void atomic_increment() {
    std::atomic<int> counter{0};
    count_in_two_threads([&] {
        for (int i = 0; i < 10; ++i) {
            ++counter;
        }
    });
    expect(counter == 20, "an increment was lost");
}

void atomic_read_then_written() {
    std::atomic<int> counter{0};
    count_in_two_threads([&] { counter = counter + 1; });
    expect(counter == 2, "an increment was lost");
}

void locked_increment() {
    std::mutex mutex;
    int counter = 0;
    count_in_two_threads([&] {
        for (int i = 0; i < 5; ++i) {
            const std::lock_guard lock{mutex};
            ++counter;
        }
    });
    expect(counter == 10, "an increment was lost");
}

void atomic_reference_to_an_array() {
    std::array<int, 4> votes{};
    count_in_two_threads([&] {
        for (int& vote : votes) {
            std::atomic_ref{vote}.fetch_add(1);
        }
    });
    expect(votes == std::array{2, 2, 2, 2}, "a vote was lost");
}

// The last one switches off the light ---------------------------------------------------------

void leave_and_count_again(std::atomic<int>& guests, std::atomic<int>& switched) {
    --guests;
    if (guests == 0) {
        ++switched;
    }
}

void leave(std::atomic<int>& guests, std::atomic<int>& switched) {
    if (--guests == 0) {
        ++switched;
    }
}

void last_one_out(void (*go)(std::atomic<int>&, std::atomic<int>&)) {
    std::atomic<int> guests{2};
    std::atomic<int> switched{0};
    count_in_two_threads([&] { go(guests, switched); });
    expect(switched == 1, "the light was not switched exactly once");
}

void count_read_again() { last_one_out(leave_and_count_again); }
void count_from_the_decrement() { last_one_out(leave); }

// Waiting on an atomic ------------------------------------------------------------------------

void wait_while_zero(std::atomic<int>& state) { state.wait(0); }

void atomic_wait_and_notify() {
    std::atomic<int> state{0};
    int payload = 0;
    {
        std::jthread waiter{[&] {
            wait_while_zero(state);
            payload *= 2;
        }};
        payload = 21;
        state = 1;
        state.notify_one();
    }
    expect(payload == 42, "the waiter ran too early");
}

void atomic_stored_in_silence() {
    std::atomic<int> state{0};
    std::jthread waiter{[&] { wait_while_zero(state); }};
    std::this_thread::sleep_for(5ms);
    state = 1;
}

template <class Notify>
void two_wait_on_an_atomic(Notify notify) {
    std::atomic<int> state{0};
    std::jthread first{[&] { wait_while_zero(state); }};
    std::jthread second{[&] { wait_while_zero(state); }};
    std::this_thread::sleep_for(5ms);
    state = 1;
    notify(state);
}

void atomic_notifies_one_of_two() {
    two_wait_on_an_atomic([](std::atomic<int>& state) { state.notify_one(); });
}

void atomic_notifies_both() {
    two_wait_on_an_atomic([](std::atomic<int>& state) { state.notify_all(); });
}

void tickets_and_turns() {
    std::atomic<unsigned> next{0};
    std::atomic<unsigned> serving{0};
    int served = 0;
    {
        std::vector<std::jthread> customers;
        for (int i = 0; i < 3; ++i) {
            customers.emplace_back([&] {
                const unsigned mine = next.fetch_add(1);
                for (unsigned now = serving; now != mine; now = serving) {
                    serving.wait(now);
                }
                ++served;
                serving = mine + 1;
                serving.notify_all();
            });
        }
    }
    expect(served == 3, "two customers were served at once");
}

constexpr Program table[] = {
    wrong("plain_increment", "++ on a plain int is a read and a write.", plain_increment, 500,
          "an increment was lost", memory_points),
    wrong("increment_of_a_volatile", "volatile does not make it one step.", increment_of_a_volatile,
          500, "an increment was lost", memory_points),
    correct("atomic_increment", "++ on an atomic is one step.", atomic_increment, memory_points),
    wrong("atomic_read_then_written", "`counter = counter + 1` on an atomic is two steps.",
          atomic_read_then_written, 200, "an increment was lost", memory_points),
    correct("locked_increment", "A mutex makes it one step for all who lock it.", locked_increment,
            memory_points),
    correct("atomic_reference_to_an_array", "std::atomic_ref counts in plain ints.",
            atomic_reference_to_an_array, memory_points),
    wrong("count_read_again", "The decremented count is read a second time to see who was last.",
          count_read_again, 1'000, "exactly once", memory_points),
    correct("count_from_the_decrement", "The decrement itself says who was last.",
            count_from_the_decrement, memory_points),
    correct("atomic_wait_and_notify", "A thread waits for an atomic to change.",
            atomic_wait_and_notify),
    or_as(faulty("atomic_stored_in_silence", "The atomic changes, but nobody is notified.",
                 atomic_stored_in_silence, Kind::never_woken, 1, "wait_while_zero"),
          Kind::lost_wakeup),
    or_as(faulty("atomic_notifies_one_of_two", "Two wait for an atomic; one is notified.",
                 atomic_notifies_one_of_two, Kind::never_woken, 1, "wait_while_zero"),
          Kind::lost_wakeup),
    correct("atomic_notifies_both", "Two wait for an atomic; both are notified.",
            atomic_notifies_both),
    correct("tickets_and_turns", "A ticket lock that sleeps on an atomic.", tickets_and_turns),
};

}  // namespace

std::span<const Program> atomics() { return table; }

}  // namespace corpus
