// Timers and limits on an event loop, and what is left when the loop ends.
#include "topics.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <vector>

namespace corpus {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Kind = lab::Diagnosis::Kind;
using boost::system::error_code;

asio::awaitable<void> pause(Clock::duration time) {
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(asio::use_awaitable);
}

// Limits --------------------------------------------------------------------------------------

asio::awaitable<void> limit(Clock::duration work, Clock::duration most, bool& finished) {
    using namespace asio::experimental::awaitable_operators;
    const auto winner = co_await (pause(work) || pause(most));
    finished = winner.index() == 0;
}

/// How long the loop runs when `work` is limited to an hour.
Clock::duration run_with_a_limit(Clock::duration work, bool& finished) {
    asio::io_context loop{1};
    const auto begin = Clock::now();
    asio::co_spawn(loop, limit(work, 1h, finished), asio::detached);
    loop.run();
    return Clock::now() - begin;
}

void limit_of_an_hour() {
    bool finished = true;
    const auto took = run_with_a_limit(2h, finished);
    expect(!finished && took == 1h, "the limit did not end the work after an hour");
}

void answer_within_the_hour() {
    bool finished = false;
    const auto took = run_with_a_limit(59min, finished);
    expect(finished && took == 59min, "the timer went on after the answer");
}

asio::awaitable<void> answer_beside_a_timer(asio::steady_timer& timer, bool cancel) {
    timer.expires_after(1h);
    timer.async_wait([](error_code) {});
    co_await pause(5min);
    if (cancel) {
        timer.cancel();
    }
}

void run_beside_a_timer(bool cancel) {
    asio::io_context loop{1};
    asio::steady_timer timer{loop};
    const auto begin = Clock::now();
    asio::co_spawn(loop, answer_beside_a_timer(timer, cancel), asio::detached);
    loop.run();
    expect(Clock::now() - begin == 5min, "the loop went on after the work");
}

void timer_outlives_the_work() { run_beside_a_timer(false); }
void timer_cancelled_after_the_work() { run_beside_a_timer(true); }

asio::awaitable<void> wait_and_count(Clock::duration time, int& done) {
    bool finished = false;
    co_await limit(time, 10ms, finished);
    done += finished ? 1 : 0;
}

void many_limits_at_once() {
    asio::io_context loop{1};
    int done = 0;
    for (int i = 0; i < 20; ++i) {
        asio::co_spawn(loop, wait_and_count(i % 2 == 0 ? 1ms : 60ms, done), asio::detached);
    }
    loop.run();
    expect(done == 10, "a limit hit the wrong work");
}

// Timers as such ------------------------------------------------------------------------------

void two_timers_in_order() {
    asio::io_context loop{1};
    std::vector<int> order;
    asio::steady_timer later{loop, 20ms};
    asio::steady_timer sooner{loop, 5ms};
    later.async_wait([&](error_code) { order.push_back(2); });
    sooner.async_wait([&](error_code) { order.push_back(1); });
    loop.run();
    expect(order == std::vector{1, 2}, "the later timer came first");
}

void timer_moved_while_it_runs() {
    asio::io_context loop{1};
    asio::steady_timer timer{loop, 1h};
    std::vector<bool> aborted;
    const auto note = [&](error_code error) {
        aborted.push_back(error == asio::error::operation_aborted);
    };
    timer.async_wait(note);
    asio::post(loop, [&] {
        timer.expires_after(2ms);
        timer.async_wait(note);
    });
    loop.run();
    expect(aborted == std::vector{true, false}, "the moved timer kept its first end");
}

void timer_cancelled() {
    asio::io_context loop{1};
    asio::steady_timer timer{loop, 1h};
    error_code result;
    timer.async_wait([&](error_code error) { result = error; });
    asio::post(loop, [&] { timer.cancel(); });
    loop.run();
    expect(result == asio::error::operation_aborted, "the cancelled timer ran on");
}

asio::awaitable<void> look_at_the_clock_until(Clock::time_point end) {
    const auto executor = co_await asio::this_coro::executor;
    while (Clock::now() < end) {
        co_await asio::post(executor, asio::use_awaitable);
    }
}

void loop_polls_the_clock() {
    asio::io_context loop{1};
    asio::co_spawn(loop, pause(1h), asio::detached);
    asio::co_spawn(loop, look_at_the_clock_until(Clock::now() + 1h), asio::detached);
    loop.run();
}

// Cancelling ----------------------------------------------------------------------------------

/// Counts its entries and its exits, however it is left.
struct Visit {
    explicit Visit(int& inside) : inside_{inside} { ++inside_; }
    ~Visit() { --inside_; }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    int& inside_;
};

asio::awaitable<void> stay(Clock::duration time, int& inside) {
    const Visit visit{inside};
    co_await pause(time);
}

void coroutine_cancelled() {
    asio::io_context loop{1};
    asio::cancellation_signal signal;
    int inside = 0;
    std::exception_ptr error;
    const auto note = [&](std::exception_ptr result) { error = result; };
    asio::co_spawn(loop, stay(1h, inside), asio::bind_cancellation_slot(signal.slot(), note));
    asio::steady_timer soon{loop, 2ms};
    soon.async_wait([&](error_code) { signal.emit(asio::cancellation_type::terminal); });
    loop.run();
    expect(error != nullptr && inside == 0, "the cancelled coroutine was not unwound");
}

// What is left --------------------------------------------------------------------------------

void stopped_with_a_coroutine_inside() {
    asio::io_context loop{1};
    int inside = 0;
    asio::co_spawn(loop, stay(1h, inside), asio::detached);
    asio::steady_timer soon{loop, 2ms};
    soon.async_wait([&](error_code) { loop.stop(); });
    loop.run();
}

/// The loop outlives its run: the wait is pending when the body returns.
void stopped_with_a_timer_pending() {
    asio::io_context loop{1};
    asio::steady_timer timer{loop, 1h};
    timer.async_wait([](error_code) {});
    loop.run_for(2ms);
}

void run_for_a_while_and_to_the_end() {
    asio::io_context loop{1};
    int fired = 0;
    asio::steady_timer timer{loop, 60ms};
    timer.async_wait([&](error_code) { ++fired; });
    loop.run_for(1ms);
    const bool early = fired != 0;
    loop.run();
    expect(!early && fired == 1, "the timer did not fire in the second run");
}

constexpr Program table[] = {
    in_virtual_time(correct("limit_of_an_hour", "Slow work is given up after exactly an hour.",
                            limit_of_an_hour)),
    in_virtual_time(correct("answer_within_the_hour", "Work within its limit ends the limit.",
                            answer_within_the_hour)),
    in_virtual_time(wrong("timer_outlives_the_work", "The loop waits for a timer nobody needs.",
                          timer_outlives_the_work, 1, "after the work")),
    in_virtual_time(correct("timer_cancelled_after_the_work", "The timer ends with the work.",
                            timer_cancelled_after_the_work)),
    correct("many_limits_at_once", "Twenty limits, of which ten are reached.", many_limits_at_once),
    correct("two_timers_in_order", "The timer that was set for sooner fires first.",
            two_timers_in_order),
    correct("timer_moved_while_it_runs", "A timer's new end cancels the wait for its old one.",
            timer_moved_while_it_runs),
    correct("timer_cancelled", "A cancelled wait ends at once, with an error.", timer_cancelled),
    in_virtual_time(
        or_as(faulty("loop_polls_the_clock", "A coroutine posts itself until it is time.",
                     loop_polls_the_clock, Kind::busy_wait, 1, ""),
              Kind::endless)),
    correct("coroutine_cancelled", "A cancelled coroutine is unwound.", coroutine_cancelled),
    faulty("stopped_with_a_coroutine_inside", "A loop is stopped while a coroutine waits on it.",
           stopped_with_a_coroutine_inside, Kind::leaked_coroutine, 1, ""),
    faulty("stopped_with_a_timer_pending", "A loop is left while a wait is pending on it.",
           stopped_with_a_timer_pending, Kind::leaked_timer, 1, ""),
    correct("run_for_a_while_and_to_the_end", "A loop is run twice, the second time to its end.",
            run_for_a_while_and_to_the_end),
};

}  // namespace

std::span<const Program> loop_timers() { return table; }

}  // namespace corpus
