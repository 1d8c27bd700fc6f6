#include "pipeline.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <sys/eventfd.h>

namespace {

int new_eventfd() {
    const int descriptor = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (descriptor < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
    return descriptor;
}

struct Shared {
    AsyncQueue<Item>& queue;
    Handler& handler;
    Log& log;
    AsyncLock& pen;
    Summary& summary;
    asio::posix::stream_descriptor& ended;
};

asio::awaitable<void> worker(Shared& shared) {
    for (;;) {
        const std::optional<Item> item = co_await shared.queue.get();
        if (!item) break;
        std::string text = "done";
        bool failed = false;
        try {
            asio::awaitable<void> handling = shared.handler(*item);
            co_await std::move(handling);
        } catch (const std::exception& error) {
            failed = true;
            text = error.what();
        }
        if (failed) {
            Failure failure;
            failure.item = item->number;
            failure.reason = text;
            shared.summary.failures.push_back(std::move(failure));
        } else {
            ++shared.summary.handled;
        }
        const AsyncLock::Guard guard = co_await shared.pen.acquire();
        co_await shared.log.write(item->number, std::move(text));
    }
    // Adds one to the counter in the kernel: never blocks, for it is far from full.
    if (::eventfd_write(shared.ended.native_handle(), 1) != 0)
        throw std::system_error{errno, std::generic_category(), "eventfd_write"};
}

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0) throw std::invalid_argument{"no workers"};
    if (capacity == 0) throw std::invalid_argument{"no capacity"};
    const auto executor = co_await asio::this_coro::executor;
    AsyncQueue<Item> queue{capacity};
    AsyncLock pen;
    Summary summary;
    asio::posix::stream_descriptor ended{executor, new_eventfd()};
    Shared shared{queue, handler, log, pen, summary, ended};
    for (std::size_t i = 0; i < workers; ++i)
        asio::co_spawn(executor, worker(shared), asio::detached);
    for (const Item item : items) co_await queue.put(item);
    queue.close();
    for (std::size_t running = workers; running > 0;) {
        co_await ended.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
        eventfd_t count = 0;  // all that have ended since the last look
        if (::eventfd_read(ended.native_handle(), &count) == 0)
            running -= static_cast<std::size_t>(count);
        else if (errno != EAGAIN)
            throw std::system_error{errno, std::generic_category(), "eventfd_read"};
    }
    co_return summary;
}
