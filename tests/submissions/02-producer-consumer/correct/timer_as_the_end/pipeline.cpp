#include "pipeline.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

// As the Asio examples do it: a session object, shared by its coroutines, and a timer that never
// expires as a signal.
namespace {

class session : public std::enable_shared_from_this<session> {
public:
    session(asio::any_io_executor ex, std::size_t workers, std::size_t capacity, Handler handler,
            Log& log)
        : ex_(std::move(ex)),
          finished_(ex_, asio::steady_timer::time_point::max()),
          queue_(capacity),
          running_(workers),
          handler_(std::move(handler)),
          log_(log) {}

    void start() {
        const std::size_t workers = running_;
        for (std::size_t i = 0; i < workers; ++i)
            asio::co_spawn(
                ex_, [self = shared_from_this()] { return self->worker(); },
                [self = shared_from_this()](std::exception_ptr e) { self->on_end(e); });
    }

    asio::awaitable<void> feed(std::vector<Item> items) {
        for (Item item : items) co_await queue_.put(item);
        queue_.close();
    }

    asio::awaitable<void> wait() {
        boost::system::error_code ignored;
        while (running_ > 0)
            co_await finished_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        if (error_) std::rethrow_exception(error_);
    }

    Summary result() { return std::move(summary_); }

private:
    asio::awaitable<void> worker() {
        while (auto item = co_await queue_.get()) co_await process(item->number);
    }

    asio::awaitable<void> process(std::int64_t number) {
        Item item;
        item.number = number;
        std::exception_ptr thrown;
        try {
            co_await handler_(item);
        } catch (...) {
            thrown = std::current_exception();
        }
        std::string line = note(number, thrown);
        auto guard = co_await log_lock_.acquire();
        co_await log_.write(number, std::move(line));
    }

    std::string note(std::int64_t number, std::exception_ptr thrown) {
        if (!thrown) {
            ++summary_.handled;
            return "done";
        }
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& e) {
            summary_.failures.push_back(Failure{number, e.what()});
        }
        return summary_.failures.back().reason;
    }

    void on_end(std::exception_ptr e) {
        if (e) error_ = e;
        if (--running_ == 0) finished_.cancel();
    }

    asio::any_io_executor ex_;
    asio::steady_timer finished_;
    AsyncQueue<Item> queue_;
    AsyncLock log_lock_;
    std::size_t running_;
    Handler handler_;
    Log& log_;
    Summary summary_;
    std::exception_ptr error_;
};

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (!workers || !capacity) throw std::invalid_argument("workers and capacity must not be 0");
    asio::any_io_executor ex = co_await asio::this_coro::executor;
    auto s = std::make_shared<session>(ex, workers, capacity, std::move(handler), log);
    s->start();
    co_await s->feed(std::move(items));
    co_await s->wait();
    co_return s->result();
}
