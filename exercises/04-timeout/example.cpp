// Worked example: a breakfast.
//
// It shows tasks on one event loop, what can be done with several of them together (all of them,
// all with their errors, the first of them), and a blocking function that a thread pool runs. Build
// and run it with
//
//     cmake --build --preset student --target 04-timeout_example
//     build/student/exercises/04-timeout_example

#include <lab/events.hpp>
#include <lab/observe.hpp>
#include <lab/timeline/timeline.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <variant>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

namespace {

// --- A task: it suspends at each co_await, and the loop runs others meanwhile ---

asio::awaitable<int> boil(int number, std::chrono::milliseconds time) {
    const lab::Span span{"boil", number};
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(asio::use_awaitable);
    if (number == 2) throw std::runtime_error{"egg 2 has burst"};
    co_return number;
}

// --- All of them: && goes on when both have ended ---

asio::awaitable<void> two_eggs() {
    const auto [first, second] = co_await (boil(0, 100ms) && boil(1, 200ms));
    std::cout << "eggs " << first << " and " << second << " are done\n";
}

// --- All of them, with their errors: an exception is a value beside the others ---

asio::awaitable<void> three_eggs() {
    const auto executor = co_await asio::this_coro::executor;
    auto group = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, boil(1, 200ms), asio::deferred),
        asio::co_spawn(executor, boil(2, 100ms), asio::deferred),
        asio::co_spawn(executor, boil(3, 150ms), asio::deferred));
    const auto [order, error1, egg1, error2, egg2, error3, egg3] =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    const std::array<std::exception_ptr, 3> errors{error1, error2, error3};
    const std::array<int, 3> eggs{egg1, egg2, egg3};
    for (const std::size_t i : order) {
        try {
            if (errors[i]) std::rethrow_exception(errors[i]);
            std::cout << "egg " << eggs[i] << " is done\n";
        } catch (const std::runtime_error& error) {
            std::cout << error.what() << '\n';
        }
    }
}

// --- The first of them: || goes on when one has *succeeded*. See who is not heard here. ---

asio::awaitable<void> an_egg_or_none() {
    asio::steady_timer patience{co_await asio::this_coro::executor, 250ms};
    const auto first = co_await (boil(2, 100ms) || patience.async_wait(asio::use_awaitable));
    std::cout << (first.index() == 0 ? "an egg\n" : "no egg, and nobody knows why\n");
}

// --- A function that blocks: on a thread of the pool, while the loop goes on ---

void toast() {
    const lab::Span span{"toast"};
    std::this_thread::sleep_for(300ms);  // in a coroutine of the loop this would stop all of them
}

asio::awaitable<void> bread(asio::thread_pool& pool) {
    const auto toasting = []() -> asio::awaitable<void> {
        toast();
        co_return;
    };
    co_await asio::co_spawn(pool, toasting(), asio::use_awaitable);
    std::cout << "the bread is toasted\n";  // on the loop's thread again
}

// --- All of it ---

asio::awaitable<void> breakfast(asio::thread_pool& pool) {
    const auto executor = co_await asio::this_coro::executor;
    // A task of its own, which goes on beside what follows; whoever spawns it also awaits it.
    auto toaster = asio::co_spawn(executor, bread(pool), asio::deferred);
    auto table = asio::experimental::make_parallel_group(
        std::move(toaster), asio::co_spawn(executor, two_eggs(), asio::deferred));
    co_await table.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    co_await three_eggs();
    co_await an_egg_or_none();
}

void kitchen() {
    asio::thread_pool pool{1};
    asio::io_context loop{1};
    asio::co_spawn(loop, breakfast(pool), [](std::exception_ptr error) {
        std::cout << (error ? "there is no breakfast\n" : "breakfast is over\n");
    });
    loop.run();  // until no task and no timer is left
    pool.join();
}

}  // namespace

int main() {
    // In the lab time is virtual, so the run is the same each time, and can be drawn.
    const lab::Trace trace = lab::observe(kitchen);
    std::cout << '\n' << lab::draw_text(trace, {.width = 76});
}
