#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
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

/// The two that go on at once; kept alive by their handlers.
template <class T, class Handler>
class Race : public std::enable_shared_from_this<Race<T, Handler>> {
public:
    Race(const asio::any_io_executor& executor, Outcome<T>& outcome, bool& passed, Handler handler)
        : timer_{executor}, outcome_{outcome}, passed_{passed}, handler_{std::move(handler)} {}

    void start(asio::awaitable<T> operation, std::chrono::steady_clock::duration limit) {
        const auto self = this->shared_from_this();
        if (auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected())
            slot.assign([self](asio::cancellation_type) { self->stop(); });
        timer_.expires_after(limit);
        timer_.async_wait([self](const boost::system::error_code& error) {
            if (!error) {
                self->passed_ = true;
                self->signal_.emit(asio::cancellation_type::terminal);
            }
            self->one_over();
        });
        asio::co_spawn(
            timer_.get_executor(), keep(std::move(operation), outcome_),
            asio::bind_cancellation_slot(signal_.slot(), [self](const std::exception_ptr&) {
                self->timer_.cancel();
                self->one_over();
            }));
    }

private:
    void stop() {
        timer_.cancel();
        signal_.emit(asio::cancellation_type::terminal);
    }
    void one_over() {
        if (--left_ > 0) return;
        if (auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected())
            slot.clear();
        std::move(handler_)();
    }

    asio::steady_timer timer_;
    asio::cancellation_signal signal_;
    Outcome<T>& outcome_;
    bool& passed_;
    Handler handler_;
    int left_ = 2;
};

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    Outcome<T> outcome;
    bool passed = false;
    auto begin = [&](auto handler) {
        using Handler = decltype(handler);
        std::make_shared<Race<T, Handler>>(executor, outcome, passed, std::move(handler))
            ->start(std::move(operation), limit);
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(begin,
                                                                         asio::use_awaitable);
    if (passed && outcome.aborted()) throw TimedOut{limit};
    co_return outcome.get();
}
