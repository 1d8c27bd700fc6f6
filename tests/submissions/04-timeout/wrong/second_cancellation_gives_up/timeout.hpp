// Exercise 04, task 1.
#pragma once

#include <support/timed_out.hpp>
#include <support/todo.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace asio = boost::asio;

using lockstep::TimedOut;
using lockstep::todo;

inline bool was_aborted(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& thrown) {
        return thrown.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

namespace limited {

template <class T>
struct Job {
    Job(const asio::any_io_executor& executor, std::chrono::steady_clock::duration limit)
        : alarm{executor, limit}, end{executor, asio::steady_timer::time_point::max()} {}

    asio::steady_timer alarm;
    asio::steady_timer end;  // never runs out: it is cancelled when the operation has ended
    asio::cancellation_signal signal;
    bool done = false;
    bool stopped = false;  // from outside
    bool expired = false;
    std::exception_ptr error;
    std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
};

}  // namespace limited

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    const auto executor = co_await asio::this_coro::executor;
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);

    const auto job = std::make_shared<limited::Job<T>>(executor, limit);
    job->alarm.async_wait([job](const boost::system::error_code& error) {
        if (error || job->done || job->stopped) return;
        job->expired = true;
        job->signal.emit(asio::cancellation_type::terminal);
    });
    asio::co_spawn(executor, std::move(operation),
                   asio::bind_cancellation_slot(job->signal.slot(),
                                                [job](std::exception_ptr error, auto... value) {
                                                    job->error = error;
                                                    job->value.emplace(std::move(value)...);
                                                    job->done = true;
                                                    job->alarm.cancel();
                                                    job->end.cancel();
                                                }));

    boost::system::error_code ignored;
    if (!job->done)
        co_await job->end.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!job->done) {
        // Somebody outside has cancelled us: pass it on, and wait for the end.
        if (!job->expired) {
            job->stopped = true;
            job->alarm.cancel();
            job->signal.emit(asio::cancellation_type::terminal);
        }
        if (!job->done)
            co_await job->end.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_await asio::this_coro::throw_if_cancelled(throws);

    if (job->error) {
        if (job->expired && was_aborted(job->error)) throw TimedOut{limit};
        std::rethrow_exception(job->error);
    }
    if constexpr (!std::is_void_v<T>) co_return std::move(job->value.value());
}
