#include "pipeline.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <stdexcept>

namespace {

// Held by everybody who uses it. The last worker to end cancels the timer that run_pipeline waits
// for.
struct State {
    State(asio::any_io_executor executor, std::size_t capacity, Handler h, Log& l)
        : queue(capacity), handler(std::move(h)), log(l),
          all_ended(executor, asio::steady_timer::time_point::max()) {}

    AsyncQueue<Item> queue;
    Handler handler;
    Log& log;
    AsyncLock log_lock;
    Summary summary;
    std::size_t running = 0;
    asio::steady_timer all_ended;
};

asio::awaitable<void> worker(std::shared_ptr<State> state) {
    for (;;) {
        auto item = co_await state->queue.get();
        if (!item.has_value()) break;
        std::string failure;  // or "done"
        bool failed = false;
        try {
            co_await state->handler(item.value());
        } catch (std::exception& e) {
            failed = true;
            failure = e.what();
        }
        if (failed)
            state->summary.failures.push_back({item->number, failure});
        else
            state->summary.handled++;
        if (!failed) failure = "done";
        auto guard = co_await state->log_lock.acquire();
        co_await state->log.write(item->number, failure);
    }
}

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0) throw std::invalid_argument("workers == 0");
    auto executor = co_await asio::this_coro::executor;
    auto state = std::make_shared<State>(executor, capacity, handler, log);
    auto ended = [state](std::exception_ptr) {
        if (--state->running == 0) state->all_ended.cancel();
    };
    for (std::size_t i = 0; i < workers; i++) {
        state->running++;
        asio::co_spawn(executor, worker(state), ended);
    }
    for (auto& item : items) co_await state->queue.put(item);
    state->queue.close();
    while (state->running > 0) {
        try {
            co_await state->all_ended.async_wait(asio::use_awaitable);
        } catch (const boost::system::system_error&) {
            // cancelled: that is the sign
        }
    }
    co_return state->summary;
}
