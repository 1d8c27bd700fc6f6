#include "pipeline.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <stdexcept>

using namespace asio::experimental::awaitable_operators;

namespace {

class Run {
public:
    Run(std::vector<Item> items, std::size_t capacity, Handler handler, Log& log)
        : items_(std::move(items)), queue_(capacity), handler_(std::move(handler)), log_(log) {}

    asio::awaitable<void> produce() {
        for (const Item& item : items_) co_await queue_.put(item);
        queue_.close();
    }

    // `count` workers side by side.
    asio::awaitable<void> workers(std::size_t count) {
        if (count == 1)
            co_await worker();
        else
            co_await (worker() && workers(count - 1));
    }

    Summary summary;

private:
    asio::awaitable<void> worker() {
        while (const auto item = co_await queue_.get()) {
            std::string text = co_await outcome(*item);
            {
                auto guard = co_await lock_.acquire();
                co_await log_.write(item->number, text);
            }
        }
    }

    asio::awaitable<std::string> outcome(Item item) {
        std::string text = "done";
        try {
            co_await handler_(item);
            ++summary.handled;
        } catch (const std::exception& error) {
            text = error.what();
            summary.failures.push_back({item.number, text});
        }
        co_return text;
    }

    std::vector<Item> items_;
    AsyncQueue<Item> queue_;
    Handler handler_;
    Log& log_;
    AsyncLock lock_;
};

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0) throw std::invalid_argument("There must be a worker.");
    if (capacity == 0) throw std::invalid_argument("There must be room.");
    Run run(std::move(items), capacity, std::move(handler), log);
    co_await (run.produce() && run.workers(workers));
    co_return run.summary;
}
