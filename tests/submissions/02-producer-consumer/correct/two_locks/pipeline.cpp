#include "pipeline.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <stdexcept>

// The workers' log entries go through a line of their own: who comes while somebody writes, queues
// for its turn by ticket.
namespace {
class Turns {
public:
    asio::awaitable<void> mine() {
        const std::size_t ticket = drawn_++;
        while (ticket != serving_) co_await waiting_.wait();
    }
    void next() {
        ++serving_;
        waiting_.wake_all();
    }

private:
    std::size_t drawn_ = 0, serving_ = 0;
    lockstep::WaitList waiting_;
};

struct Bench {
    AsyncQueue<Item> queue;
    Handler handler;
    Log& log;
    Turns turns{};
    Summary summary{};
    std::size_t at_work = 0;
    lockstep::WaitList doorbell{};
};

asio::awaitable<std::optional<Failure>> try_one(Bench& b, Item item) {
    try {
        co_await b.handler(item);
    } catch (const std::exception& e) {
        co_return Failure{item.number, e.what()};
    }
    co_return std::nullopt;
}

asio::awaitable<void> work(Bench& b) {
    while (auto item = co_await b.queue.get()) {
        auto failure = co_await try_one(b, *item);
        co_await b.turns.mine();
        if (failure) {
            co_await b.log.write(item->number, failure->reason);
            b.summary.failures.push_back(std::move(*failure));
        } else {
            co_await b.log.write(item->number, "done");
            ++b.summary.handled;
        }
        b.turns.next();
    }
    --b.at_work;
    b.doorbell.wake_all();
}

asio::awaitable<void> feed(Bench& b, std::vector<Item> items) {
    for (Item i : items) co_await b.queue.put(i);
    b.queue.close();
}

asio::awaitable<void> all_gone(Bench& b) {
    while (b.at_work > 0) co_await b.doorbell.wait();
}
}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    using namespace asio::experimental::awaitable_operators;
    if (workers == 0 || capacity == 0) throw std::invalid_argument("0");
    Bench b{.queue = AsyncQueue<Item>(capacity), .handler = std::move(handler), .log = log};
    auto ex = co_await asio::this_coro::executor;
    for (b.at_work = 0; b.at_work < workers; ++b.at_work)
        asio::co_spawn(ex, work(b), asio::detached);
    co_await (feed(b, std::move(items)) && all_gone(b));
    co_return std::move(b.summary);
}
