// Exercise 04, task 1.
#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
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
#include <tuple>
#include <type_traits>
#include <utility>

namespace asio = boost::asio;

using lockstep::TimedOut;

namespace limited {

inline bool is_cancellation(const std::exception_ptr& error) {
    if (!error) return false;
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
        return e.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

}  // namespace limited

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    asio::any_io_executor loop = co_await asio::this_coro::executor;
    asio::steady_timer alarm(loop);
    alarm.expires_after(limit);

    auto task = asio::co_spawn(loop, std::move(operation), asio::deferred);
    auto bell = alarm.async_wait(asio::deferred);
    auto both = asio::experimental::make_parallel_group(std::move(bell), std::move(task));
    const asio::experimental::wait_for_one first(asio::cancellation_type::terminal);

    // The limit's doing: it has passed, or nobody else can have cancelled it.
    const auto limit_did = [](bool rang, asio::cancellation_type outside) {
        return rang || outside == asio::cancellation_type::none;
    };
    if constexpr (std::is_void_v<T>) {
        auto [order, rang, error] = co_await both.async_wait(first, asio::use_awaitable);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (limited::is_cancellation(error) && limit_did(!rang, state.cancelled()))
            throw TimedOut(limit);
        if (error) std::rethrow_exception(error);
    } else {
        auto [order, rang, error, value] = co_await both.async_wait(first, asio::use_awaitable);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (limited::is_cancellation(error) && limit_did(!rang, state.cancelled()))
            throw TimedOut(limit);
        if (error) std::rethrow_exception(error);
        co_return std::move(value);
    }
}
