// What an export reads from, writes to, and tells of: the interfaces that exercise 05 is given.
//
// All of it is used on one event loop, by one coroutine at a time. Every function that returns an
// awaitable takes time, during which the loop runs other tasks; cancelling the task that awaits one
// ends it at once, with boost::system::system_error (asio::error::operation_aborted).
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>

namespace lockstep {

struct Row {
    int number = 0;
    std::string text;
};

/// Thrown by `Source::next` and `Sink::write` for a row that cannot be had, or kept.
class RowError : public std::runtime_error {
public:
    explicit RowError(int row)
        : std::runtime_error{"Row " + std::to_string(row) + " is damaged."}, row_{row} {}

    [[nodiscard]] int row() const noexcept { return row_; }

private:
    int row_;
};

class Source {
public:
    virtual ~Source() = default;
    /// The next row; nothing after the last one. May throw RowError.
    virtual boost::asio::awaitable<std::optional<Row>> next() = 0;
};

/// Keeps rows in batches: what is written counts once its batch has been committed. A call out of
/// place (there is no open batch, there is one already, it is closed) throws std::logic_error.
class Sink {
public:
    virtual ~Sink() = default;
    /// Opens a batch. Cancelled: it is not open.
    virtual boost::asio::awaitable<void> begin() = 0;
    /// Adds a row to the open batch. May throw RowError.
    virtual boost::asio::awaitable<void> write(const Row& row) = 0;
    /// Keeps the rows of the open batch for good. Cancelled: they are not kept, and the batch is
    /// still open.
    virtual boost::asio::awaitable<void> commit() = 0;
    /// Takes the rows of the open batch out again. Cancelled: the batch is still open, and half of
    /// its rows are still there.
    virtual boost::asio::awaitable<void> rollback() = 0;
    /// Says good-bye to the other side. No batch may be open. Cancelled: the other side waits for
    /// ever.
    virtual boost::asio::awaitable<void> close() = 0;
    /// Whether a batch is open: begun, and neither committed nor rolled back.
    [[nodiscard]] virtual bool batch_open() const = 0;
};

class Progress {
public:
    virtual ~Progress() = default;
    /// `rows`: how many have been committed so far. Takes no time.
    virtual void report(std::size_t rows) = 0;
};

}  // namespace lockstep
