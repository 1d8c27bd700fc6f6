// Coroutines that are suspended until somebody wakes them: what the queue and the lock for
// coroutines are made of.
#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <lab/events.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <utility>

namespace lockstep {

/// First come, first woken. Not thread-safe: all its users run on one event loop (or strand).
///
/// A wait that is cancelled throws boost::system::system_error with asio::error::operation_aborted.
/// Who destroys the list destroys the coroutines that wait in it, and takes the ground from under
/// those that were woken and have not gone on yet; in the lab that leaves an event "abandoned",
/// whose value is their number.
class WaitList {
public:
    WaitList() = default;
    WaitList(const WaitList&) = delete;
    WaitList& operator=(const WaitList&) = delete;
    ~WaitList() {
        const std::int64_t left = static_cast<std::int64_t>(waiting_.size()) + *woken_;
        if (left > 0) lab::event("abandoned", left);
    }

    /// Suspends the calling coroutine until it is woken. As with a condition variable, the caller
    /// looks again at what it waits for.
    [[nodiscard]] boost::asio::awaitable<void> wait() {
        return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Error)>(
            [this](auto handler) { add(std::move(handler)); }, boost::asio::use_awaitable);
    }

    /// The coroutine goes on when the event loop comes to it, not within this call.
    void wake_one() {
        if (!waiting_.empty()) take(waiting_.begin())->resume({}, woken_);
    }
    void wake_all() {
        while (!waiting_.empty()) wake_one();
    }

private:
    using Error = boost::system::error_code;

    /// How many were woken and have not gone on yet. It outlives a list that they outlive.
    using Woken = std::shared_ptr<std::int64_t>;
    class OnTheWay {
    public:
        explicit OnTheWay(Woken woken) : woken_{std::move(woken)} { ++*woken_; }
        OnTheWay(OnTheWay&&) = default;
        OnTheWay& operator=(OnTheWay&&) = delete;
        ~OnTheWay() { arrive(); }
        void arrive() {
            if (const Woken woken = std::exchange(woken_, nullptr)) --*woken;
        }

    private:
        Woken woken_;
    };

    struct Waiter {
        virtual ~Waiter() = default;
        virtual void resume(Error error, Woken woken) = 0;
    };
    using Waiters = std::list<std::unique_ptr<Waiter>>;

    template <typename Handler>
    struct Suspended final : Waiter {
        explicit Suspended(Handler handler) : handler_{std::move(handler)} {}

        void resume(Error error, Woken woken) override {
            const auto slot = boost::asio::get_associated_cancellation_slot(handler_);
            if (slot.is_connected()) boost::asio::cancellation_slot{slot}.clear();
            const auto executor = boost::asio::get_associated_executor(handler_);
            boost::asio::post(executor, [handler = std::move(handler_), error,
                                         way = OnTheWay{std::move(woken)}]() mutable {
                way.arrive();
                std::move(handler)(error);
            });
        }
        Handler handler_;
    };

    template <typename Handler>
    void add(Handler handler) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        waiting_.push_back(std::make_unique<Suspended<Handler>>(std::move(handler)));
        if (!slot.is_connected()) return;
        slot.assign([this, place = std::prev(waiting_.end())](boost::asio::cancellation_type) {
            // The slot lives in the waiter's coroutine, and this lambda in the slot, which
            // `resume` clears: what is needed is taken along.
            const std::unique_ptr<Waiter> waiter = take(place);
            waiter->resume(boost::asio::error::operation_aborted, woken_);
        });
    }

    std::unique_ptr<Waiter> take(Waiters::iterator place) {
        std::unique_ptr<Waiter> waiter = std::move(*place);
        waiting_.erase(place);
        return waiter;
    }

    Waiters waiting_;
    Woken woken_ = std::make_shared<std::int64_t>(0);
};

}  // namespace lockstep
