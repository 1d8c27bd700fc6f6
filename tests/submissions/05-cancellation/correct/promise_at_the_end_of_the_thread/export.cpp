#include "export.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace {

// Copies a batch and commits it; tells how many rows it had. It leaves no batch open, whatever
// happens. It runs as a child, so the cancellation state that it resets is its own.
asio::awaitable<std::size_t> batch(Source& source, Sink& sink) {
    std::exception_ptr error;
    std::size_t rows = 0;
    try {
        while (rows < rows_per_batch) {
            const std::optional<Row> row = co_await source.next();
            if (!row) break;
            if (rows == 0) co_await sink.begin();
            co_await sink.write(*row);
            ++rows;
        }
        if (rows > 0) co_await sink.commit();
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        if (sink.batch_open()) co_await sink.rollback();
        std::rethrow_exception(error);
    }
    co_return rows;
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    const auto executor = co_await asio::this_coro::executor;
    Report report;
    std::exception_ptr error;
    try {
        std::size_t rows = 0;
        do {
            auto child = asio::co_spawn(executor, batch(source, sink), asio::use_awaitable);
            rows = co_await std::move(child);
            if (rows > 0) {
                report.rows += rows;
                ++report.batches;
                progress.report(report.rows);
            }
        } while (rows == rows_per_batch);
    } catch (...) {
        error = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await sink.close();
    if (error) std::rethrow_exception(error);
    co_return report;
}
