#include "export.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>

namespace {

asio::awaitable<Report> copy(Source& source, Sink& sink, Progress& progress) {
    Report report;
    for (bool more = true; more;) {
        std::size_t rows = 0;
        for (; rows < rows_per_batch; ++rows) {
            const std::optional<Row> row = co_await source.next();
            more = row.has_value();
            if (!more) break;
            if (rows == 0) co_await sink.begin();
            co_await sink.write(*row);
        }
        if (rows == 0) break;
        co_await sink.commit();
        report.rows += rows;
        ++report.batches;
        progress.report(report.rows);
    }
    co_return report;
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    const auto executor = co_await asio::this_coro::executor;
    std::exception_ptr error;
    Report report;
    try {
        auto group = asio::experimental::make_parallel_group(
            asio::co_spawn(executor, copy(source, sink, progress), asio::deferred));
        const auto [order, thrown, copied] = co_await group.async_wait(
            asio::experimental::wait_for_all(), asio::use_awaitable);
        error = thrown;
        report = copied;
    } catch (...) {
        error = std::current_exception();  // it was cancelled before the group was there
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (sink.batch_open()) co_await sink.rollback();
    co_await sink.close();
    if (error) std::rethrow_exception(error);
    co_return report;
}
