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
#include <tuple>
#include <type_traits>
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

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor, limit};
    auto race = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(operation), asio::deferred),
        timer.async_wait(asio::deferred));
    auto ended = co_await race.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    const std::exception_ptr error = std::get<1>(ended);
    const bool passed = !std::get<std::tuple_size_v<decltype(ended)> - 1>(ended);
    if (error && passed && is_aborted(error)) throw TimedOut{limit};
    if (error) std::rethrow_exception(error);
    if constexpr (!std::is_void_v<T>) co_return std::move(std::get<2>(ended));
}
