// Boost.Asio in the lab: unmodified coroutines, timers and pools.
#include <lab/catch.hpp>
#include <lab/events.hpp>
#include <lab/matchers.hpp>
#include <lab/observe.hpp>

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using lab::Diagnosis;

asio::awaitable<void> nap(std::chrono::steady_clock::duration length) {
    asio::steady_timer timer(co_await asio::this_coro::executor, length);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<bool> finishes_within(std::chrono::steady_clock::duration limit) {
    const auto first = co_await (nap(24h) || nap(limit));
    co_return first.index() == 0;
}

asio::awaitable<void> sleeps_in_the_loop() {
    std::this_thread::sleep_for(1s);
    co_return;
}

asio::awaitable<void> waits_for_ever() { co_await nap(10 * 24h); }

const Diagnosis* find(const lab::Trace& trace, Diagnosis::Kind kind) {
    const auto found = std::ranges::find(trace.diagnoses(), kind, &Diagnosis::kind);
    return found == trace.diagnoses().end() ? nullptr : &*found;
}

bool says(const lab::Trace& trace, Diagnosis::Kind kind, const std::string& word) {
    const Diagnosis* diagnosis = find(trace, kind);
    return diagnosis != nullptr && diagnosis->explain().find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("a timeout of an hour takes exactly an hour of virtual time and few steps") {
    bool finished = true;
    const lab::Trace trace = lab::observe([&] {
        asio::io_context loop;
        asio::co_spawn(loop, finishes_within(1h),
                       [&](const std::exception_ptr&, bool in_time) { finished = in_time; });
        loop.run();
    });
    CHECK_FALSE(finished);
    CHECK(trace.clean());
    CHECK(trace.makespan() == 1h);
    CHECK(trace.steps() < 500);  // Asio waits in pieces of five minutes
}

TEST_CASE("a thousand timeouts in one loop end in their order, each at its own instant") {
    const lab::Trace trace = lab::observe(
        [] {
            asio::io_context loop;
            for (int i = 1; i <= 1'000; ++i) {
                auto one = [i]() -> asio::awaitable<void> {
                    co_await finishes_within(i * 1ms);
                    lab::event("timed out", i);
                };
                asio::co_spawn(loop, one, asio::detached);
            }
            loop.run();
        },
        {.stacks = lab::Stacks::none});
    REQUIRE(trace.clean());
    const auto marks = trace.marks("timed out");
    REQUIRE(marks.size() == 1'000);
    for (std::size_t i = 0; i < marks.size(); ++i) {
        REQUIRE(marks[i].value == static_cast<std::int64_t>(i) + 1);
        REQUIRE(marks[i].at == (i + 1) * 1ms);
    }
}

TEST_CASE("a sleep in a coroutine is a blocked loop, told with its line") {
    const lab::Trace trace = lab::observe([] {
        asio::io_context loop;
        asio::co_spawn(loop, sleeps_in_the_loop(), asio::detached);
        loop.run();
    });
    CHECK(says(trace, Diagnosis::Kind::blocked_loop, "event_loops_test.cpp"));
    CHECK(says(trace, Diagnosis::Kind::blocked_loop, "blocks its event loop: it sleeps"));
    CHECK(trace.completed());
}

TEST_CASE("a worker of a thread pool may block") {
    const lab::Exploration exploration = lab::explore(
        [] {
            asio::io_context loop;
            asio::thread_pool pool(2);
            auto main = [&]() -> asio::awaitable<void> {
                auto work = []() -> asio::awaitable<int> {
                    std::this_thread::sleep_for(1s);
                    co_return 7;
                };
                const int seven = co_await asio::co_spawn(pool, work, asio::use_awaitable);
                if (seven != 7) throw std::runtime_error("not seven");
            };
            asio::co_spawn(loop, main, asio::detached);
            loop.run();
            pool.join();
        },
        {{}, 200});
    INFO(exploration.explain());
    CHECK_FALSE(exploration.failed());
}

TEST_CASE("threads that share a loop may wait for its work") {
    const lab::Exploration exploration = lab::explore(
        [] {
            asio::io_context loop;
            for (int i = 0; i < 3; ++i) asio::co_spawn(loop, nap(i * 1s), asio::detached);
            std::jthread other{[&] { loop.run(); }};
            loop.run();
        },
        {{}, 500});
    INFO(exploration.explain());
    CHECK_FALSE(exploration.failed());
}

TEST_CASE("a coroutine that a stopped loop leaves behind is a leak, told with its function") {
    const lab::Trace trace = lab::observe([] {
        asio::io_context loop;
        asio::co_spawn(loop, waits_for_ever(), asio::detached);
        loop.run_for(1s);
    });
    CHECK(says(trace, Diagnosis::Kind::leaked_coroutine, "waits_for_ever"));
    CHECK(find(trace, Diagnosis::Kind::leaked_timer) != nullptr);
}

TEST_CASE("a timer's wait that a stopped loop leaves behind is a leak, told with its line") {
    const lab::Trace trace = lab::observe([] {
        asio::io_context loop;
        asio::steady_timer timer(loop, 1h);
        timer.async_wait([](boost::system::error_code) {});
        loop.run_for(1s);
    });
    CHECK(says(trace, Diagnosis::Kind::leaked_timer, "event_loops_test.cpp"));
}

TEST_CASE("a loop that waits for what nobody will do is a deadlock, at once") {
    const lab::Trace trace = lab::observe([] {
        asio::io_context loop;
        const auto work = asio::make_work_guard(loop);
        loop.run();
    });
    CHECK(find(trace, Diagnosis::Kind::never_woken) != nullptr);
    CHECK(trace.makespan() == 0s);
    CHECK_FALSE(trace.touched_outside());
}
