// The work is a task that is spawned and awaited; its error comes back as a value.
#include "export.hpp"

#include <boost/asio.hpp>

#include <exception>
#include <optional>

namespace {

asio::awaitable<Report> copy(Source& source, Sink& sink, Progress& progress) {
    Report report;
    for (std::size_t rows = 0;;) {
        const std::optional<Row> row = co_await source.next();
        if (row) {
            if (rows == 0) co_await sink.begin();
            co_await sink.write(*row);
            ++rows;
        }
        if (rows > 0 && (!row || rows == rows_per_batch)) {
            co_await sink.commit();
            report.rows += rows;
            ++report.batches;
            rows = 0;
            progress.report(report.rows);
        }
        if (!row) co_return report;
    }
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    const auto executor = co_await asio::this_coro::executor;
    const auto as_values = asio::as_tuple(asio::use_awaitable);
    // A cancellation of this coroutine is handed on to the one that it awaits.
    const auto [error, report] =
        co_await asio::co_spawn(executor, copy(source, sink, progress), as_values);
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (sink.batch_open()) co_await sink.rollback();
    co_await sink.close();
    if (error) std::rethrow_exception(error);
    co_return report;
}
