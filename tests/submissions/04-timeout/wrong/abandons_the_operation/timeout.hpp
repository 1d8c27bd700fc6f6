#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
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

template <class T>
struct Shared {
    Shared(const asio::any_io_executor& executor, std::chrono::steady_clock::duration limit)
        : timer{executor, limit} {}
    asio::steady_timer timer;
    Outcome<T> outcome;
    bool over = false;
};

template <class T>
asio::awaitable<void> run(asio::awaitable<T> operation, std::shared_ptr<Shared<T>> shared) {
    co_await keep(std::move(operation), shared->outcome);
    shared->over = true;
    shared->timer.cancel();
}

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    const auto executor = co_await asio::this_coro::executor;
    const auto shared = std::make_shared<Shared<T>>(executor, limit);
    asio::co_spawn(executor, run(std::move(operation), shared), asio::detached);
    boost::system::error_code error;
    co_await shared->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (!shared->over && !error) throw TimedOut{limit};
    if (!shared->over) throw boost::system::system_error{error};
    co_return shared->outcome.get();
}
