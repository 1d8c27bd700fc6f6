#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace asio = boost::asio;

using lockstep::TimedOut;

/// What an operation ends with, as a value: so that no error is ever lost.
template <class T>
struct Outcome {
    std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
    std::exception_ptr error;

    [[nodiscard]] bool aborted() const {
        try {
            if (error) std::rethrow_exception(error);
        } catch (const boost::system::system_error& thrown) {
            return thrown.code() == asio::error::operation_aborted;
        } catch (...) {
            // its own
        }
        return false;
    }
    T get() {
        if (error) std::rethrow_exception(error);
        if constexpr (!std::is_void_v<T>) return std::move(*value);
    }
};

template <class T>
asio::awaitable<void> keep(asio::awaitable<T> operation, Outcome<T>& outcome) {
    try {
        if constexpr (std::is_void_v<T>)
            co_await std::move(operation);
        else
            outcome.value.emplace(co_await std::move(operation));
    } catch (...) {
        outcome.error = std::current_exception();
    }
}

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer{co_await asio::this_coro::executor, limit};
    Outcome<T> outcome;
    const auto first =
        co_await (keep(std::move(operation), outcome) || timer.async_wait(asio::use_awaitable));
    if (first.index() == 1 && outcome.aborted()) throw TimedOut{limit};
    co_return outcome.get();
}
