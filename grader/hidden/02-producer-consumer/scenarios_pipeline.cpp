// Exercise 02's scenario of task 2: how pipeline.cpp is called.
//
// What it leaves in the trace: spans "handle" (value: the item); event "came back".
#include <pipeline.hpp>

#include <lab/events.hpp>
#include <support/todo.hpp>

#include <worker/scenario.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using lockstep::worker::Scenario;
using lockstep::worker::Telling;
using lockstep::worker::Workload;
using std::chrono::nanoseconds;

struct World {
    explicit World(const Workload& given) : workload{given} {}
    const Workload& workload;
};

std::string reason_of(const Workload& workload, std::int64_t number) {
    return "item " + std::to_string(number) + " is broken in " +
           std::to_string((number + 1) * workload.number("salt")) + " places";
}

asio::awaitable<void> handle(const World& world, Item item) {
    const lab::Span span{"handle", item.number};
    const auto latencies = world.workload.list("latencies");
    if (item.number < 0 || static_cast<std::size_t>(item.number) >= latencies.size()) co_return;
    const auto index = static_cast<std::size_t>(item.number);
    asio::steady_timer timer{co_await asio::this_coro::executor, nanoseconds{latencies[index]}};
    co_await timer.async_wait(asio::use_awaitable);
    if (world.workload.list("fails")[index] != 0)
        throw std::runtime_error{reason_of(world.workload, item.number)};
}

void tell(const Workload& workload, Telling& telling, const Summary& summary) {
    telling.number("handled", static_cast<std::int64_t>(summary.handled));
    std::vector<std::int64_t> failures;
    std::vector<std::int64_t> reasons;
    for (const Failure& failure : summary.failures) {
        failures.push_back(failure.item);
        reasons.push_back(failure.reason == reason_of(workload, failure.item) ? 1 : 0);
    }
    telling.list("failures", std::move(failures));
    telling.list("reasons", std::move(reasons));
}

void tell(const Workload& workload, Telling& telling, const Log& log) {
    std::vector<std::int64_t> items;
    std::vector<std::int64_t> kinds;
    for (const Log::Entry& entry : log.entries()) {
        items.push_back(entry.item);
        kinds.push_back(entry.text == "done"                            ? 1
                        : entry.text == reason_of(workload, entry.item) ? 2
                                                                        : 0);
    }
    telling.list("log items", std::move(items));
    telling.list("log kinds", std::move(kinds));
}

/// Workload: `latencies` (nanoseconds, positive) and `fails` (0 or 1), one for each item;
/// `workers`; `capacity`; `log`: how long writing an entry takes; `salt`: goes into the reasons.
void pipeline(const Workload& workload, Telling& telling) {
    const World world{workload};
    Log log{nanoseconds{workload.number("log")}};
    std::vector<Item> items;
    for (std::size_t i = 0; i < workload.list("latencies").size(); ++i)
        items.push_back(Item{static_cast<std::int64_t>(i)});
    const Handler handler = [&world](Item item) { return handle(world, item); };
    std::exception_ptr failure;
    telling.text("threw", "");
    {
        asio::io_context loop;
        asio::co_spawn(
            loop,
            run_pipeline(items, static_cast<std::size_t>(workload.number("workers")),
                         static_cast<std::size_t>(workload.number("capacity")), handler, log),
            [&](std::exception_ptr error, const Summary& summary) {
                failure = std::move(error);
                lab::event("came back");
                if (!failure) tell(workload, telling, summary);
                loop.stop();
            });
        loop.run();
        // Who was about to end at that very instant may do so; nobody else gets further.
        loop.restart();
        loop.poll();
    }
    tell(workload, telling, log);
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const lockstep::Todo&) {
        throw;
    } catch (const std::invalid_argument& error) {
        telling.text("threw", "std::invalid_argument");
        telling.text("what", error.what());
    } catch (const std::exception& error) {
        telling.text("threw", "another exception");
        telling.text("what", error.what());
    }
}

const Scenario pipeline_scenario{"pipeline", pipeline};

}  // namespace
