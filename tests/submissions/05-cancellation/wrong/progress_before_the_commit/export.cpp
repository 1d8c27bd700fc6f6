#include "export.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <optional>

namespace {

asio::awaitable<std::size_t> fill_batch(Source& source, Sink& sink) {
    std::size_t rows = 0;
    while (rows < rows_per_batch) {
        const std::optional<Row> row = co_await source.next();
        if (!row) break;
        if (rows == 0) co_await sink.begin();
        co_await sink.write(*row);
        ++rows;
    }
    co_return rows;
}

asio::awaitable<void> fill_all(Source& source, Sink& sink, Progress& progress, Report& report) {
    std::size_t rows = 0;
    do {
        rows = co_await fill_batch(source, sink);
        if (rows == 0) break;
        report.rows += rows;
        report.batches += 1;
        progress.report(report.rows);
        co_await sink.commit();
    } while (rows == rows_per_batch);
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    Report report;
    std::exception_ptr cause;
    try {
        co_await fill_all(source, sink, progress, report);
    } catch (...) {
        cause = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (sink.batch_open()) co_await sink.rollback();
    co_await sink.close();
    if (cause) std::rethrow_exception(cause);
    co_return report;
}
