#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace asio = boost::asio;

using lockstep::TimedOut;

inline bool is_aborted(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& thrown) {
        return thrown.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

inline void tell_apart(const std::exception_ptr& error, const boost::system::error_code& timer,
                       std::chrono::steady_clock::duration limit) {
    if (!error) return;
    if (!timer && is_aborted(error)) throw TimedOut{limit};
    std::rethrow_exception(error);
}

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    asio::steady_timer timer{co_await asio::this_coro::executor, limit};
    auto group = asio::experimental::make_parallel_group(
        asio::co_spawn(timer.get_executor(), std::move(operation), asio::deferred),
        timer.async_wait(asio::deferred));
    auto [order, error, value, timer_error] =
        co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    tell_apart(error, timer_error, limit);
    co_return std::move(value);
}

inline asio::awaitable<void> with_timeout(asio::awaitable<void> operation,
                                          std::chrono::steady_clock::duration limit) {
    asio::steady_timer timer{co_await asio::this_coro::executor, limit};
    auto group = asio::experimental::make_parallel_group(
        asio::co_spawn(timer.get_executor(), std::move(operation), asio::deferred),
        timer.async_wait(asio::deferred));
    const auto [order, error, timer_error] =
        co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    tell_apart(error, timer_error, limit);
}
