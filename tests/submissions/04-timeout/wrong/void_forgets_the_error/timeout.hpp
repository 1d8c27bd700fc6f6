// Exercise 04, task 1.
#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <future>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace asio = boost::asio;

using lockstep::TimedOut;

namespace limits {

inline bool is_cancellation(const std::exception_ptr& error) {
    if (!error) return false;
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& thrown) {
        return thrown.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

}  // namespace limits

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    auto loop = co_await asio::this_coro::executor;
    asio::steady_timer alarm(loop);
    alarm.expires_after(limit);

    auto task = asio::co_spawn(loop, std::move(operation), asio::deferred);
    auto both = asio::experimental::make_parallel_group(alarm.async_wait(asio::deferred),
                                                        std::move(task));
    const asio::experimental::wait_for_one one(asio::cancellation_type::terminal);
    auto result = co_await both.async_wait(one, asio::use_awaitable);

    const bool rang = !std::get<1>(result);
    const std::exception_ptr error = std::get<2>(result);
    if (limits::is_cancellation(error)) {
        if (rang) throw TimedOut(limit);
        std::rethrow_exception(error);
    }
    if constexpr (std::is_void_v<T>) {
        co_return;  // there is nothing to hand over
    } else {
        if (error) std::rethrow_exception(error);
        co_return std::get<3>(std::move(result));
    }
}
