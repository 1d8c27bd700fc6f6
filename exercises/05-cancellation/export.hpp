// Exercise 05, task 2: what export.cpp has to define. This header is the specification.
#pragma once

#include <support/rows.hpp>
#include <support/todo.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>

namespace asio = boost::asio;

using lockstep::Progress;
using lockstep::Row;
using lockstep::RowError;
using lockstep::Sink;
using lockstep::Source;
using lockstep::todo;

inline constexpr std::size_t rows_per_batch = 3;

struct Report {
    std::size_t rows = 0;     // committed
    std::size_t batches = 0;  // committed
};

// Copies all rows of `source` to `sink`, in their order. support/rows.hpp says what the two can do.
//
// - Rows go in batches of `rows_per_batch`; the last one may be shorter, and none is empty: a batch
//   is begun when there is a row for it. Each row is written before the next one is read, and a
//   full batch committed.
// - After each commit `progress` is told how many rows have been committed by then.
// - However it ends, it ends tidily: if a batch is open, it is rolled back, once; then the sink is
//   closed, once. What has been committed stays. This tidying up takes time, and a cancellation
//   that arrives in the middle of it does not cut it short.
// - An error of the source or the sink ends it: tidy up, then let the exception out.
// - When the coroutine is cancelled, whatever it awaits ends at once. Nothing more is read or
//   written: tidy up, then let boost::system::system_error with asio::error::operation_aborted out.
//   It is neither an error of another kind nor a success.
// - Once the source has no more rows and the last batch has been committed, only closing is left:
//   too late to cancel; the report is returned.
// - When it is over nothing of it is left in the event loop, which it has never blocked.
asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress);
