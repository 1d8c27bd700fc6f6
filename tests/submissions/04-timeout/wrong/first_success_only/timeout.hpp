#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <tuple>
#include <type_traits>
#include <utility>

namespace asio = boost::asio;

using lockstep::TimedOut;

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer{co_await asio::this_coro::executor, limit};
    auto first = co_await (std::move(operation) || timer.async_wait(asio::use_awaitable));
    if (first.index() == 1) throw TimedOut{limit};
    if constexpr (!std::is_void_v<T>) co_return std::move(std::get<0>(first));
}
