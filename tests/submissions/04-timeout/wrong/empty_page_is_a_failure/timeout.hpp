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
    asio::steady_timer timer{executor, limit};
    auto race = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(operation), asio::deferred),
        timer.async_wait(asio::deferred));
    auto ended = co_await race.async_wait(
        asio::experimental::wait_for_one{asio::cancellation_type::terminal}, asio::use_awaitable);
    const std::exception_ptr error = std::get<1>(ended);
    const bool passed = !std::get<std::tuple_size_v<decltype(ended)> - 1>(ended);
    if (error) {
        if (passed && was_aborted(error)) throw TimedOut{limit};
        std::rethrow_exception(error);
    }
    if constexpr (!std::is_void_v<T>) co_return std::move(std::get<2>(ended));
}
