// Condition variables: notifications that come too early, to the wrong thread, or to too few.
#include "topics.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;

// Between the check and the wait --------------------------------------------------------------

struct Gate {
    std::mutex mutex;
    std::mutex mutex_of_the_porter;
    std::condition_variable opened;
    std::atomic<bool> open{false};

    void pass() {
        std::unique_lock lock{mutex};
        while (!open) {
            opened.wait(lock);
        }
    }
};

void flag_set_without_the_mutex() {
    Gate gate;
    std::jthread visitor{[&] { gate.pass(); }};
    gate.open = true;
    gate.opened.notify_one();
}

/// The flag has a mutex, but not the one under which it is waited for.
void flag_set_under_another_mutex() {
    Gate gate;
    const auto is_open = [&] {
        const std::lock_guard lock{gate.mutex_of_the_porter};
        return gate.open.load();
    };
    std::jthread visitor{[&] {
        std::unique_lock lock{gate.mutex};
        while (!is_open()) {
            gate.opened.wait(lock);
        }
    }};
    {
        const std::lock_guard lock{gate.mutex_of_the_porter};
        gate.open = true;
    }
    gate.opened.notify_one();
}

void flag_set_under_the_mutex() {
    Gate gate;
    std::jthread visitor{[&] { gate.pass(); }};
    {
        const std::lock_guard lock{gate.mutex};
        gate.open = true;
    }
    gate.opened.notify_one();
    visitor.join();
    expect(gate.open, "the gate closed again");
}

void notified_under_the_mutex() {
    Gate gate;
    std::thread visitor{[&] { gate.pass(); }};
    {
        const std::lock_guard lock{gate.mutex};
        gate.open = true;
        gate.opened.notify_one();
    }
    visitor.join();
}

// A notification is not a state ---------------------------------------------------------------

void wait_for_the_bell(std::mutex& mutex, std::condition_variable& bell) {
    std::unique_lock lock{mutex};
    bell.wait(lock);
}

void notified_before_anybody_waits() {
    std::mutex mutex;
    std::condition_variable bell;
    std::jthread sleeper{[&] { wait_for_the_bell(mutex, bell); }};
    bell.notify_one();
}

void notified_with_a_state() {
    std::mutex mutex;
    std::condition_variable bell;
    bool rung = false;
    std::jthread sleeper{[&] {
        std::unique_lock lock{mutex};
        bell.wait(lock, [&] { return rung; });
    }};
    const std::lock_guard lock{mutex};
    rung = true;
    bell.notify_one();
}

// `if` for `while` ----------------------------------------------------------------------------

struct Stock {
    std::mutex mutex;
    std::condition_variable arrived;
    int pieces = 0;
    int lowest = 0;

    void put() {
        const std::lock_guard lock{mutex};
        ++pieces;
        arrived.notify_one();
    }

    void take_checking_once() {
        std::unique_lock lock{mutex};
        if (pieces == 0) {
            arrived.wait(lock);
        }
        lowest = std::min(lowest, --pieces);
    }

    void take() {
        std::unique_lock lock{mutex};
        while (pieces == 0) {
            arrived.wait(lock);
        }
        lowest = std::min(lowest, --pieces);
    }
};

void trade(void (Stock::*take)()) {
    Stock stock;
    {
        std::jthread first{[&] { (stock.*take)(); }};
        std::jthread second{[&] { (stock.*take)(); }};
        stock.put();
        stock.put();
    }
    expect(stock.lowest == 0, "a piece was taken that was not there");
    expect(stock.pieces == 0, "the stock does not add up");
}

void if_round_the_wait() { trade(&Stock::take_checking_once); }
void while_round_the_wait() { trade(&Stock::take); }

// How many to wake ----------------------------------------------------------------------------

void wait_at_the_start(Gate& gate, std::latch& there) {
    there.count_down();
    gate.pass();
}

template <class Open>
void start_a_race(Open open) {
    Gate gate;
    std::latch there{3};
    std::vector<std::jthread> runners;
    for (int i = 0; i < 3; ++i) {
        runners.emplace_back([&] { wait_at_the_start(gate, there); });
    }
    there.wait();
    const std::lock_guard lock{gate.mutex};
    gate.open = true;
    open(gate.opened);
}

void notify_one_for_three() {
    start_a_race([](std::condition_variable& opened) { opened.notify_one(); });
}

void notify_all_for_three() {
    start_a_race([](std::condition_variable& opened) { opened.notify_all(); });
}

void each_wakes_the_next() {
    std::mutex mutex;
    std::condition_variable go;
    bool started = false;
    int ran = 0;
    {
        std::vector<std::jthread> runners;
        for (int i = 0; i < 3; ++i) {
            runners.emplace_back([&] {
                std::unique_lock lock{mutex};
                go.wait(lock, [&] { return started; });
                ++ran;
                go.notify_one();
            });
        }
        const std::lock_guard lock{mutex};
        started = true;
        go.notify_one();
    }
    expect(ran == 3, "a runner did not run");
}

// Time-outs are not notifications -------------------------------------------------------------

struct Letterbox {
    std::mutex mutex;
    std::condition_variable delivered;
    int letter = 0;

    void deliver(int text) {
        const std::lock_guard lock{mutex};
        letter = text;
        delivered.notify_one();
    }

    int read_after_waiting() {
        std::unique_lock lock{mutex};
        delivered.wait_for(lock, 10ms);
        return letter;
    }

    int read_when_delivered() {
        std::unique_lock lock{mutex};
        while (!delivered.wait_for(lock, 10ms, [&] { return letter != 0; })) {
        }
        return letter;
    }
};

void read_a_letter(int (Letterbox::*read)()) {
    Letterbox box;
    int got = 0;
    {
        std::jthread reader{[&] { got = (box.*read)(); }};
        std::this_thread::sleep_for(35ms);
        box.deliver(7);
    }
    expect(got == 7, "the letter was read before it came");
}

void time_out_taken_for_a_notification() { read_a_letter(&Letterbox::read_after_waiting); }
void time_out_and_look_again() { read_a_letter(&Letterbox::read_when_delivered); }

constexpr Program table[] = {
    faulty("flag_set_without_the_mutex",
           "The flag is set, and notified, between the waiter's check and its wait.",
           flag_set_without_the_mutex, Kind::lost_wakeup, 500, "pass"),
    faulty("flag_set_under_another_mutex", "Checked and set under a mutex that the wait lets be.",
           flag_set_under_another_mutex, Kind::lost_wakeup, 500, "conditions.cpp"),
    correct("flag_set_under_the_mutex", "The flag is set under the mutex, then notified.",
            flag_set_under_the_mutex),
    correct("notified_under_the_mutex", "The notification may also come under the mutex.",
            notified_under_the_mutex),
    faulty("notified_before_anybody_waits", "A notification that leaves no state behind.",
           notified_before_anybody_waits, Kind::lost_wakeup, 20, "wait_for_the_bell"),
    correct("notified_with_a_state", "The notification announces a change of state.",
            notified_with_a_state),
    wrong("if_round_the_wait", "A woken thread does not look again: its piece was stolen.",
          if_round_the_wait, 500, "a piece was taken"),
    correct("while_round_the_wait", "A woken thread looks again.", while_round_the_wait),
    or_as(faulty("notify_one_for_three", "Three threads wait for one event; one is notified.",
                 notify_one_for_three, Kind::never_woken, 50, "pass"),
          Kind::lost_wakeup),
    correct("notify_all_for_three", "All three are notified.", notify_all_for_three),
    correct("each_wakes_the_next", "Each notified thread notifies the next.", each_wakes_the_next),
    wrong("time_out_taken_for_a_notification", "wait_for returns, so the letter must be there.",
          time_out_taken_for_a_notification, 5, "before it came"),
    correct("time_out_and_look_again", "wait_for with a predicate, in a loop.",
            time_out_and_look_again),
};

}  // namespace

std::span<const Program> conditions() { return table; }

}  // namespace corpus
