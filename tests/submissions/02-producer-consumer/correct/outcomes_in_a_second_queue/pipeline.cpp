#include "pipeline.hpp"

#include <exception>
#include <optional>
#include <stdexcept>

// Items go to the workers through one queue, and outcomes come back through another one.
namespace {

struct Outcome {
    std::int64_t item = 0;
    std::optional<std::string> error;
};

asio::awaitable<void> produce(const std::vector<Item>& items, AsyncQueue<Item>& queue) {
    for (const Item& item : items) co_await queue.put(item);
    queue.close();
}

asio::awaitable<Outcome> outcome_of(Item item, const Handler& handler) {
    try {
        co_await handler(item);
        co_return Outcome{item.number, std::nullopt};
    } catch (const std::exception& error) {
        co_return Outcome{item.number, error.what()};
    }
}

asio::awaitable<void> work(AsyncQueue<Item>& queue, AsyncQueue<Outcome>& outcomes, AsyncLock& lock,
                           const Handler& handler, Log& log) {
    while (auto item = co_await queue.get()) {
        Outcome outcome = co_await outcome_of(*item, handler);
        {
            const auto guard = co_await lock.acquire();
            co_await log.write(outcome.item, outcome.error.value_or("done"));
        }
        co_await outcomes.put(std::move(outcome));
    }
}

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0) throw std::invalid_argument{"no workers"};
    AsyncQueue<Item> queue{capacity};
    AsyncQueue<Outcome> outcomes{items.size() + 1};
    AsyncLock lock;
    std::size_t left = workers;
    lockstep::WaitList gone;
    const auto executor = co_await asio::this_coro::executor;
    for (std::size_t i = 0; i < workers; ++i)
        asio::co_spawn(executor, work(queue, outcomes, lock, handler, log),
                       [&](std::exception_ptr) {
                           --left;
                           gone.wake_all();
                       });
    co_await produce(items, queue);
    while (left > 0) co_await gone.wait();
    outcomes.close();

    Summary summary;
    while (const auto outcome = co_await outcomes.get()) {
        if (outcome->error)
            summary.failures.push_back({outcome->item, *outcome->error});
        else
            ++summary.handled;
    }
    co_return summary;
}
