// Tidying up is a coroutine of its own, which is spawned without a cancellation slot.
#include "export.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>

namespace {

class Batches {
public:
    Batches(Sink& sink, Progress& progress) : sink_(sink), progress_(progress) {}

    asio::awaitable<void> add(const Row& row) {
        if (!sink_.batch_open()) co_await sink_.begin();
        co_await sink_.write(row);
        ++pending_;
        if (pending_ == rows_per_batch) co_await commit();
    }
    asio::awaitable<void> commit() {
        if (pending_ == 0) co_return;
        co_await sink_.commit();
        report_.rows += pending_;
        ++report_.batches;
        pending_ = 0;
        progress_.report(report_.rows);
    }
    Report report() const { return report_; }

private:
    Sink& sink_;
    Progress& progress_;
    std::size_t pending_ = 0;
    Report report_;
};

asio::awaitable<void> copy(Source& source, Batches& batches) {
    while (const std::optional<Row> row = co_await source.next()) co_await batches.add(*row);
    co_await batches.commit();
}

asio::awaitable<void> tidy_up(Sink& sink) {
    if (sink.batch_open()) co_await sink.rollback();
    co_await sink.close();
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    Batches batches(sink, progress);
    std::exception_ptr error;
    try {
        co_await copy(source, batches);
    } catch (...) {
        error = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::co_spawn(
        executor, tidy_up(sink),
        asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
    if (error) std::rethrow_exception(error);
    co_return batches.report();
}
