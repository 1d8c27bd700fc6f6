// The simulated world of exercise 04: calls that take their time, and end in their own ways.
//
// A header alone, because it has to be compiled as its includer's Asio is. What a call leaves in
// the trace, in the lab; each value is the call's number:
//
//   spans "work" (or the call's label), which ends as done, failed or cancelled, and "tidy up"
//   event "unwound": its local variables have been destroyed
#pragma once

#include <lab/events.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep {

/// What a slow call throws on its own account.
class CallError : public std::runtime_error {
public:
    explicit CallError(std::int64_t call)
        : std::runtime_error{"Call " + std::to_string(call) + " has failed."}, call_{call} {}

    [[nodiscard]] std::int64_t call() const noexcept { return call_; }

private:
    std::int64_t call_;
};

/// How a call that is cancelled ends, once it has tidied up.
enum class Cancelled : std::uint8_t {
    gives_up,  ///< with operation_aborted
    fails,     ///< with CallError
    succeeds,  ///< all the same
};

struct SlowCall {
    struct Step {
        std::chrono::nanoseconds time{0};
        bool deaf = false;  ///< goes on to its end when the call is cancelled: whatever comes after
                            ///< it does not begin then
    };

    std::int64_t number = 0;
    std::string_view label = "work";  ///< a literal
    std::vector<Step> steps{};
    bool fails = false;  ///< with CallError, after the last step
    std::chrono::nanoseconds tidying{0};
    Cancelled cancelled = Cancelled::gives_up;
};

namespace slow_call {

class Unwound {
public:
    explicit Unwound(std::int64_t number) : number_{number} {}
    ~Unwound() { lab::event("unwound", number_); }
    Unwound(const Unwound&) = delete;
    Unwound& operator=(const Unwound&) = delete;

private:
    std::int64_t number_;
};

inline boost::asio::awaitable<void> wait(SlowCall::Step step) {
    boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, step.time};
    if (step.deaf)  // a slot that nobody emits to
        co_await timer.async_wait(boost::asio::bind_cancellation_slot(
            boost::asio::cancellation_slot{}, boost::asio::use_awaitable));
    else
        co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace slow_call

/// Works through its steps. To be awaited by one coroutine, or spawned.
inline boost::asio::awaitable<void> perform(SlowCall call) {
    const slow_call::Unwound unwound{call.number};
    std::exception_ptr aborted;
    {
        lab::Span work{call.label, call.number};
        try {
            for (const SlowCall::Step& step : call.steps) co_await slow_call::wait(step);
        } catch (const boost::system::system_error&) {
            aborted = std::current_exception();
            work.end(lab::Outcome::cancelled);
        }
        if (!aborted && call.fails) {
            work.end(lab::Outcome::failed);
            throw CallError{call.number};
        }
    }
    if (!aborted) co_return;
    if (call.tidying.count() > 0) {
        const lab::Span tidying{"tidy up", call.number};
        co_await boost::asio::this_coro::reset_cancellation_state(
            boost::asio::disable_cancellation());
        SlowCall::Step step;
        step.time = call.tidying;
        co_await slow_call::wait(step);
    }
    if (call.cancelled == Cancelled::fails) throw CallError{call.number};
    if (call.cancelled == Cancelled::gives_up) std::rethrow_exception(aborted);
}

/// As `perform`, and then gives `value`.
template <class T>
boost::asio::awaitable<T> perform(SlowCall call, T value) {
    co_await perform(std::move(call));
    co_return std::move(value);
}

}  // namespace lockstep
