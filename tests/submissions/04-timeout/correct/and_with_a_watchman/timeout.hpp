#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
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
    asio::cancellation_signal stop;
    Outcome<T> outcome;
    bool over = false;
    bool passed = false;

    const auto work = [&]() -> asio::awaitable<void> {
        co_await asio::co_spawn(timer.get_executor(), keep(std::move(operation), outcome),
                                asio::bind_cancellation_slot(stop.slot(), asio::use_awaitable));
        over = true;
        timer.cancel();
    };
    // A cancellation from outside ends this wait, too: the watchman passes it on.
    const auto watch = [&]() -> asio::awaitable<void> {
        boost::system::error_code error;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
        if (over) co_return;
        passed = !error;
        stop.emit(asio::cancellation_type::terminal);
    };
    co_await (work() && watch());
    if (passed && outcome.aborted()) throw TimedOut{limit};
    co_return outcome.get();
}
