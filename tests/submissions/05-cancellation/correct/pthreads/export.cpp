#include "export.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <optional>

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    Report rep = {0, 0};
    std::size_t n = 0; /* rows in the batch that is open */
    int more = 1;
    int open = 0;
    std::exception_ptr err = nullptr;

    try {
        do {
            std::optional<Row> row = co_await source.next();
            more = row.has_value();
            if (more) {
                if (!open) {
                    co_await sink.begin();
                    open = 1;
                }
                co_await sink.write(row.value());
                n++;
            }
            if (open && (n == rows_per_batch || !more)) {
                co_await sink.commit();
                open = 0;
                rep.rows += n;
                rep.batches++;
                n = 0;
                progress.report(rep.rows);
            }
        } while (more);
    } catch (...) {
        err = std::current_exception();
    }

    /* the only exit */
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (open) co_await sink.rollback();
    co_await sink.close();
    if (err) std::rethrow_exception(err);
    co_return rep;
}
