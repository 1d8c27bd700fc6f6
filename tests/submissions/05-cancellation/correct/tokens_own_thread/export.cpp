// One coroutine, a loop, and a state that is reset as soon as something went wrong.
#include "export.hpp"

#include <boost/asio.hpp>

#include <exception>
#include <optional>

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    Report report;
    std::size_t open_rows = 0;
    bool more = true;
    std::exception_ptr stopped_by;
    while (more && !stopped_by) {
        try {
            const std::optional<Row> row = co_await source.next();
            more = row.has_value();
            if (more) {
                if (open_rows == 0) co_await sink.begin();
                co_await sink.write(*row);
                ++open_rows;
            }
            if (open_rows == rows_per_batch || (!more && open_rows > 0)) {
                co_await sink.commit();
                report.rows += open_rows;
                report.batches += 1;
                open_rows = 0;
                progress.report(report.rows);
            }
        } catch (...) {
            stopped_by = std::current_exception();
        }
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (sink.batch_open()) co_await sink.rollback();
    co_await sink.close();
    if (stopped_by) std::rethrow_exception(stopped_by);
    co_return report;
}
