// Worked example: two ways to wait for something that somebody else does.
//
// First threads: three runners sleep at a gate until it is opened. Then coroutines: two clerks
// share one printer, on one thread. Build and run it with
//
//     cmake --build --preset student --target 02-producer-consumer_example
//     build/student/exercises/02-producer-consumer_example

#include <lab/events.hpp>
#include <lab/observe.hpp>
#include <lab/timeline/timeline.hpp>
#include <support/async_lock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// --- Threads: a mutex, what it guards, and a condition variable for those who wait for a change
// ---

class Gate {
public:
    void open() {
        const std::lock_guard lock{mutex_};
        open_ = true;          // first the change, under the lock,
        opened_.notify_all();  // then the news, to all whom it concerns
    }
    void pass() {
        std::unique_lock lock{mutex_};
        // Releases the lock while it sleeps, and looks again each time it wakes up.
        opened_.wait(lock, [this] { return open_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable opened_;
    bool open_ = false;
};

void race_of_three() {
    Gate gate;
    std::vector<std::jthread> runners;
    for (int runner = 1; runner <= 3; ++runner)
        runners.emplace_back([&gate, runner] {
            gate.pass();
            const lab::Span span{"run", runner};
            std::this_thread::sleep_for(runner * 100ms);
        });
    std::this_thread::sleep_for(200ms);
    gate.open();
}

// --- Coroutines: one thread, and who waits lets the others go on ---

asio::awaitable<void> clerk(int number, lockstep::AsyncLock& printer) {
    const lockstep::AsyncLock::Guard mine = co_await printer.acquire();
    std::cout << "clerk " << number << " prints the first page\n";
    asio::steady_timer paper{co_await asio::this_coro::executor, 100ms};
    co_await paper.async_wait(asio::use_awaitable);  // suspended, with the lock in hand
    std::cout << "clerk " << number << " prints the second page\n";
}

void one_printer() {
    lockstep::AsyncLock printer;
    asio::io_context loop;
    asio::co_spawn(loop, clerk(1, printer), asio::detached);
    asio::co_spawn(loop, clerk(2, printer), asio::detached);
    loop.run();
}

}  // namespace

int main() {
    // In the lab time is virtual, so the figures are exact and the run can be drawn.
    const lab::Trace race = lab::observe(race_of_three, {.policy = lab::Policy::round_robin()});
    std::cout << lab::draw_text(race, {.width = 76}) << '\n';
    const lab::Trace pages = lab::observe(one_printer);
    std::cout << "two pages each in " << pages.makespan() / 1ms << " ms\n";
}
