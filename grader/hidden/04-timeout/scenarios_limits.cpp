// Exercise 04's scenario of task 1: how timeout.hpp is called. Compiled with the student's.
//
// "limits". Workload: lists with an element for each call of with_timeout, all times in
// nanoseconds, all instants counted from the start of the run:
//   called, awaited    when it is called, and when what that gave is awaited
//   limit
//   type               of the operation's result: 0 a number, 1 void, 2 a pointer that can only be
//                      moved
//   value              what it gives
//   first              its first step; 0: none, it never waits for anything
//   deaf               1: that step goes on when it is cancelled
//   second             its second step; 0: none
//   fails              1: it throws after its last step
//   throws             what it throws when it fails: 0 CallError, 1 system_error with
//                      connection_reset, 2 an int, its number, 3 operation_aborted, 4
//                      ConnectionLost, 5 a system_error of another category with the number of
//                      operation_aborted
//   tidying, cancelled how long it takes to end when it is cancelled; how (lockstep::Cancelled)
//   outer              a second limit around all that; no_limit: none
//   more               with `outer`: how long the coroutine between the two limits goes on when the
//                      inner one has passed; -1: it lets the exception through
//   cancel, again      when the whole is cancelled from outside, and once more; -1: never
//   cancellable        0: it is spawned without a cancellation slot
//   after another      1: the coroutine that awaits it has awaited another one before, which took a
//                      millisecond and ended well
// Events "awaited", "came out", with the call's number; "inner came out" with `outer`; "cancel";
// "over" when all calls are; "came back" when the loop is. What slow_call.hpp says; work with the
// number of calls added is that of `more`. Answer: `ends`, `told`, `inner ends`, `inner told`.
#include "scenarios_ends.hpp"

#include <timeout.hpp>

#include <lab/events.hpp>
#include <support/slow_call.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <worker/scenario.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using lockstep::timeout::Canceller;
using lockstep::timeout::End;
using lockstep::timeout::end_by;
using lockstep::worker::Scenario;
using lockstep::worker::Telling;
using lockstep::worker::Workload;
using std::chrono::nanoseconds;

constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

asio::awaitable<void> sleep_until(std::int64_t instant) {
    const nanoseconds left = nanoseconds{instant} - lab::now();
    if (left.count() <= 0) co_return;
    asio::steady_timer timer{co_await asio::this_coro::executor, left};
    co_await timer.async_wait(asio::use_awaitable);
}

struct Call {
    const Workload* workload = nullptr;
    std::size_t index = 0;

    [[nodiscard]] std::int64_t operator[](std::string_view name) const {
        return workload->list(name)[index];
    }
    [[nodiscard]] std::int64_t number() const { return static_cast<std::int64_t>(index); }
    [[nodiscard]] lockstep::SlowCall operation() const {
        lockstep::SlowCall call;
        call.number = number();
        if ((*this)["first"] > 0)
            call.steps.push_back({nanoseconds{(*this)["first"]}, (*this)["deaf"] != 0});
        if ((*this)["second"] > 0) call.steps.push_back({nanoseconds{(*this)["second"]}});
        call.fails = (*this)["fails"] != 0;
        call.tidying = nanoseconds{(*this)["tidying"]};
        call.cancelled = static_cast<lockstep::Cancelled>((*this)["cancelled"]);
        return call;
    }
};

using Pointer = std::unique_ptr<std::int64_t>;

/// The same operation, but what it throws on its own account is what `throws` says.
template <class T>
asio::awaitable<T> failing_otherwise(asio::awaitable<T> operation, std::int64_t throws) {
    try {
        co_return co_await std::move(operation);
    } catch (const lockstep::CallError& error) {
        if (throws == 1) throw boost::system::system_error{asio::error::connection_reset};
        if (throws == 4) throw lockstep::timeout::ConnectionLost{error.call()};
        if (throws == 5) throw lockstep::timeout::ForeignErrors::namesake();
        if (throws == 3) throw boost::system::system_error{asio::error::operation_aborted};
        throw static_cast<int>(error.call());
    }
}

template <class T>
asio::awaitable<T> ordinary(Call call) {
    if constexpr (std::is_void_v<T>)
        return lockstep::perform(call.operation());
    else if constexpr (std::is_same_v<T, Pointer>)
        return lockstep::perform(call.operation(), std::make_unique<std::int64_t>(call["value"]));
    else
        return lockstep::perform(call.operation(), call["value"]);
}

template <class T>
asio::awaitable<T> operation(Call call) {
    if (call["throws"] == 0) return ordinary<T>(call);
    return failing_otherwise<T>(ordinary<T>(call), call["throws"]);
}

std::int64_t number_of(std::int64_t value) { return value; }
std::int64_t number_of(const Pointer& value) { return value ? *value : -1; }

/// One call, and how it ends.
template <class T>
asio::awaitable<End> limited(Call call, std::string_view came_out) {
    End end;
    try {
        if (call["after another"] != 0) {
            lockstep::SlowCall another;
            another.number = call.number();
            another.label = "another";
            another.steps.push_back({std::chrono::milliseconds{1}});
            co_await with_timeout(lockstep::perform(another), std::chrono::seconds{1});
        }
        co_await sleep_until(call["called"]);
        asio::awaitable<T> waiting = with_timeout(operation<T>(call), nanoseconds{call["limit"]});
        co_await sleep_until(call["awaited"]);
        lab::event("awaited", call.number());
        if constexpr (std::is_void_v<T>) {
            co_await std::move(waiting);
        } else {
            const T value = co_await std::move(waiting);
            end.told = number_of(value);
        }
        end.how = 0;
    } catch (...) {
        end = end_by(std::current_exception());
    }
    lab::event(came_out, call.number());
    co_return end;
}

asio::awaitable<End> any_limited(Call call, std::string_view came_out) {
    switch (call["type"]) {
    case 0: return limited<std::int64_t>(call, came_out);
    case 1: return limited<void>(call, came_out);
    default: return limited<Pointer>(call, came_out);
    }
}

/// What stands between two limits.
asio::awaitable<std::int64_t> between(Call call, std::size_t calls, End& inner) {
    inner = co_await any_limited(call, "inner came out");
    if (inner.how == 1 && call["more"] >= 0) {
        lockstep::SlowCall more;
        more.number = static_cast<std::int64_t>(call.index + calls);
        more.steps.push_back({nanoseconds{call["more"]}});
        co_await lockstep::perform(more);
        co_return call["value"];
    }
    if (inner.error) std::rethrow_exception(inner.error);
    co_return inner.told;
}

asio::awaitable<void> play_call(Call call, std::size_t calls, End& end, End& inner) {
    if (call["outer"] == no_limit) {
        end = co_await any_limited(call, "came out");
        co_return;
    }
    try {
        end.told = co_await with_timeout(between(call, calls, inner), nanoseconds{call["outer"]});
        end.how = 0;
    } catch (...) {
        end = end_by(std::current_exception());
    }
    lab::event("came out", call.number());
}

void tell(Telling& telling, const std::string& prefix, const std::vector<End>& ends) {
    std::vector<std::int64_t> how;
    std::vector<std::int64_t> told;
    for (const End& end : ends) {
        how.push_back(end.how);
        told.push_back(end.told);
        if (!end.what.empty()) telling.text("what", end.what);
    }
    telling.list(prefix + "ends", std::move(how));
    telling.list(prefix + "told", std::move(told));
}

void play_limits(const Workload& workload, Telling& telling) {
    const std::size_t calls = workload.list("limit").size();
    std::vector<End> ends(calls);
    std::vector<End> inner(calls);
    std::vector<std::unique_ptr<Canceller>> cancellers;
    telling.text("what", "");
    {
        asio::io_context loop{1};
        std::size_t left = calls;
        for (std::size_t i = 0; i < calls; ++i) {
            Call call{&workload, i};
            cancellers.push_back(std::make_unique<Canceller>(loop, call["cancel"], call["again"]));
            Canceller& canceller = *cancellers.back();
            const auto ended = [&left, &canceller](const std::exception_ptr&) {
                canceller.stop();
                if (--left == 0) lab::event("over");
            };
            auto playing = play_call(call, calls, ends[i], inner[i]);
            if (call["cancellable"] != 0)
                asio::co_spawn(loop, std::move(playing),
                               asio::bind_cancellation_slot(canceller.slot(), ended));
            else
                asio::co_spawn(loop, std::move(playing), ended);
        }
        loop.run();
        cancellers.clear();
    }
    lab::event("came back");
    tell(telling, "", ends);
    tell(telling, "inner ", inner);
}

const Scenario limits_scenario{"limits", play_limits};

}  // namespace
