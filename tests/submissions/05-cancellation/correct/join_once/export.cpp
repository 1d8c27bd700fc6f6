// The state is asked, and nothing is thrown behind the back: throw_if_cancelled is off.
#include "export.hpp"

#include <boost/asio.hpp>

#include <exception>
#include <optional>

namespace {

// Whether the exception that is being handled came of a cancellation.
bool is_cancellation(const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
}

// A request may come just when something ends well: then only the state tells.
void go_on_unless(const asio::cancellation_state& state) {
    if (state.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    co_await asio::this_coro::throw_if_cancelled(false);
    Report report;
    std::size_t waiting = 0;
    bool cancelled = false;
    std::exception_ptr error;
    try {
        for (bool end = false; !end;) {
            go_on_unless(co_await asio::this_coro::cancellation_state);
            const std::optional<Row> row = co_await source.next();
            end = !row;
            if (row) {
                go_on_unless(co_await asio::this_coro::cancellation_state);
                if (waiting == 0) co_await sink.begin();
                go_on_unless(co_await asio::this_coro::cancellation_state);
                co_await sink.write(*row);
                ++waiting;
            }
            if (waiting == rows_per_batch || (end && waiting > 0)) {
                go_on_unless(co_await asio::this_coro::cancellation_state);
                co_await sink.commit();
                report = {report.rows + waiting, report.batches + 1};
                waiting = 0;
                progress.report(report.rows);
            }
        }
    } catch (const boost::system::system_error& thrown) {
        cancelled = is_cancellation(thrown);
        if (!cancelled) error = std::current_exception();
    } catch (...) {
        error = std::current_exception();
    }
    const asio::disable_cancellation none;
    co_await asio::this_coro::reset_cancellation_state(none, none);
    if (sink.batch_open()) co_await sink.rollback();
    co_await sink.close();
    if (cancelled) throw boost::system::system_error(asio::error::operation_aborted);
    if (error) std::rethrow_exception(error);
    co_return report;
}
