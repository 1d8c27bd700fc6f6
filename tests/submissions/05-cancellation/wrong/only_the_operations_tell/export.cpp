#include "export.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <optional>

#include <utility>

namespace {

using Error = std::exception_ptr;

// Errors as values, a cancellation's included: what is awaited ends with operation_aborted.
asio::awaitable<Error> result_of(asio::awaitable<void> operation) {
    Error error;
    try {
        co_await std::move(operation);
    } catch (...) {
        error = std::current_exception();
    }
    co_return error;
}

asio::awaitable<Error> read(Source& source, std::optional<Row>& row) {
    Error error;
    try {
        row = co_await source.next();
    } catch (...) {
        error = std::current_exception();
    }
    co_return error;
}

asio::awaitable<Error> copy(Source& source, Sink& sink, Progress& progress, Report& report) {
    std::size_t rows = 0;
    for (;;) {
        std::optional<Row> row;
        Error error = co_await read(source, row);
        if (error) co_return error;
        if (row) {
            if (rows == 0) {
                error = co_await result_of(sink.begin());
                if (error) co_return error;
            }
            error = co_await result_of(sink.write(*row));
            if (error) co_return error;
            ++rows;
        }
        if (rows == rows_per_batch || (!row && rows > 0)) {
            error = co_await result_of(sink.commit());
            if (error) co_return error;
            report.rows += std::exchange(rows, 0);
            ++report.batches;
            progress.report(report.rows);
        }
        if (!row) co_return Error{};
    }
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    // No co_await of ours throws by itself: the operations' own errors tell of a cancellation.
    co_await asio::this_coro::throw_if_cancelled(false);
    Report report;
    const Error error = co_await copy(source, sink, progress, report);
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await asio::this_coro::throw_if_cancelled(true);
    if (sink.batch_open()) co_await sink.rollback();
    co_await sink.close();
    if (error) std::rethrow_exception(error);
    co_return report;
}
