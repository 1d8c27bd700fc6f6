#include "pipeline.hpp"

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace {

// What the producer and the workers share. They all run on one event loop: between two co_awaits
// nobody interferes, so the summary needs no lock. The log does, for its write is suspended midway.
struct Pipeline {
    Pipeline(std::size_t workers, std::size_t capacity, Handler work, Log& entries)
        : queue{capacity}, ended{workers}, handler{std::move(work)}, log{entries} {}

    AsyncQueue<Item> queue;
    AsyncQueue<bool> ended;  // a place for each worker: putting into it never suspends
    Handler handler;
    Log& log;
    AsyncLock writing;
    Summary summary;
};

asio::awaitable<void> work(Pipeline& pipeline) {
    while (const std::optional<Item> item = co_await pipeline.queue.get()) {
        std::string outcome = "done";
        try {
            co_await pipeline.handler(*item);
            ++pipeline.summary.handled;
        } catch (const std::exception& error) {
            // There is no co_await in a handler for exceptions: the log is written below.
            outcome = error.what();
            pipeline.summary.failures.push_back({item->number, outcome});
        }
        const AsyncLock::Guard guard = co_await pipeline.writing.acquire();
        co_await pipeline.log.write(item->number, outcome);
    }
    co_await pipeline.ended.put(true);
}

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0 || capacity == 0)
        throw std::invalid_argument{"A pipeline needs a worker and a place in its queue."};
    Pipeline pipeline{workers, capacity, std::move(handler), log};
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    for (std::size_t i = 0; i < workers; ++i)
        asio::co_spawn(executor, work(pipeline), asio::detached);

    for (const Item item : items) co_await pipeline.queue.put(item);
    pipeline.queue.close();  // the workers end when it is drained
    for (std::size_t i = 0; i < workers; ++i) (void)co_await pipeline.ended.get();
    co_return std::move(pipeline.summary);
}
