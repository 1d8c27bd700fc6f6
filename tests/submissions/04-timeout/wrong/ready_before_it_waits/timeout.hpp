// Exercise 04, task 1.
#pragma once

#include <support/timed_out.hpp>
#include <support/todo.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace asio = boost::asio;

using lockstep::TimedOut;
using lockstep::todo;

inline bool was_aborted(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& thrown) {
        return thrown.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    const auto executor = co_await asio::this_coro::executor;
    // Cancelled or not, here the end is waited for. Put back below.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);

    asio::steady_timer timer{executor, limit};
    asio::steady_timer end{executor, asio::steady_timer::time_point::max()};
    asio::cancellation_signal cancel;
    bool done = false;
    std::exception_ptr error;
    std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;

    auto body = [&]() -> asio::awaitable<void> {
        try {
            if constexpr (std::is_void_v<T>) {
                co_await std::move(operation);
            } else {
                T result = co_await std::move(operation);
                value.emplace(std::move(result));
            }
        } catch (...) {
            error = std::current_exception();
        }
        done = true;
        timer.cancel();
        end.cancel();
    };
    asio::co_spawn(executor, body(), asio::bind_cancellation_slot(cancel.slot(), asio::detached));

    // Woken by the limit, by a cancellation from outside, or by the end of the body.
    boost::system::error_code woken;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!done) {
        cancel.emit(asio::cancellation_type::terminal);
        boost::system::error_code ignored;
        if (!done)
            co_await end.async_wait(asio::bind_cancellation_slot(
                asio::cancellation_slot{}, asio::redirect_error(asio::use_awaitable, ignored)));
    }
    co_await asio::this_coro::throw_if_cancelled(throws);

    const bool expired = !woken;
    if (error) {
        if (expired && was_aborted(error)) throw TimedOut{limit};
        std::rethrow_exception(error);
    }
    if constexpr (!std::is_void_v<T>) co_return std::move(*value);
}
