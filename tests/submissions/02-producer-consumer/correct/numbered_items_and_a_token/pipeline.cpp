#include "pipeline.hpp"

#include <exception>
#include <stdexcept>

// A queue with one place serves as a lock: who puts the token into it may write.
namespace {

asio::awaitable<void> write_alone(AsyncQueue<int>& token, Log& log, std::int64_t item,
                                  std::string text) {
    co_await token.put(0);
    co_await log.write(item, text);
    (void)co_await token.get();
}

asio::awaitable<void> worker(AsyncQueue<Item>& queue, AsyncQueue<int>& token, AsyncQueue<int>& exits,
                             const Handler& handler, Log& log, Summary& summary) {
    std::optional<Item> item = co_await queue.get();
    while (item) {
        std::string text = "done";
        bool failed = false;
        try {
            co_await handler(*item);
        } catch (const std::exception& error) {
            failed = true;
            text = error.what();
        }
        if (failed) {
            summary.failures.push_back({item->number, text});
        } else {
            ++summary.handled;
        }
        co_await write_alone(token, log, item->number, text);
        item = co_await queue.get();
    }
    co_await exits.put(0);
}

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    AsyncQueue<Item> queue{capacity};  // refuses 0
    AsyncQueue<int> exits{workers};    // this as well
    AsyncQueue<int> token{1};
    Summary summary;
    auto executor = co_await asio::this_coro::executor;
    for (std::size_t i = 0; i < workers; ++i) {
        asio::co_spawn(executor, worker(queue, token, exits, handler, log, summary),
                       asio::detached);
    }
    for (std::size_t i = 0; i < items.size(); ++i) co_await queue.put(items[i]);
    queue.close();
    for (std::size_t i = 0; i < workers; ++i) co_await exits.get();
    co_return summary;
}
