// Exercise 04, task 1, as one writes asynchronous operations for Asio itself.
#pragma once

#include <support/timed_out.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace asio = boost::asio;

using lockstep::TimedOut;

namespace composed {

template <class T>
struct signature_of {
    using type = void(std::exception_ptr, T);
};
template <>
struct signature_of<void> {
    using type = void(std::exception_ptr);
};

template <class T>
class with_timeout_op {
public:
    with_timeout_op(const asio::any_io_executor& executor, asio::awaitable<T> operation,
                    std::chrono::steady_clock::duration limit)
        : operation_(std::move(operation)),
          limit_(limit),
          timer_(std::make_unique<asio::steady_timer>(executor, limit)) {}

    /// The first step: `self` is moved into the group, so what is needed is taken out before.
    template <class Self>
    void operator()(Self& self) {
        asio::steady_timer& timer = *timer_;
        asio::awaitable<T> operation = std::move(operation_);
        auto group = asio::experimental::make_parallel_group(
            timer.async_wait(asio::deferred),
            asio::co_spawn(timer.get_executor(), std::move(operation), asio::deferred));
        group.async_wait(asio::experimental::wait_for_one(asio::cancellation_type::terminal),
                         std::move(self));
    }

    /// The last one.
    template <class Self, class... Value>
    void operator()(Self& self, std::array<std::size_t, 2>, boost::system::error_code wait,
                    std::exception_ptr error, Value... value) {
        timer_.reset();
        if (error && !wait && is_abort(error)) error = std::make_exception_ptr(TimedOut(limit_));
        self.complete(std::move(error), std::move(value)...);
    }

private:
    static bool is_abort(const std::exception_ptr& error) {
        try {
            std::rethrow_exception(error);
        } catch (const boost::system::system_error& e) {
            return e.code() == asio::error::operation_aborted;
        } catch (...) {
            return false;
        }
    }

    asio::awaitable<T> operation_;
    std::chrono::steady_clock::duration limit_;
    std::unique_ptr<asio::steady_timer> timer_;
};

}  // namespace composed

template <class T>
asio::awaitable<T> with_timeout(asio::awaitable<T> operation,
                                std::chrono::steady_clock::duration limit) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    composed::with_timeout_op<T> implementation(executor, std::move(operation), limit);
    auto waiting = asio::async_compose<const asio::use_awaitable_t<>,
                                       typename composed::signature_of<T>::type>(
        std::move(implementation), asio::use_awaitable, executor);
    co_return co_await std::move(waiting);
}
