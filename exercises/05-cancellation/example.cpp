// Worked example: a lighthouse, a ferry and three buoys.
//
// It shows a thread that waits with a stop token, a coroutine that is cancelled and still has
// something to do, and tasks that are gathered with their errors. Build and run it with
//
//     cmake --build --preset student --target 05-cancellation_example
//     build/student/exercises/05-cancellation_example

#include <lab/events.hpp>
#include <lab/observe.hpp>
#include <lab/timeline/timeline.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// --- A thread: it flashes every 300 ms until it is asked to stop ---

void light(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any dark;
    int flashes = 0;
    while (!stop.stop_requested()) {
        {
            const lab::Span span{"flash", ++flashes};
            std::this_thread::sleep_for(100ms);
        }
        // Sleeps in the dark; a request to stop wakes it up, however early it comes.
        std::unique_lock lock{mutex};
        dark.wait_for(lock, stop, 300ms, [] { return false; });
    }
    std::cout << "the light is off after " << flashes << " flashes\n";
}

// --- A coroutine: it is called back, and has to moor all the same ---

asio::awaitable<void> spend(const char* what, std::chrono::milliseconds time) {
    const lab::Span span{what};
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> ferry() {
    std::exception_ptr called_back;
    try {
        co_await spend("cross", 2s);
    } catch (const boost::system::system_error& error) {
        std::cout << "the ferry turns: " << error.code().message() << '\n';
        called_back = std::current_exception();
    }
    // It stays cancelled; without this line the next co_await would throw at once.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await spend("moor", 200ms);
    if (called_back) std::rethrow_exception(called_back);  // say so, once all is tidy
}

// --- Tasks together: each tells its height, or why it can't ---

asio::awaitable<int> buoy(int number) {
    co_await spend("measure", std::chrono::milliseconds{100 * number});
    if (number == 2) throw std::runtime_error{"buoy 2 has no battery"};
    co_return 10 * number;
}

asio::awaitable<void> gather() {
    const auto executor = co_await asio::this_coro::executor;
    auto group =
        asio::experimental::make_parallel_group(asio::co_spawn(executor, buoy(1), asio::deferred),
                                                asio::co_spawn(executor, buoy(2), asio::deferred),
                                                asio::co_spawn(executor, buoy(3), asio::deferred));
    // wait_for_all cancels nobody; an error comes back beside the others' results.
    const auto [order, error1, height1, error2, height2, error3, height3] =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    const std::array<std::exception_ptr, 3> errors{error1, error2, error3};
    const std::array<int, 3> heights{height1, height2, height3};
    for (std::size_t i = 0; i < errors.size(); ++i) {
        try {
            if (errors[i]) std::rethrow_exception(errors[i]);
            std::cout << "the waves are " << heights[i] << " cm high\n";
        } catch (const std::runtime_error& error) {
            std::cout << error.what() << '\n';
        }
    }
}

// --- All of it ---

void harbour() {
    const std::jthread lighthouse{light};  // its destructor asks it to stop, and waits

    asio::io_context loop{1};
    asio::cancellation_signal call_back;
    asio::co_spawn(loop, ferry(),
                   asio::bind_cancellation_slot(call_back.slot(), [](std::exception_ptr error) {
                       std::cout << "the ferry is " << (error ? "back\n" : "over there\n");
                   }));
    asio::co_spawn(loop, gather(), [](std::exception_ptr) {});
    asio::steady_timer storm{loop, 550ms};
    storm.async_wait([&](const boost::system::error_code&) {
        call_back.emit(asio::cancellation_type::terminal);
    });
    loop.run();
}

}  // namespace

int main() {
    // In the lab time is virtual, so the run is the same each time, and can be drawn.
    const lab::Trace trace = lab::observe(harbour);
    std::cout << '\n' << lab::draw_text(trace, {.width = 76});
}
