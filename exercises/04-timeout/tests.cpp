// The public tests of exercise 04: a test case for each check of exercise.toml.
//
// Each plays your code in the lab (exercises/lab/README.md), where time is virtual: so every
// instant is exact. You may add tests of your own.

#include "mirrors.hpp"
#include "timeout.hpp"

#include <lab/catch.hpp>
#include <lab/events.hpp>
#include <support/slow_call.hpp>
#include <support/slow_mirror.hpp>
#include <support/trial.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace {

using namespace std::chrono_literals;
using lab::Duration;
using lockstep::CallError;
using lockstep::Cancelled;
using lockstep::Failure;
using lockstep::perform;
using lockstep::SlowCall;

lab::Finding differs(const std::string& expected, const std::string& actual) {
    return {false, fmt::format("expected: {}\nactual:   {}", expected, actual)};
}

lab::Finding right() { return {true, "as it should be"}; }

std::string milliseconds(Duration duration) {
    return fmt::format("{} ms", std::chrono::duration<double, std::milli>{duration}.count());
}

/// "CallError", "TimedOut{300 ms}", …
std::string described(std::exception_ptr error) {
    try {
        std::rethrow_exception(std::move(error));
    } catch (const TimedOut& thrown) {
        return fmt::format("TimedOut{{{}}}", milliseconds(thrown.limit()));
    } catch (const CallError&) {
        return "CallError";
    } catch (const MirrorError& thrown) {
        return fmt::format("MirrorError: {}", thrown.what());
    } catch (const std::invalid_argument&) {
        return "std::invalid_argument";
    } catch (const boost::system::system_error& thrown) {
        return thrown.code() == asio::error::operation_aborted ? "operation_aborted"
                                                               : thrown.what();
    } catch (const std::exception& thrown) {
        return fmt::format("another exception: {}", thrown.what());
    }
}

std::string described(std::int64_t value) { return fmt::format("the value {}", value); }
std::string described(const std::unique_ptr<std::int64_t>& value) {
    return value ? described(*value) : "a null pointer";
}
std::string described(const std::string& value) { return value; }
std::string described(const Page& page) { return page.text; }

/// Coroutines on one loop, and what came out of each, such as "the value 7 after 100 ms".
class Bench {
public:
    /// Anew, for each run.
    void play(const std::function<void(Bench&)>& starts, Duration cancel = 0ms) {
        ends_.clear();
        unwritten_ = nullptr;
        asio::io_context loop{1};
        std::deque<asio::cancellation_signal> signals;  // one each: a slot serves one task
        asio::steady_timer canceller{loop};
        loop_ = &loop;
        signals_ = &signals;
        over_ = [&] { canceller.cancel(); };
        starts(*this);
        if (cancel > 0ms) {
            canceller.expires_after(cancel);
            canceller.async_wait([&](const boost::system::error_code& error) {
                if (error) return;
                lab::event("cancel");
                for (asio::cancellation_signal& signal : signals)
                    signal.emit(asio::cancellation_type::terminal);
            });
        }
        loop.run();
        lab::event("came back");
        if (unwritten_) std::rethrow_exception(unwritten_);
    }

    template <class T>
    void spawn(asio::awaitable<T> coroutine) {
        const std::size_t number = ends_.size();
        ends_.emplace_back("nothing came out");
        asio::co_spawn(*loop_, keep(std::move(coroutine), number),
                       asio::bind_cancellation_slot(signals_->emplace_back().slot(),
                                                    [this](std::exception_ptr) { over_(); }));
    }

    trial::Claim ends(std::vector<std::string> expected) {
        return [this, expected = std::move(expected)](const lab::Trace&) {
            if (ends_ == expected) return right();
            const auto [actual, wanted] = std::ranges::mismatch(ends_, expected);
            return differs(wanted == expected.end() ? "nothing" : *wanted,
                           actual == ends_.end() ? "nothing" : *actual);
        };
    }

private:
    template <class T>
    asio::awaitable<void> keep(asio::awaitable<T> coroutine, std::size_t number) {
        std::string end;
        try {
            if constexpr (std::is_void_v<T>) {
                co_await std::move(coroutine);
                end = "void";
            } else {
                const T value = co_await std::move(coroutine);
                end = described(value);
            }
        } catch (const lockstep::Todo&) {
            unwritten_ = std::current_exception();
        } catch (...) {
            end = described(std::current_exception());
        }
        lab::event("came out", static_cast<std::int64_t>(number));
        ends_[number] = fmt::format("{} after {}", end, milliseconds(lab::now()));
    }

    asio::io_context* loop_ = nullptr;
    std::deque<asio::cancellation_signal>* signals_ = nullptr;
    std::function<void()> over_;  ///< what to do when one is over: nobody is to be cancelled
    std::vector<std::string> ends_;
    std::exception_ptr unwritten_;
};

SlowCall call_of(Duration time) {
    SlowCall call;
    call.steps.push_back({time});
    return call;
}

/// A number, 7, after `time`.
asio::awaitable<std::int64_t> seven(Duration time) {
    return perform(call_of(time), std::int64_t{7});
}

void expect(std::string_view check, Bench& bench, const std::function<void(Bench&)>& starts,
            std::vector<trial::Claim> claims, Duration cancel = 0ms, bool tidy = false) {
    trial::expect(check, [&] { bench.play(starts, cancel); }, claims,
                  {.schedules = 5, .tidy = tidy});
}

/// The operation had ended, its variables destroyed, when with_timeout came out.
lab::Finding unwound_before(const lab::Trace& trace) {
    return lab::happens_before(trace, "unwound", "came out");
}

trial::Claim loop_ends_with(const std::string& label) {
    return [label](const lab::Trace& trace) {
        return lab::latency_is(trace, label, "came back", 0ms);
    };
}

}  // namespace

// --- Task 1 ---

TEST_CASE("what the operation gives in time comes through at once, whatever its type", "[value]") {
    Bench bench;
    expect("value", bench, [](Bench& b) { b.spawn(with_timeout(seven(100ms), 300ms)); },
           {bench.ends({"the value 7 after 100 ms"})});
    expect("value", bench,
           [](Bench& b) {
               b.spawn(with_timeout(perform(call_of(150ms), std::string{"a text"}), 300ms));
           },
           {bench.ends({"a text after 150 ms"})});
    expect("value", bench,
           [](Bench& b) {
               auto pointer = std::make_unique<std::int64_t>(8);
               b.spawn(with_timeout(perform(call_of(200ms), std::move(pointer)), 300ms));
           },
           {bench.ends({"the value 8 after 200 ms"})});
    expect("value", bench, [](Bench& b) { b.spawn(with_timeout(perform(call_of(250ms)), 300ms)); },
           {bench.ends({"void after 250 ms"})});
}

TEST_CASE("TimedOut exactly at the limit, also a thousand times at once", "[exact]") {
    Bench bench;
    expect("exact", bench, [](Bench& b) { b.spawn(with_timeout(seven(400ms), 250ms)); },
           {bench.ends({"TimedOut{250 ms} after 250 ms"})});

    // Called at once, awaited after 100 ms: the limit counts from then.
    const auto awaited_later =
        [](asio::awaitable<std::int64_t> waiting) -> asio::awaitable<std::int64_t> {
        asio::steady_timer timer{co_await asio::this_coro::executor, 100ms};
        co_await timer.async_wait(asio::use_awaitable);
        co_return co_await std::move(waiting);
    };
    expect("exact", bench,
           [&](Bench& b) { b.spawn(awaited_later(with_timeout(seven(400ms), 250ms))); },
           {bench.ends({"TimedOut{250 ms} after 350 ms"})});

    std::vector<std::string> expected;
    for (int i = 0; i < 1000; ++i)
        expected.push_back(i % 2 == 0 ? fmt::format("TimedOut{{{0} ms}} after {0} ms", 100 + i)
                                      : fmt::format("the value 7 after {} ms", 50 + i));
    expect("exact", bench,
           [](Bench& b) {
               for (int i = 0; i < 1000; ++i) {
                   const Duration limit = 1ms * (100 + i);
                   b.spawn(with_timeout(seven(i % 2 == 0 ? limit + 50ms : limit - 50ms), limit));
               }
           },
           {bench.ends(expected)});
}

TEST_CASE("a limit of zero, a negative one, and one that never passes", "[edges]") {
    Bench bench;
    expect("edges", bench, [](Bench& b) { b.spawn(with_timeout(seven(100ms), 0ms)); },
           {bench.ends({"TimedOut{0 ms} after 0 ms"})});
    expect("edges", bench, [](Bench& b) { b.spawn(with_timeout(seven(100ms), -1s)); },
           {bench.ends({"TimedOut{-1000 ms} after 0 ms"})});
    expect("edges", bench, [](Bench& b) { b.spawn(with_timeout(seven(100ms), Duration::max())); },
           {bench.ends({"the value 7 after 100 ms"})});
}

TEST_CASE("the slow operation is cancelled and over before TimedOut arrives", "[unwound]") {
    Bench bench;
    SlowCall tidy = call_of(400ms);
    expect("unwound", bench, [&](Bench& b) { b.spawn(with_timeout(perform(tidy), 250ms)); },
           {unwound_before, bench.ends({"TimedOut{250 ms} after 250 ms"})});
    tidy.tidying = 80ms;
    expect("unwound", bench, [&](Bench& b) { b.spawn(with_timeout(perform(tidy), 250ms)); },
           {unwound_before, bench.ends({"TimedOut{250 ms} after 330 ms"})});

    // The first step can't be cancelled; the second one does not begin.
    SlowCall deaf = call_of(400ms);
    deaf.steps[0].deaf = true;
    deaf.steps.push_back({100ms});
    expect("unwound", bench, [&](Bench& b) { b.spawn(with_timeout(perform(deaf), 250ms)); },
           {unwound_before, bench.ends({"TimedOut{250 ms} after 400 ms"})});
}

TEST_CASE("what the operation ends with is not hidden, whichever comes first", "[own]") {
    Bench bench;
    SlowCall broken = call_of(100ms);
    broken.fails = true;
    expect("own", bench, [&](Bench& b) { b.spawn(with_timeout(perform(broken), 250ms)); },
           {bench.ends({"CallError after 100 ms"})});

    // Cancelled at the limit, it takes 30 ms to come to an end of its own.
    SlowCall slow = call_of(400ms);
    slow.tidying = 30ms;
    slow.cancelled = Cancelled::fails;
    expect("own", bench, [&](Bench& b) { b.spawn(with_timeout(perform(slow), 250ms)); },
           {bench.ends({"CallError after 280 ms"})});
    slow.cancelled = Cancelled::succeeds;
    expect("own", bench,
           [&](Bench& b) { b.spawn(with_timeout(perform(slow, std::int64_t{7}), 250ms)); },
           {bench.ends({"the value 7 after 280 ms"})});
}

TEST_CASE("limits in each other, and a cancellation from outside, are told apart", "[outside]") {
    Bench bench;
    const auto in_each_other = [](Duration inner, Duration outer) {
        return [=](Bench& b) { b.spawn(with_timeout(with_timeout(seven(400ms), inner), outer)); };
    };
    expect("outside", bench, in_each_other(250ms, 300ms),
           {bench.ends({"TimedOut{250 ms} after 250 ms"})});
    expect("outside", bench, in_each_other(250ms, 150ms),
           {bench.ends({"TimedOut{150 ms} after 150 ms"})});
    expect("outside", bench, in_each_other(450ms, 500ms),
           {bench.ends({"the value 7 after 400 ms"})});

    expect(
        "outside", bench, [](Bench& b) { b.spawn(with_timeout(seven(400ms), 250ms)); },
        {bench.ends({"operation_aborted after 100 ms"})}, 100ms);

    // Whoever was first: here the cancellation, though the limit passes during the tidying up; then
    // the other way round.
    SlowCall tidy = call_of(400ms);
    tidy.tidying = 200ms;
    const auto tidies_up = [&](Bench& b) { b.spawn(with_timeout(perform(tidy), 250ms)); };
    expect("outside", bench, tidies_up, {bench.ends({"operation_aborted after 300 ms"})}, 100ms);
    expect("outside", bench, tidies_up, {bench.ends({"TimedOut{250 ms} after 450 ms"})}, 300ms);
}

TEST_CASE("nothing blocks the loop, nothing is left in it, and it sleeps meanwhile", "[loop]") {
    Bench bench;
    const trial::Claim sleeps = [](const lab::Trace& trace) -> lab::Finding {
        const auto naps =
            std::ranges::count(trace.events(), lab::EventKind::blocked, &lab::Event::kind);
        if (naps <= 10) return right();
        return differs("the loop sleeps until something happens",
                       fmt::format("it was woken {} times", naps));
    };
    expect(
        "loop", bench, [](Bench& b) { b.spawn(with_timeout(seven(100ms), 1h)); },
        {loop_ends_with("came out"), sleeps}, 0ms, true);
    expect(
        "loop", bench, [](Bench& b) { b.spawn(with_timeout(seven(400ms), 250ms)); },
        {loop_ends_with("came out"), sleeps}, 0ms, true);
    expect(
        "loop", bench, [](Bench& b) { b.spawn(with_timeout(seven(400ms), 250ms)); },
        {loop_ends_with("came out"), sleeps}, 100ms, true);
}

// --- Task 2 ---

namespace {

/// Mirrors that answer after so many milliseconds, or fail then, if the number is negative.
std::vector<Mirror> mirrors_of(const std::vector<int>& times, Failure failure) {
    std::vector<Mirror> mirrors;
    for (std::size_t i = 0; i < times.size(); ++i) {
        SlowCall call = call_of(std::chrono::milliseconds{std::abs(times[i])});
        call.number = static_cast<std::int64_t>(i);
        call.fails = times[i] < 0;
        Page page;
        page.text = fmt::format("the page of mirror {}", i);
        mirrors.push_back(lockstep::make_slow_mirror(std::move(call), failure, std::move(page)));
    }
    return mirrors;
}

/// A coroutine, so that what fetch_first throws at the call already comes out as well. The
/// awaitable has a name, so that nothing that the call was given outlives it.
asio::awaitable<Page> fetched(std::vector<Mirror> mirrors, Duration total) {
    asio::awaitable<Page> waiting = fetch_first(std::move(mirrors), 200ms, total);
    co_return co_await std::move(waiting);
}

void expect_fetch(std::string_view check, const std::vector<int>& times, Duration total,
                  const std::string& end, const std::vector<int>& begins, Duration cancel = 0ms,
                  Failure failure = Failure::out_of_order) {
    Bench bench;
    const std::vector<Mirror> mirrors = mirrors_of(times, failure);
    const auto tried = [&](const lab::Trace& trace) {
        std::vector<std::string> expected;
        std::vector<std::string> actual;
        for (std::size_t i = 0; i < begins.size(); ++i)
            expected.push_back(fmt::format("{} after {} ms", i, begins[i]));
        for (const lab::SpanRecord& fetch : trace.spans("fetch"))
            actual.push_back(fmt::format("{} after {}", fetch.value, milliseconds(fetch.begin)));
        if (expected == actual) return right();
        return differs(fmt::format("mirrors are tried: {}", fmt::join(expected, ", ")),
                       fmt::format("{}", fmt::join(actual, ", ")));
    };
    expect(
        check, bench, [&](Bench& b) { b.spawn(fetched(mirrors, total)); },
        {tried, bench.ends({end})}, cancel);
}

}  // namespace

TEST_CASE("mirrors are tried in turn, until one of them gives the page", "[mirrors]") {
    expect_fetch("mirrors", {50, 60}, 10s, "the page of mirror 0 after 50 ms", {0});
    expect_fetch("mirrors", {-50, 300, 60, 70}, 10s, "the page of mirror 2 after 310 ms",
                 {0, 50, 250});
    expect_fetch("mirrors", {-50, 60}, 10s, "the page of mirror 1 after 110 ms", {0, 50}, 0ms,
                 Failure::no_connection);
    expect_fetch("mirrors", {300, -50}, 10s, "MirrorError: Mirror 1 is out of order. after 250 ms",
                 {0, 200});
    expect_fetch("mirrors", {-50, 300}, 10s, "TimedOut{200 ms} after 250 ms", {0, 50});
    expect_fetch("mirrors", {}, 10s, "std::invalid_argument after 0 ms", {});
}

TEST_CASE("all tries together end at the total, or when cancelled from outside", "[total]") {
    expect_fetch("total", {300, 300, 50}, 350ms, "TimedOut{350 ms} after 350 ms", {0, 200});
    expect_fetch("total", {300, 50}, 150ms, "TimedOut{150 ms} after 150 ms", {0});
    expect_fetch("total", {-50, 300}, 150ms, "TimedOut{150 ms} after 150 ms", {0, 50});
    expect_fetch("total", {300, 300, 50}, 10s, "operation_aborted after 250 ms", {0, 200}, 250ms);
}
