#include "pipeline.hpp"

#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <stdexcept>

// The exceptions are kept as they are, and asked for their reasons where somebody needs to know.
namespace {
using Home = asio::experimental::channel<void(boost::system::error_code, std::size_t)>;

std::string reason_of(const std::exception_ptr& trouble) {
    try {
        std::rethrow_exception(trouble);
    } catch (const std::exception& e) {
        return e.what();
    }
}

struct State {
    State(std::vector<Item> i, std::size_t capacity, Handler h, Log& l, asio::any_io_executor ex,
          std::size_t workers)
        : items(std::move(i)), queue(capacity), handler(std::move(h)), log(l), home(ex, workers) {}
    std::vector<Item> items;
    AsyncQueue<std::unique_ptr<Item>> queue;
    Handler handler;
    Log& log;
    AsyncLock lock;
    Home home;
    std::vector<std::pair<std::int64_t, std::exception_ptr>> troubles;
};

asio::awaitable<void> work(std::shared_ptr<State> s) {
    std::size_t mine = 0;
    for (std::optional<std::unique_ptr<Item>> item; (item = co_await s->queue.get());) {
        const std::int64_t number = (*item)->number;
        std::exception_ptr trouble;
        try {
            co_await s->handler(**item);
            ++mine;
        } catch (...) {
            trouble = std::current_exception();
        }
        std::string text = "done";
        if (trouble) {
            text = reason_of(trouble);
            s->troubles.emplace_back(number, trouble);
        }
        auto guard = co_await s->lock.acquire();
        co_await s->log.write(number, text);
    }
    co_await s->home.async_send({}, mine, asio::use_awaitable);
}
}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (!workers || !capacity) throw std::invalid_argument("run_pipeline");
    auto ex = co_await asio::this_coro::executor;
    auto s =
        std::make_shared<State>(std::move(items), capacity, std::move(handler), log, ex, workers);
    for (std::size_t n = workers; n-- > 0;) asio::co_spawn(ex, work(s), asio::detached);
    for (Item item : s->items) {
        auto boxed = std::make_unique<Item>(item);
        co_await s->queue.put(std::move(boxed));
    }
    s->queue.close();
    Summary summary;
    for (std::size_t n = workers; n-- > 0;)
        summary.handled += co_await s->home.async_receive(asio::use_awaitable);
    for (const auto& [number, trouble] : s->troubles)
        summary.failures.push_back({number, reason_of(trouble)});
    co_return summary;
}
