// Exercise 04, task 1.
#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace asio = boost::asio;

using lockstep::TimedOut;

namespace time_limits {

// java.util.concurrent.CountDownLatch for coroutines, and for one waiter.
class CountDownLatch {
public:
    CountDownLatch(const asio::any_io_executor& executor, int count)
        : count_(count), gate_(executor, asio::steady_timer::time_point::max()) {}

    void countDown() {
        if (--count_ == 0) gate_.cancel();
    }

    // Not to be cancelled: it has a slot that nobody emits to, and so leaves the coroutine's slot
    // to others.
    asio::awaitable<void> await() {
        if (count_ > 0) {
            boost::system::error_code ignored;
            co_await gate_.async_wait(asio::bind_cancellation_slot(
                asio::cancellation_slot(), asio::redirect_error(asio::use_awaitable, ignored)));
        }
    }

private:
    int count_;
    asio::steady_timer gate_;
};

// What the operation ended with.
template <class T>
class Outcome {
public:
    void set(std::exception_ptr error, T value) {
        if (error)
            error_ = std::move(error);
        else
            value_ = std::make_unique<T>(std::move(value));
    }
    const std::exception_ptr& error() const { return error_; }
    T take() { return std::move(*value_); }

private:
    std::exception_ptr error_;
    std::unique_ptr<T> value_;
};

template <>
class Outcome<void> {
public:
    void set(std::exception_ptr error) { error_ = std::move(error); }
    const std::exception_ptr& error() const { return error_; }
    void take() {}

private:
    std::exception_ptr error_;
};

template <class T>
class LimitedCall {
public:
    LimitedCall(const asio::any_io_executor& executor, std::chrono::steady_clock::duration limit)
        : executor_(executor), limit_(limit), alarm_(executor, limit), latch_(executor, 2) {}
    LimitedCall(const LimitedCall&) = delete;
    LimitedCall& operator=(const LimitedCall&) = delete;

    asio::awaitable<T> call(asio::awaitable<T> operation) {
        asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
        asio::cancellation_slot slot = state.slot();
        // Cleared by Asio when this coroutine is resumed.
        if (slot.is_connected())
            slot.assign([this](asio::cancellation_type) { this->onCancelledFromOutside(); });

        alarm_.async_wait([this](boost::system::error_code error) { this->onAlarm(error); });
        asio::co_spawn(executor_, std::move(operation),
                       asio::bind_cancellation_slot(
                           signal_.slot(), [this](std::exception_ptr error, auto... value) {
                               this->outcome_.set(std::move(error), std::move(value)...);
                               this->onEnd();
                           }));
        co_await latch_.await();

        if (outcome_.error()) this->raise();
        co_return outcome_.take();
    }

private:
    void onAlarm(boost::system::error_code error) {
        if (!error && !decided_) {
            decided_ = true;
            expired_ = true;
            signal_.emit(asio::cancellation_type::terminal);
        }
        latch_.countDown();
    }

    void onCancelledFromOutside() {
        if (decided_) return;
        decided_ = true;
        alarm_.cancel();
        signal_.emit(asio::cancellation_type::terminal);
    }

    void onEnd() {
        if (!decided_) {
            decided_ = true;
            alarm_.cancel();
        }
        latch_.countDown();
    }

    [[noreturn]] void raise() {
        try {
            std::rethrow_exception(outcome_.error());
        } catch (const boost::system::system_error& error) {
            if (expired_ && error.code() == asio::error::operation_aborted) throw TimedOut(limit_);
            throw;
        }
    }

    asio::any_io_executor executor_;
    std::chrono::steady_clock::duration limit_;
    asio::steady_timer alarm_;
    asio::cancellation_signal signal_;
    CountDownLatch latch_;
    Outcome<T> outcome_;
    bool decided_ = false;
    bool expired_ = false;
};

}  // namespace time_limits

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    time_limits::LimitedCall<T> limitedCall(executor, limit);
    co_return co_await limitedCall.call(std::move(operation));
}
