#include "pipeline.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <stdexcept>

namespace {

struct Shared {
    explicit Shared(std::size_t capacity) : queue(capacity) {}
    AsyncQueue<Item> queue;
    AsyncLock lock;
    Summary summary;
};

asio::awaitable<void> produce(const std::vector<Item>& items, Shared& shared) {
    for (Item item : items) co_await shared.queue.put(item);
    shared.queue.close();
}

asio::awaitable<void> consume(const Handler& handler, Log& log, Shared& shared) {
    for (;;) {
        const auto item = co_await shared.queue.get();
        if (!item) co_return;
        std::exception_ptr error;
        std::string text = "done";
        try {
            co_await handler(*item);
        } catch (const std::exception& thrown) {
            error = std::current_exception();
            text = thrown.what();
        }
        if (error)
            shared.summary.failures.push_back(Failure{item->number, text});
        else
            shared.summary.handled += 1;
        auto guard = co_await shared.lock.acquire();
        co_await log.write(item->number, text);
    }
}

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0) throw std::invalid_argument("workers must not be 0");
    Shared shared(capacity);  // throws when capacity is 0
    auto executor = co_await asio::this_coro::executor;
    using Started = decltype(asio::co_spawn(executor, produce(items, shared), asio::deferred));
    std::vector<Started> all;
    all.push_back(asio::co_spawn(executor, produce(items, shared), asio::deferred));
    for (std::size_t i = 0; i < workers; ++i)
        all.push_back(asio::co_spawn(executor, consume(handler, log, shared), asio::deferred));
    auto group = asio::experimental::make_parallel_group(std::move(all));
    co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    co_return std::move(shared.summary);
}
