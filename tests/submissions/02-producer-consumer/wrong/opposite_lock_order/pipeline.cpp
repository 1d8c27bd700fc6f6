#include "pipeline.hpp"

#include <support/wait_list.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace {

// A promise of nothing but that something has ended (JavaScript's, or a one-shot event).
class Promise {
public:
    void fulfil() {
        fulfilled_ = true;
        waiting_.wake_all();
    }
    asio::awaitable<void> fulfilled() {
        while (!fulfilled_) co_await waiting_.wait();
    }

private:
    bool fulfilled_ = false;
    lockstep::WaitList waiting_;
};

// Fulfils when it goes.
class Fulfilling {
public:
    explicit Fulfilling(Promise& promise) : promise_{promise} {}
    Fulfilling(const Fulfilling&) = delete;
    Fulfilling& operator=(const Fulfilling&) = delete;
    ~Fulfilling() { promise_.fulfil(); }

private:
    Promise& promise_;
};

// No lock: each entry waits for the promise of the entry before it, and makes one itself.
class Logbook {
public:
    explicit Logbook(Log& log) : log_{log} {}

    asio::awaitable<void> enter(std::int64_t number, std::string text) {
        const auto mine = std::make_shared<Promise>();
        const std::shared_ptr<Promise> before = std::exchange(last_, mine);
        if (before) co_await before->fulfilled();
        const Fulfilling at_the_end{*mine};
        co_await log_.write(number, std::move(text));
    }

private:
    Log& log_;
    std::shared_ptr<Promise> last_;
};

asio::awaitable<Failure> outcome_of(const Handler& handler, Item item, bool& failed) {
    Failure outcome{item.number, "done"};
    failed = false;
    try {
        co_await handler(item);
    } catch (const std::exception& error) {
        failed = true;
        outcome.reason = error.what();
    }
    co_return outcome;
}

asio::awaitable<void> work(AsyncQueue<Item>& queue, const Handler& handler, Logbook& book,
                           Summary& summary, Promise& end) {
    const Fulfilling at_the_end{end};
    while (const auto item = co_await queue.get()) {
        bool failed = false;
        Failure outcome = co_await outcome_of(handler, *item, failed);
        co_await book.enter(outcome.item, outcome.reason);
        if (failed)
            summary.failures.push_back(std::move(outcome));
        else
            ++summary.handled;
    }
}

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (std::min(workers, capacity) == 0) throw std::invalid_argument{"0 workers, or 0 places"};

    AsyncQueue<Item> queue{capacity};
    Logbook book{log};
    Summary summary;
    std::vector<std::unique_ptr<Promise>> ends;
    const auto executor = co_await asio::this_coro::executor;
    for (std::size_t i = 0; i < workers; ++i) {
        ends.push_back(std::make_unique<Promise>());
        asio::co_spawn(executor, work(queue, handler, book, summary, *ends.back()), asio::detached);
    }
    for (const Item& item : items) co_await queue.put(item);
    queue.close();
    for (const std::unique_ptr<Promise>& end : ends) co_await end->fulfilled();
    co_return summary;
}
