// The copy gives back what stopped it, as a value; the caller decides.
#include "export.hpp"

#include <boost/asio.hpp>

#include <exception>
#include <optional>
#include <vector>

namespace {

struct Stopped {
    std::exception_ptr by;
};

asio::awaitable<void> flush(Sink& sink, std::size_t& rows, Report& report, Progress& progress) {
    co_await sink.commit();
    report.rows += rows;
    report.batches++;
    rows = 0;
    progress.report(report.rows);
}

asio::awaitable<Stopped> copy(Source& source, Sink& sink, Progress& progress, Report& report) {
    Stopped stopped;
    try {
        std::size_t rows = 0;
        std::optional<Row> row = co_await source.next();
        while (row) {
            if (rows == 0) co_await sink.begin();
            co_await sink.write(*row);
            rows++;
            if (rows == rows_per_batch) co_await flush(sink, rows, report, progress);
            row = co_await source.next();
        }
        if (rows > 0) co_await flush(sink, rows, report, progress);
    } catch (...) {
        stopped.by = std::current_exception();
    }
    co_return stopped;
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    Report report;
    const Stopped stopped = co_await copy(source, sink, progress, report);
    const auto nothing = [](asio::cancellation_type) { return asio::cancellation_type::none; };
    co_await asio::this_coro::reset_cancellation_state(nothing);
    if (stopped.by && sink.batch_open()) co_await sink.rollback();
    co_await sink.close();
    if (stopped.by) std::rethrow_exception(stopped.by);
    co_return report;
}
