#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <memory>
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

struct Stop {
    asio::cancellation_signal signal;
    bool by_limit = false;
    bool asked = false;

    void ask(bool limit) {
        if (!asked) by_limit = limit;
        asked = true;
        signal.emit(asio::cancellation_type::terminal);
    }
};

inline asio::awaitable<void> watch(std::shared_ptr<Stop> stop,
                                   std::chrono::steady_clock::duration limit) {
    asio::steady_timer timer{co_await asio::this_coro::executor, limit};
    co_await timer.async_wait(asio::use_awaitable);
    stop->ask(true);
}

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    const auto executor = co_await asio::this_coro::executor;
    const auto state = co_await asio::this_coro::cancellation_state;
    const auto stop = std::make_shared<Stop>();
    asio::cancellation_slot outside = state.slot();
    if (outside.is_connected())
        outside.assign([stop](asio::cancellation_type) { stop->ask(false); });
    if (limit != std::chrono::steady_clock::duration::max())
        asio::co_spawn(executor, watch(stop, limit), asio::detached);
    Outcome<T> outcome;
    co_await asio::co_spawn(executor, keep(std::move(operation), outcome),
                            asio::bind_cancellation_slot(stop->signal.slot(), asio::use_awaitable));
    if (outside.is_connected()) outside.clear();
    if (stop->by_limit && outcome.aborted()) throw TimedOut{limit};
    co_return outcome.get();
}
