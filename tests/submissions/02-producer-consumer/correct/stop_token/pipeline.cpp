#include "pipeline.hpp"

#include <stdexcept>

// A plain function that looks at its arguments at once, and a coroutine for the rest.
namespace {
asio::awaitable<void> work(AsyncQueue<Item>& queue, AsyncQueue<int>& ended, AsyncLock& lock,
                           const Handler& handler, Log& log, Summary& summary) {
    std::optional<Item> item = co_await queue.get();
    while (item) {
        std::optional<Failure> failure;
        try {
            co_await handler(*item);
        } catch (const std::exception& e) {
            failure = Failure{item->number, e.what()};
        }
        {
            const auto guard = co_await lock.acquire();
            if (failure)
                co_await log.write(failure->item, failure->reason);
            else
                co_await log.write(item->number, "done");
        }
        if (failure)
            summary.failures.push_back(*failure);
        else
            ++summary.handled;
        item = co_await queue.get();
    }
    co_await ended.put(1);
}

asio::awaitable<Summary> checked(std::vector<Item> items, std::size_t workers, std::size_t capacity,
                                 Handler handler, Log& log) {
    AsyncQueue<Item> queue{capacity};
    AsyncQueue<int> ended{1};
    AsyncLock lock;
    Summary summary;
    auto executor = co_await asio::this_coro::executor;
    for (std::size_t i = 0; i < workers; ++i)
        asio::co_spawn(executor, work(queue, ended, lock, handler, log, summary), asio::detached);
    for (const Item& item : items) co_await queue.put(item);
    queue.close();
    for (std::size_t i = 0; i < workers; ++i) co_await ended.get();
    co_return summary;
}
}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0) throw std::invalid_argument{"no workers"};
    if (capacity == 0) throw std::invalid_argument{"no capacity"};
    return checked(std::move(items), workers, capacity, std::move(handler), log);
}
