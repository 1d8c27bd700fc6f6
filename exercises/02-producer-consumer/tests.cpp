// The public tests of exercise 02: a test case for each check of exercise.toml.
//
// Each plays your code in the lab (exercises/lab/README.md), where time is virtual and the threads
// take turns in many different orders. You may add tests of your own.

#include "bounded_queue.hpp"
#include "pipeline.hpp"

#include <lab/catch.hpp>
#include <lab/events.hpp>
#include <support/trial.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<std::int64_t>;
using Milliseconds = std::chrono::milliseconds;

lab::Finding differs(const std::string& expected, const std::string& actual) {
    return {false, fmt::format("expected: {}\nactual:   {}", expected, actual)};
}

/// What is in `actual` when the body has returned.
template <typename T>
trial::Claim equals(std::string what, T expected, const T& actual) {
    return [=, &actual](const lab::Trace&) -> lab::Finding {
        if (actual == expected) return {true, what};
        return differs(fmt::format("{}: {}", what, expected), fmt::format("{}", actual));
    };
}

// --- Task 1 ---

/// Can be moved, and not copied.
class Parcel {
public:
    explicit Parcel(std::int64_t number) : number_{number} {}
    Parcel(Parcel&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    Parcel& operator=(Parcel&& other) noexcept {
        number_ = std::exchange(other.number_, -1);
        return *this;
    }
    [[nodiscard]] std::int64_t number() const { return number_; }

private:
    std::int64_t number_;
};

using Queue = BoundedQueue<Parcel>;
constexpr std::int64_t nothing = -7;

std::int64_t get(Queue& queue) {
    lab::Span span{"get"};
    const std::optional<Parcel> parcel = queue.get();
    span.end();
    if (parcel) lab::event("got", parcel->number());
    return parcel ? parcel->number() : nothing;
}

/// True when it was refused because the queue is closed.
bool refused(Queue& queue, std::int64_t number) {
    lab::Span span{"put", number};
    try {
        queue.put(Parcel{number});
        return false;
    } catch (const QueueClosed&) {
        span.end(lab::Outcome::failed);
        return true;
    }
}

void put_some(Queue& queue, std::int64_t first, std::int64_t count, Milliseconds pause = 0ms) {
    for (std::int64_t i = 0; i < count; ++i) {
        if (pause > 0ms) std::this_thread::sleep_for(pause);
        (void)refused(queue, first + i);
    }
}

void get_some(Queue& queue, int count, Milliseconds pause = 0ms) {
    for (int i = 0; i < count; ++i) {
        (void)get(queue);
        if (pause > 0ms) std::this_thread::sleep_for(pause);
    }
}

/// Three producers and three consumers of four items each.
void busy_queue(std::size_t capacity, Milliseconds put_pause, Milliseconds get_pause) {
    Queue queue{capacity};
    std::vector<std::jthread> threads;
    for (std::int64_t i = 0; i < 3; ++i) {
        threads.emplace_back([&, i] { put_some(queue, 4 * i, 4, put_pause); });
        threads.emplace_back([&] { get_some(queue, 4, get_pause); });
    }
}

/// Whenever time passes: how many puts have ended, how many items have come out, who waits.
trial::Claim at_every_instant(std::string expected,
                              std::function<bool(int inside, int putting, int getting)> fine) {
    return [=](const lab::Trace& trace) -> lab::Finding {
        int inside = 0;
        int putting = 0;
        int getting = 0;
        lab::Duration at{0};
        for (const lab::Event& event : trace.events()) {
            if (event.at > at && !fine(inside, putting, getting))
                return differs(expected,
                               fmt::format("until {} ms: {} in the queue, {} waiting in put, {} in "
                                           "get",
                                           event.at / 1ms, inside, putting, getting));
            at = event.at;
            const std::string_view label = trace.label(event);
            const int step = event.kind == lab::EventKind::span_begun   ? 1
                             : event.kind == lab::EventKind::span_ended ? -1
                                                                        : 0;
            if (label == "put") putting += step;
            if (label == "put" && step < 0) ++inside;
            if (label == "get") getting += step;
            if (label == "got") --inside;
        }
        return {true, expected};
    };
}

trial::Claim nobody_waits_in_vain(int capacity) {
    return at_every_instant("nobody waits in get for an item that is there, nor in put for a place",
                            [=](int inside, int putting, int getting) {
                                return (inside <= 0 || getting == 0) &&
                                       (inside >= capacity || putting == 0);
                            });
}

/// Who does nothing makes no mistake: it takes an item that came out to show the contrary.
lab::Finding something_came_out(const lab::Trace& trace) {
    if (!trace.marks("got").empty()) return {true, "something came out"};
    return differs("items that come out of the queue", "none");
}

trial::Claim twelve_came_out() {
    return [](const lab::Trace& trace) { return lab::each_exactly_once(trace, "got", 0, 11); };
}

// --- Task 2 ---

struct Batch {
    std::vector<Milliseconds> latencies{};
    std::vector<std::int64_t> failing{};
    std::size_t workers = 2;
    std::size_t capacity = 2;
    Milliseconds log_time = 0ms;
};

struct Outcome {
    std::size_t handled = 0;
    Numbers failures;
    std::vector<std::string> log;
    std::string threw;
};

asio::awaitable<void> handle(const Batch& batch, Item item) {
    const lab::Span span{"handle", item.number};
    asio::steady_timer timer{co_await asio::this_coro::executor,
                             batch.latencies.at(static_cast<std::size_t>(item.number))};
    co_await timer.async_wait(asio::use_awaitable);
    if (std::ranges::count(batch.failing, item.number) == 0) co_return;
    const std::string reason = fmt::format("item {} is broken", item.number);
    if (item.number == 1) throw std::logic_error{reason};
    throw std::runtime_error{reason};
}

/// Calls run_pipeline. What it throws, when called or when awaited.
std::exception_ptr call(const Batch& batch, Log& log, Outcome& outcome) {
    std::vector<Item> items;
    for (std::size_t i = 0; i < batch.latencies.size(); ++i)
        items.push_back(Item{static_cast<std::int64_t>(i)});
    const Handler handler = [&batch](Item item) { return handle(batch, item); };
    std::exception_ptr failure;
    asio::io_context loop;
    try {
        asio::co_spawn(loop, run_pipeline(items, batch.workers, batch.capacity, handler, log),
                       [&](std::exception_ptr error, const Summary& summary) {
                           failure = std::move(error);
                           lab::event("came back");
                           outcome.handled = summary.handled;
                           for (const Failure& each : summary.failures)
                               outcome.failures.push_back(each.item);
                           std::ranges::sort(outcome.failures);
                           loop.stop();
                       });
    } catch (...) {
        return std::current_exception();
    }
    loop.run();
    loop.restart();
    loop.poll();  // who was about to end may do so
    return failure;
}

Outcome run(const Batch& batch) {
    Outcome outcome;
    Log log{batch.log_time};
    const std::exception_ptr failure = call(batch, log, outcome);
    for (const Log::Entry& entry : log.entries())
        outcome.log.push_back(fmt::format("{}: {}", entry.item, entry.text));
    std::ranges::sort(outcome.log);
    try {
        if (failure) std::rethrow_exception(failure);
    } catch (const lockstep::Todo&) {
        throw;
    } catch (const std::invalid_argument&) {
        outcome.threw = "std::invalid_argument";
    } catch (const std::exception& error) {
        outcome.threw = error.what();
    }
    return outcome;
}

trial::Claim each_handled_once(const Batch& batch) {
    const auto last = static_cast<std::int64_t>(batch.latencies.size()) - 1;
    return [last](const lab::Trace& trace) {
        return lab::each_exactly_once(trace, "handle", 0, last);
    };
}

/// At the very beginning one item for each worker is taken out of the queue that feeds them, and it
/// fills up behind them. Other queues have nothing to hold yet, or tokens.
trial::Claim filled_to(std::int64_t capacity, int workers) {
    return [=](const lab::Trace& trace) -> lab::Finding {
        std::map<std::int64_t, int> taken;
        std::map<std::int64_t, std::int64_t> inside;
        std::int64_t number = 0;
        for (const lab::Event& event : trace.events()) {
            if (event.at > lab::Duration{0} || event.kind != lab::EventKind::marked) continue;
            const std::string_view label = trace.label(event);
            if (label == "queue") number = event.value;
            if (label == "taken") ++taken[number];
            if (label == "queued" || label == "taken") inside[number] = event.value;
        }
        const std::string expected =
            fmt::format("a queue that feeds {} workers and holds {} items more", workers, capacity);
        std::string actual = "none of which each worker took an item";
        for (const auto& [queue, count] : taken) {
            if (count != workers) continue;
            if (inside[queue] == capacity) return {true, expected};
            actual = fmt::format("{} in the queue while all workers are busy", inside[queue]);
        }
        return differs(expected, actual);
    };
}

}  // namespace

TEST_CASE("first in, first out, nothing lost, nothing twice", "[order]") {
    Numbers got;
    trial::expect("order",
                  [&] {
                      Queue queue{5};
                      put_some(queue, 0, 5);
                      got.clear();
                      for (int i = 0; i < 3; ++i) got.push_back(get(queue));
                      put_some(queue, 5, 2);  // behind those that are still in it
                      for (int i = 0; i < 4; ++i) got.push_back(get(queue));
                  },
                  {equals("what comes out", Numbers{0, 1, 2, 3, 4, 5, 6}, got)});
}

TEST_CASE("as many items as the capacity, never more", "[capacity]") {
    trial::expect("capacity",
                  [&] {
                      Queue queue{3};
                      std::vector<std::jthread> producers;
                      for (std::int64_t i = 0; i < 3; ++i)
                          producers.emplace_back([&, i] { put_some(queue, 3 * i, 3); });
                      std::this_thread::sleep_for(500ms);
                      get_some(queue, 9, 100ms);
                  },
                  {something_came_out,
                   at_every_instant("3 items in the queue, or nobody waiting in put",
                                    [](int inside, int putting, int) {
                                        return inside <= 3 && (inside == 3 || putting == 0);
                                    })});
    std::string threw;
    trial::expect(
        "capacity",
        [&] {
            threw = "nothing";
            try {
                const Queue queue{0};
            } catch (const std::invalid_argument&) {
                threw = "std::invalid_argument";
            }
        },
        {equals("thrown for a capacity of 0", std::string{"std::invalid_argument"}, threw)});
}

TEST_CASE("who waits sleeps, and is woken when the time has come", "[waiting]") {
    trial::expect("waiting", [] { busy_queue(1, 7ms, 11ms); },
                  {twelve_came_out(), nobody_waits_in_vain(1)});
    trial::expect("waiting", [] { busy_queue(2, 11ms, 7ms); },
                  {twelve_came_out(), nobody_waits_in_vain(2)});
    trial::expect("waiting", [] { busy_queue(1, 0ms, 0ms); }, {twelve_came_out()},
                  {.schedules = 300});
}

TEST_CASE("close wakes everybody, and loses nothing", "[close]") {
    Numbers got;
    std::vector<int> was_refused;
    trial::expect(
        "close",
        [&] {
            Queue full{2};
            Queue empty{2};
            got.assign(2, 0);
            was_refused.assign(4, 0);
            put_some(full, 0, 2);
            {
                std::vector<std::jthread> threads;
                for (std::size_t i = 0; i < 2; ++i) {
                    threads.emplace_back([&, i] { was_refused[i] = refused(full, 9); });
                    threads.emplace_back([&, i] { got[i] = get(empty); });
                }
                std::this_thread::sleep_for(25ms);
                full.close();
                empty.close();
            }
            full.close();
            was_refused[2] = refused(full, 9);
            was_refused[3] = refused(empty, 9);
            for (int i = 0; i < 3; ++i) got.push_back(get(full));
        },
        {equals("puts that were refused", std::vector<int>{1, 1, 1, 1}, was_refused),
         equals("what comes out (-7: nothing)", Numbers{nothing, nothing, 0, 1, nothing}, got),
         [](const lab::Trace& trace) { return lab::makespan_is(trace, 25ms); }});
}

TEST_CASE("join returns exactly when every item is done", "[join]") {
    std::string threw;
    trial::expect(
        "join",
        [&] {
            Queue queue{4};
            queue.join();
            put_some(queue, 0, 4);
            {
                std::vector<std::jthread> workers;
                for (int i = 0; i < 2; ++i)
                    workers.emplace_back([&] {
                        for (int j = 0; j < 2; ++j) {
                            std::this_thread::sleep_for(10ms * (get(queue) + 1));
                            lab::event("done");
                            queue.task_done();
                        }
                    });
                const lab::Span span{"join"};
                queue.join();
            }
            threw = "nothing";
            try {
                queue.task_done();
            } catch (const lockstep::Todo&) {
                throw;
            } catch (const std::logic_error&) {
                threw = "std::logic_error";
            }
            queue.close();
            if (refused(queue, 9)) queue.join();  // what was refused is nothing to wait for
        },
        {[](const lab::Trace& trace) -> lab::Finding {
             const lab::Event last = trace.marks("done").back();
             const lab::SpanRecord join = trace.spans("join").front();
             if (join.end == last.at && join.end_step >= last.step) return {true, "exactly"};
             return differs(fmt::format("join to end at {} ms", last.at / 1ms),
                            fmt::format("at {} ms", join.end / 1ms));
         },
         equals("thrown by one task_done too many", std::string{"std::logic_error"}, threw)});
}

TEST_CASE("no data race, in whatever order the threads run", "[races]") {
    trial::expect_no_race("races", [] { busy_queue(2, 0ms, 0ms); }, {something_came_out});
    trial::expect_no_race("races",
                          [] {
                              Queue queue{2};
                              const std::jthread worker{[&] {
                                  while (get(queue) != nothing) queue.task_done();
                              }};
                              put_some(queue, 0, 3);
                              queue.join();
                              queue.close();
                          },
                          {something_came_out});
}

TEST_CASE("every item is handled once, and failures are reported", "[handled]") {
    const Batch batch{.latencies = {30ms, 10ms, 20ms, 40ms, 10ms, 20ms, 30ms},
                      .failing = {0, 1, 3},
                      .workers = 2};
    Outcome outcome;
    trial::expect("handled", [&] { outcome = run(batch); },
                  {each_handled_once(batch), equals("thrown", std::string{}, outcome.threw),
                   equals("failures", Numbers{0, 1, 3}, outcome.failures),
                   equals("handled", std::size_t{4}, outcome.handled)},
                  {.schedules = 5});

    trial::expect("handled", [&] { outcome = run({}); },
                  {equals("handled", std::size_t{0}, outcome.handled)}, {.schedules = 5});

    trial::expect("handled", [&] { outcome = run({.workers = 0}); },
                  {equals("thrown for no workers, and no items",
                          std::string{"std::invalid_argument"}, outcome.threw)},
                  {.schedules = 5});
    trial::expect(
        "handled", [&] { outcome = run({.latencies = {10ms}, .workers = 0}); },
        {equals("thrown for no workers", std::string{"std::invalid_argument"}, outcome.threw)},
        {.schedules = 5});
    trial::expect(
        "handled", [&] { outcome = run({.latencies = {10ms}, .capacity = 0}); },
        {equals("thrown for no capacity", std::string{"std::invalid_argument"}, outcome.threw)},
        {.schedules = 5});
}

TEST_CASE("the workers work side by side, fed by a bounded queue", "[workers]") {
    const Batch batch{.latencies = {50ms, 21ms, 32ms, 43ms, 14ms, 25ms, 36ms, 47ms},
                      .failing = {},
                      .workers = 3,
                      .capacity = 4};
    trial::expect("workers", [&] { (void)run(batch); },
                  {[](const lab::Trace& trace) { return lab::peak_overlap_is(trace, "handle", 3); },
                   filled_to(4, 3),
                   // 50, 21 and 32 begin; 43 at 21; 14 at 32; 25 at 46; 36 at 50; 47 at 64.
                   [](const lab::Trace& trace) { return lab::makespan_is(trace, 111ms); }},
                  {.schedules = 5});
}

TEST_CASE("nothing blocks the loop, entries do not mix, nobody is left", "[loop]") {
    const Batch batch{.latencies = {30ms, 30ms, 30ms, 30ms},
                      .failing = {2},
                      .workers = 2,
                      .capacity = 2,
                      .log_time = 8ms};
    Outcome outcome;
    trial::expect(
        "loop", [&] { outcome = run(batch); },
        {[](const lab::Trace& trace) { return lab::peak_overlap_at_most(trace, "log", 1); },
         [](const lab::Trace& trace) { return lab::happens_times(trace, "abandoned", 0); },
         [](const lab::Trace& trace) { return lab::spans_ended_before(trace, "log", "came back"); },
         equals("the log's entries",
                std::vector<std::string>{"0: done", "1: done", "2: item 2 is broken", "3: done"},
                outcome.log)},
        {.schedules = 5, .tidy = true});
}
