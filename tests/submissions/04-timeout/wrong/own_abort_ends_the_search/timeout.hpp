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

// The operation and a timer go on side by side. wait_for_one cancels whichever is left when the
// first has ended, *and waits for it*; a cancellation from outside goes to both. So all that is
// left to do is to say what happened.
template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor, limit};
    auto race = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(operation), asio::deferred),
        timer.async_wait(asio::deferred));
    // The order of the ends, the operation's error and (unless T is void) its value, the timer's
    // error code.
    auto ended = co_await race.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);

    if (const std::exception_ptr error = std::get<1>(ended)) {
        // A timer that ran to its end was first: had the operation ended before, or somebody
        // outside lost patience, it would have been cancelled.
        const boost::system::error_code timer_error =
            std::get<std::tuple_size_v<decltype(ended)> - 1>(ended);
        try {
            std::rethrow_exception(error);
        } catch (const boost::system::system_error& thrown) {
            if (!timer_error && thrown.code() == asio::error::operation_aborted)
                throw TimedOut{limit};
            throw;  // anything else is the operation's own
        }
    }
    if constexpr (!std::is_void_v<T>) co_return std::move(std::get<2>(ended));
}
