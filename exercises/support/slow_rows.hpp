// The simulated world of exercise 05's coroutine: a source and a sink that take their time.
//
// A header alone, because it has to be compiled as its includer's Asio is. Everything is recorded
// in the trace, in the lab:
//
//   spans "read" (value: which row, from 0; the one that finds no more has the next), "begin",
//   "commit", "rollback" (value: the batch, from 0), "write" (the row), "close" (the number of
//   batches kept); each ends as done, failed, or cancelled
//   events "progress" (rows), "out of place" (value: the call, an index into `sink_calls`)
#pragma once

#include <support/rows.hpp>

#include <lab/events.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep {

using Delay = std::chrono::nanoseconds;

/// A wait that leaves a span, and throws RowError at its end if it is to.
inline boost::asio::awaitable<void> take_time(std::string_view label, std::int64_t value,
                                              Delay time, bool fails = false) {
    lab::Span span{label, value};
    boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, time};
    try {
        co_await timer.async_wait(boost::asio::use_awaitable);
    } catch (const boost::system::system_error&) {
        span.end(lab::Outcome::cancelled);
        throw;
    }
    if (fails) throw RowError{static_cast<int>(value)};
}

/// A row for each latency, of which the first has the number `first`; the row that would be the
/// `fails`-th, from 0, throws (-1: none does).
class SlowSource final : public Source {
public:
    explicit SlowSource(std::vector<Delay> latencies, std::int64_t fails = -1, int first = 0)
        : latencies_{std::move(latencies)}, fails_{fails}, first_{first} {}

    boost::asio::awaitable<std::optional<Row>> next() override {
        const std::size_t row = next_;
        const Delay time = row < latencies_.size() ? latencies_[row] : Delay{1'000'000};
        const auto number = static_cast<std::int64_t>(row);
        co_await take_time("read", number, time, number == fails_);
        if (row >= latencies_.size()) co_return std::nullopt;
        ++next_;
        std::optional<Row> read;
        read.emplace(Row{first_ + static_cast<int>(row), "row " + std::to_string(row)});
        co_return read;
    }

private:
    std::vector<Delay> latencies_;
    std::int64_t fails_;
    int first_;
    std::size_t next_ = 0;
};

inline constexpr std::array<std::string_view, 5> sink_calls{"begin", "write", "commit", "rollback",
                                                            "close"};

/// How long a call takes, in the order of `sink_calls`.
using SinkTimes = std::array<Delay, sink_calls.size()>;

class SlowSink final : public Sink {
public:
    explicit SlowSink(const SinkTimes& times, std::int64_t fails = -1)
        : times_{times}, fails_{fails} {}

    boost::asio::awaitable<void> begin() override {
        demand(!open_, 0);
        co_await take_time("begin", batch_, times_[0]);
        open_ = true;
    }
    boost::asio::awaitable<void> write(const Row& row) override {
        demand(open_, 1);
        const int number = row.number;
        co_await take_time("write", number, times_[1], number == fails_);
        written_.push_back(number);
    }
    boost::asio::awaitable<void> commit() override {
        demand(open_, 2);
        co_await take_time("commit", batch_, times_[2]);
        kept_.insert(kept_.end(), written_.begin(), written_.end());
        end_batch();
    }
    boost::asio::awaitable<void> rollback() override {
        demand(open_, 3);
        co_await take_time("rollback", batch_, times_[3]);
        end_batch();
    }
    boost::asio::awaitable<void> close() override {
        demand(!open_, 4);
        co_await take_time("close", batch_, times_[4]);
        closed_ = true;
    }
    [[nodiscard]] bool batch_open() const override { return open_; }

    /// The numbers of the rows in committed batches.
    [[nodiscard]] const std::vector<std::int64_t>& kept() const noexcept { return kept_; }
    [[nodiscard]] bool closed() const noexcept { return closed_; }

private:
    void demand(bool in_place, std::size_t call) const {
        if (in_place && !closed_) return;
        lab::event("out of place", static_cast<std::int64_t>(call));
        throw std::logic_error{
            "The sink was called out of place: " + std::string{sink_calls[call]} + " when " +
            (closed_ ? "it is closed."
             : open_ ? "a batch is open."
                     : "no batch is open.")};
    }
    void end_batch() {
        open_ = false;
        written_.clear();
        ++batch_;
    }

    SinkTimes times_;
    std::int64_t fails_;
    std::int64_t batch_ = 0;
    bool open_ = false;
    bool closed_ = false;
    std::vector<std::int64_t> written_;
    std::vector<std::int64_t> kept_;
};

class KeptProgress final : public Progress {
public:
    void report(std::size_t rows) override {
        lab::event("progress", static_cast<std::int64_t>(rows));
        reports_.push_back(static_cast<std::int64_t>(rows));
    }
    [[nodiscard]] const std::vector<std::int64_t>& reports() const noexcept { return reports_; }

private:
    std::vector<std::int64_t> reports_;
};

}  // namespace lockstep
