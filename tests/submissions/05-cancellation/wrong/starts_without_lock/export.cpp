#include "export.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <optional>

namespace {

asio::awaitable<void> copy(Source& source, Sink& sink, Progress& progress, Report& report) {
    std::size_t in_batch = 0;
    const auto commit = [&]() -> asio::awaitable<void> {
        co_await sink.commit();
        report.rows += in_batch;
        ++report.batches;
        in_batch = 0;
        progress.report(report.rows);
    };
    for (;;) {
        const std::optional<Row> row = co_await source.next();
        if (!row) break;
        if (in_batch == 0) co_await sink.begin();
        co_await sink.write(*row);
        if (++in_batch == rows_per_batch) co_await commit();
    }
    if (in_batch > 0) co_await commit();
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    Report report;
    std::exception_ptr problem;
    try {
        co_await copy(source, sink, progress, report);
    } catch (...) {
        // An error or a cancellation: what is to be done is the same, and must be done outside, for
        // a handler can't co_await.
        problem = std::current_exception();
    }

    // A coroutine that was cancelled stays so: each further co_await would throw. So begin anew, in
    // a state that no cancellation reaches.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (sink.batch_open()) co_await sink.rollback();
    co_await sink.close();

    if (problem) std::rethrow_exception(problem);
    co_return report;
}
