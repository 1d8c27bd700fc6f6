#include "export.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace {

/// Says good-bye, but does not hang if the other side does not answer.
asio::awaitable<void> close(Sink& sink) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer limit{co_await asio::this_coro::executor, std::chrono::seconds{1}};
    auto either = sink.close() || limit.async_wait(asio::use_awaitable);
    co_await std::move(either);
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    Report report;
    std::exception_ptr error;
    try {
        std::size_t in_batch = 0;
        for (;;) {
            const std::optional<Row> row = co_await source.next();
            if (!row) break;
            if (in_batch == 0) co_await sink.begin();
            co_await sink.write(*row);
            if (++in_batch < rows_per_batch) continue;
            co_await sink.commit();
            report.rows += in_batch;
            ++report.batches;
            in_batch = 0;
            progress.report(report.rows);
        }
        if (in_batch > 0) {
            co_await sink.commit();
            report.rows += in_batch;
            ++report.batches;
            progress.report(report.rows);
        }
    } catch (...) {
        error = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (sink.batch_open()) co_await sink.rollback();
    co_await close(sink);
    if (error) std::rethrow_exception(error);
    co_return report;
}
