#include "pipeline.hpp"

#include <exception>
#include <stdexcept>

// The producer is a coroutine of its own; the caller works too, as one of the workers.
namespace {

class Crew {
public:
    Crew(std::size_t size, std::size_t capacity, Handler& handler, Log& log)
        : queue_{capacity}, left_{size}, handler_{handler}, log_{log} {}

    asio::awaitable<void> feed(std::vector<Item>& items) {
        for (Item& item : items) co_await queue_.put(item);
        queue_.close();
        leave();
    }

    asio::awaitable<void> work() {
        while (auto item = co_await queue_.get()) {
            try {
                co_await handler_(*item);
                note(item->number, "done");
            } catch (const std::exception& error) {
                note(item->number, error.what());
                summary.failures.push_back({item->number, error.what()});
            }
            // Whoever finds nobody writing writes for all.
            if (writing_) continue;
            writing_ = true;
            while (!notes_.empty()) {
                Failure next = notes_.front();
                notes_.erase(notes_.begin());
                co_await log_.write(next.item, next.reason);
            }
            writing_ = false;
        }
        leave();
    }

    asio::awaitable<void> all_left() {
        while (left_ > 0) co_await gone_.wait();
    }

    Summary summary;

private:
    void note(std::int64_t number, const char* text) { notes_.push_back({number, text}); }
    void leave() {
        --left_;
        gone_.wake_all();
    }

    AsyncQueue<Item> queue_;
    std::size_t left_;
    lockstep::WaitList gone_;
    Handler& handler_;
    Log& log_;
    bool writing_ = false;
    std::vector<Failure> notes_;
};

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0 || capacity == 0) throw std::invalid_argument{"workers or capacity is 0"};
    Crew crew{workers + 1, capacity, handler, log};
    auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, crew.feed(items), asio::detached);
    for (std::size_t i = 1; i < workers; ++i)
        asio::co_spawn(executor, crew.work(), asio::detached);
    co_await crew.work();
    co_await crew.all_left();
    crew.summary.handled = items.size() - crew.summary.failures.size();
    co_return crew.summary;
}
