// Exercise 04, task 1. select! { r = operation => r, _ = sleep(limit) => Err(TimedOut) }
#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace asio = boost::asio;

using lockstep::TimedOut;

namespace selecting {

struct Unit {};

// enum Poll<T> { Pending, Ok(T), Err(E) }
template <class T>
using Poll = std::variant<std::monostate, std::conditional_t<std::is_void_v<T>, Unit, T>,
                          std::exception_ptr>;
inline constexpr std::size_t ok = 1;
inline constexpr std::size_t err = 2;

// Never fails: so `||` hears of whatever end as a success. The operation is a task of its own: of
// `||`, which cancels with every type at once, only what our own filter lets through gets to it.
template <class T>
asio::awaitable<void> settle(asio::awaitable<T> operation, Poll<T>& poll) {
    const auto executor = co_await asio::this_coro::executor;
    try {
        auto task = asio::co_spawn(executor, std::move(operation), asio::use_awaitable);
        if constexpr (std::is_void_v<T>) {
            co_await std::move(task);
            poll.template emplace<ok>();
        } else {
            T value = co_await std::move(task);
            poll.template emplace<ok>(std::move(value));
        }
    } catch (...) {
        poll.template emplace<err>(std::current_exception());
    }
}

inline asio::awaitable<void> sleep(std::chrono::steady_clock::duration time,
                                   boost::system::error_code& woken) {
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

}  // namespace selecting

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    using namespace asio::experimental::awaitable_operators;
    selecting::Poll<T> poll;
    boost::system::error_code woken = asio::error::operation_aborted;

    auto select = selecting::settle(std::move(operation), poll) || selecting::sleep(limit, woken);
    co_await std::move(select);

    if (poll.index() == selecting::err) {
        const std::exception_ptr error = std::get<selecting::err>(poll);
        const bool slept_well = !woken;
        try {
            std::rethrow_exception(error);
        } catch (const boost::system::system_error& e) {
            if (slept_well && e.code() == asio::error::operation_aborted) throw TimedOut{limit};
            throw;
        }
    }
    if constexpr (!std::is_void_v<T>) co_return std::move(std::get<selecting::ok>(poll));
}
