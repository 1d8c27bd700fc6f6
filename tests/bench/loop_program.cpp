#include "programs.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <thread>

namespace bench {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using asio::awaitable;
using asio::use_awaitable;
using boost::system::error_code;
using Channel = asio::experimental::channel<void(error_code, int)>;

constexpr int calls = 3;
constexpr int items = 5;

struct Result {
    bool timed_out = false;
    int from_pool = 0;
    int from_channel = 0;
};

awaitable<int> slow_answer() {
    asio::steady_timer timer{co_await asio::this_coro::executor, 2s};
    co_await timer.async_wait(use_awaitable);
    co_return 42;
}

awaitable<void> ask_with_limit(Result& result) {
    asio::steady_timer limit{co_await asio::this_coro::executor, 500ms};
    const auto answer = co_await (slow_answer() || limit.async_wait(use_awaitable));
    result.timed_out = answer.index() == 1;
}

awaitable<int> work_in_pool() {
    std::this_thread::sleep_for(1s);  // legal: the loop does not run on this thread
    co_return 7;
}

awaitable<void> ask_pool(asio::thread_pool& pool, Result& result) {
    for (int call = 0; call < calls; ++call) {
        result.from_pool += co_await asio::co_spawn(pool, work_in_pool(), use_awaitable);
    }
}

awaitable<void> send(Channel& channel) {
    for (int item = 0; item < items; ++item) {
        co_await channel.async_send(error_code{}, item, use_awaitable);
    }
}

// It counts, and does not wait for the channel's end: what closing one does differs from version to
// version of Boost.
awaitable<void> receive(Channel& channel, Result& result) {
    for (int item = 0; item < items; ++item) {
        result.from_channel += co_await channel.async_receive(use_awaitable);
    }
}

awaitable<void> talk(Result& result) {
    Channel channel{co_await asio::this_coro::executor, 2};
    co_await (send(channel) && receive(channel, result));
}

void rethrow(const std::exception_ptr& exception) {
    if (exception) {
        std::rethrow_exception(exception);
    }
}

}  // namespace

void event_loop() {
    Result result;
    asio::io_context loop{1};
    asio::thread_pool pool{2};
    const auto begin = std::chrono::steady_clock::now();
    asio::co_spawn(loop, ask_with_limit(result), rethrow);
    asio::co_spawn(loop, ask_pool(pool, result), rethrow);
    asio::co_spawn(loop, talk(result), rethrow);
    loop.run();
    pool.join();
    const bool on_time = std::chrono::steady_clock::now() - begin == 3s;
    if (!result.timed_out || result.from_pool != 21 || result.from_channel != 10 || !on_time) {
        throw std::logic_error{"the event loop's result is wrong"};
    }
}

}  // namespace bench
