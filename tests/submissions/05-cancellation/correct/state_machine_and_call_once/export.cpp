#include "export.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <optional>

namespace {

enum class State { reading, beginning, writing, committing, tidying };

struct Machine {
    State state = State::reading;
    std::optional<Row> row{};
    bool exhausted = false;
    std::size_t in_batch = 0;
    Report report{};
};

State after_reading(const Machine& m) {
    if (m.row) return m.in_batch == 0 ? State::beginning : State::writing;
    return m.in_batch == 0 ? State::tidying : State::committing;
}

asio::awaitable<void> advance(Machine& m, Source& source, Sink& sink, Progress& progress) {
    switch (m.state) {
    case State::reading:
        m.row = co_await source.next();
        m.exhausted = !m.row;
        m.state = after_reading(m);
        break;
    case State::beginning:
        co_await sink.begin();
        m.state = State::writing;
        break;
    case State::writing:
        co_await sink.write(*m.row);
        ++m.in_batch;
        m.state = m.in_batch == rows_per_batch ? State::committing : State::reading;
        break;
    case State::committing:
        co_await sink.commit();
        m.report.rows += m.in_batch;
        m.report.batches += 1;
        m.in_batch = 0;
        progress.report(m.report.rows);
        m.state = m.exhausted ? State::tidying : State::reading;
        break;
    case State::tidying: break;
    }
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    Machine machine;
    std::exception_ptr error;
    try {
        while (machine.state != State::tidying) co_await advance(machine, source, sink, progress);
    } catch (...) {
        error = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (sink.batch_open()) co_await sink.rollback();
    co_await sink.close();
    if (error) std::rethrow_exception(error);
    co_return machine.report;
}
