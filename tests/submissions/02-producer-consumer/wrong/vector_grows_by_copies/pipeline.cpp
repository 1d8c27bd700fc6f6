#include "pipeline.hpp"

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace {

struct Shop {
    Shop(std::size_t workers, std::size_t capacity, Handler how, Log& where)
        : queue{capacity}, gone{workers}, handler{std::move(how)}, log{where} {}

    AsyncQueue<Item> queue;
    AsyncQueue<bool> gone;
    AsyncLock pen;
    Handler handler;
    Log& log;
    Summary summary;
};

asio::awaitable<void> deal_with(Shop& shop, Item item) {
    std::optional<std::string> reason;
    try {
        co_await shop.handler(item);
    } catch (const std::exception& error) {
        reason.emplace(error.what());
    }
    std::string text = reason.value_or("done");
    if (reason) {
        Failure failure{item.number, std::move(*reason)};
        shop.summary.failures.push_back(std::move(failure));
    } else {
        ++shop.summary.handled;
    }
    const AsyncLock::Guard guard = co_await shop.pen.acquire();
    co_await shop.log.write(item.number, std::move(text));
}

asio::awaitable<void> work(Shop& shop) {
    for (;;) {
        const std::optional<Item> item = co_await shop.queue.get();
        if (!item) break;
        co_await deal_with(shop, *item);
    }
    co_await shop.gone.put(true);
}

asio::awaitable<Summary> run(std::vector<Item> items, std::size_t workers, std::size_t capacity,
                             Handler handler, Log& log) {
    Shop shop{workers, capacity, std::move(handler), log};
    const auto executor = co_await asio::this_coro::executor;
    for (std::size_t hired = 0; hired != workers; ++hired)
        asio::co_spawn(executor, work(shop), asio::detached);
    for (const Item item : items) co_await shop.queue.put(item);
    shop.queue.close();
    for (std::size_t left = workers; left != 0; --left) (void)co_await shop.gone.get();
    co_return std::move(shop.summary);
}

}  // namespace

// No coroutine itself: what is wrong with the arguments is thrown when it is called.
asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0) throw std::invalid_argument{"no workers"};
    if (capacity == 0) throw std::invalid_argument{"no capacity"};
    return run(std::move(items), workers, capacity, std::move(handler), log);
}
