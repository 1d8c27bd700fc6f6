#include "export.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace {

class Exporter {
public:
    Exporter(Source& source, Sink& sink, Progress& progress)
        : source_(source), sink_(sink), progress_(progress) {}

    asio::awaitable<void> copy() {
        for (;;) {
            std::optional<Row> row = co_await source_.next();
            if (!row) break;
            if (pending_ == 0) co_await sink_.begin();
            co_await sink_.write(*row);
            if (++pending_ == rows_per_batch) co_await flush();
        }
        if (pending_ > 0) co_await flush();
    }

    asio::awaitable<void> tidy() {
        if (sink_.batch_open()) co_await sink_.rollback();
        co_await sink_.close();
    }

    const Report& report() const { return report_; }

private:
    asio::awaitable<void> flush() {
        co_await sink_.commit();
        report_.rows += std::exchange(pending_, 0);
        ++report_.batches;
        progress_.report(report_.rows);
    }

    Source& source_;
    Sink& sink_;
    Progress& progress_;
    std::size_t pending_ = 0;
    Report report_;
};

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    Exporter exporter(source, sink, progress);
    std::exception_ptr error;
    try {
        co_await exporter.copy();
    } catch (...) {
        error = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    // A thread of coroutines of its own for the tidying up: it has its own cancellation state.
    const auto executor = co_await asio::this_coro::executor;
    auto tidying = asio::co_spawn(executor, exporter.tidy(), asio::use_awaitable);
    co_await std::move(tidying);
    if (error) std::rethrow_exception(error);
    co_return exporter.report();
}
