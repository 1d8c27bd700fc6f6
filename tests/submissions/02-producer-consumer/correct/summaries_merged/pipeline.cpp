#include "pipeline.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace {

namespace experimental = asio::experimental;

/// What came of one item, without an exception being under way.
struct Verdict {
    bool ok = false;
    std::string text;
};

asio::awaitable<Verdict> judge(const Handler& handler, Item item) {
    Verdict verdict;
    try {
        co_await handler(item);
        verdict.ok = true;
        verdict.text = "done";
    } catch (const std::exception& error) {
        verdict.text = error.what();
    }
    co_return verdict;
}

/// Shares nothing but the queue, the lock and the log: each worker has a summary of its own.
asio::awaitable<Summary> worker(AsyncQueue<Item>& queue, const Handler& handler, AsyncLock& lock,
                                Log& log) {
    Summary mine;
    std::optional<Item> item = co_await queue.get();
    while (item.has_value()) {
        const Verdict verdict = co_await judge(handler, *item);
        if (verdict.ok) {
            ++mine.handled;
        } else {
            Failure failure{item->number, verdict.text};
            mine.failures.push_back(std::move(failure));
        }
        {
            const AsyncLock::Guard guard = co_await lock.acquire();
            co_await log.write(item->number, verdict.text);
        }
        item = co_await queue.get();
    }
    co_return mine;
}

asio::awaitable<Summary> producer(const std::vector<Item>& items, AsyncQueue<Item>& queue) {
    for (const Item& item : items) co_await queue.put(item);
    queue.close();
    co_return Summary{};
}

Summary operator+(Summary left, Summary right) {
    left.handled += right.handled;
    std::ranges::move(right.failures, std::back_inserter(left.failures));
    return left;
}

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0 || capacity == 0)
        throw std::invalid_argument{"run_pipeline: workers and capacity must be at least 1"};
    AsyncQueue<Item> queue{capacity};
    AsyncLock lock;

    const auto executor = co_await asio::this_coro::executor;
    using Operation = decltype(asio::co_spawn(executor, producer(items, queue), asio::deferred));
    std::vector<Operation> operations;
    operations.push_back(asio::co_spawn(executor, producer(items, queue), asio::deferred));
    for (std::size_t i = 0; i < workers; ++i)
        operations.push_back(
            asio::co_spawn(executor, worker(queue, handler, lock, log), asio::deferred));

    auto group = experimental::make_parallel_group(std::move(operations));
    auto finished = group.async_wait(experimental::wait_for_all(), asio::use_awaitable);
    auto results = co_await std::move(finished);

    for (const std::exception_ptr& error : std::get<1>(results))
        if (error) std::rethrow_exception(error);
    Summary sum;
    for (Summary& part : std::get<2>(results)) sum = std::move(sum) + std::move(part);
    co_return sum;
}
