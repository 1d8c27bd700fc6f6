#include "pipeline.hpp"

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace {

Summary summary;

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0 || capacity == 0)
        throw std::invalid_argument{"A pipeline needs a worker and a place in its queue."};

    AsyncQueue<Item> queue{capacity};
    AsyncQueue<int> ended{workers};
    AsyncLock lock;
    summary = Summary{};

    const auto worker = [&]() -> asio::awaitable<void> {
        while (const std::optional<Item> item = co_await queue.get()) {
            std::string text = "done";
            try {
                co_await handler(*item);
                ++summary.handled;
            } catch (const std::exception& error) {
                text = error.what();
                summary.failures.push_back(Failure{item->number, text});
            }
            const AsyncLock::Guard guard = co_await lock.acquire();
            co_await log.write(item->number, std::move(text));
        }
        co_await ended.put(0);
    };

    const auto executor = co_await asio::this_coro::executor;
    for (std::size_t i = 0; i < workers; ++i) asio::co_spawn(executor, worker(), asio::detached);
    for (const Item& item : items) co_await queue.put(item);
    queue.close();
    for (std::size_t i = 0; i < workers; ++i) (void)co_await ended.get();
    co_return summary;
}
