// The bounded queue for coroutines, with defined semantics for closing.
// (asio::experimental::channel has none: Boost 1.81's drops what is in it, and no version's close
// wakes those who wait to send.)
#pragma once

#include <support/queue_closed.hpp>
#include <support/wait_list.hpp>

#include <lab/events.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace lockstep {

/// Tells the queues of a run apart: 0, 1, 2, … in the order in which they are made, from 0 again
/// when there is none left.
class QueueNumber {
public:
    QueueNumber() : number_{alive_++ == 0 ? restart() : next_++} {}
    QueueNumber(const QueueNumber&) = delete;
    QueueNumber& operator=(const QueueNumber&) = delete;
    ~QueueNumber() { --alive_; }
    [[nodiscard]] std::int64_t value() const noexcept { return number_; }

private:
    static std::int64_t restart() noexcept {
        next_ = 1;
        return 0;
    }
    inline static std::atomic<std::int64_t> alive_ = 0;
    inline static std::atomic<std::int64_t> next_ = 0;
    std::int64_t number_;
};

/// First in, first out. Not thread-safe: all its users run on one event loop. It must outlive them.
///
/// In the lab each item put leaves an event "queue" (the queue's number) and an event "queued" (how
/// many items are in it then); each item taken out an event "queue" and an event "taken"
/// (likewise).
template <typename T>
class AsyncQueue {
public:
    /// Throws std::invalid_argument when the capacity is 0.
    explicit AsyncQueue(std::size_t capacity) : capacity_{capacity} {
        if (capacity == 0) throw std::invalid_argument{"A queue needs a capacity of 1 or more."};
    }

    /// Suspends while the queue is full. Throws QueueClosed when it is closed, or is being closed
    /// meanwhile: then the item is not in it.
    [[nodiscard]] boost::asio::awaitable<void> put(T item) {
        while (!closed_ && items_.size() >= capacity_) co_await not_full_.wait();
        if (closed_) throw QueueClosed{};
        items_.push_back(std::move(item));
        tell("queued");
        not_empty_.wake_one();
    }

    /// Suspends while the queue is empty and open. Nothing once it is closed and drained.
    [[nodiscard]] boost::asio::awaitable<std::optional<T>> get() {
        while (!closed_ && items_.empty()) co_await not_empty_.wait();
        std::optional<T> item;
        if (!items_.empty()) {
            item.emplace(std::move(items_.front()));
            items_.pop_front();
            tell("taken");
            not_full_.wake_one();
        }
        co_return item;
    }

    /// Nothing more is put into it; what is in it can still be taken out. Wakes everybody. A second
    /// call does nothing.
    void close() {
        closed_ = true;
        not_full_.wake_all();
        not_empty_.wake_all();
    }

private:
    void tell(std::string_view what) const {
        lab::event("queue", number_.value());
        lab::event(what, static_cast<std::int64_t>(items_.size()));
    }

    QueueNumber number_;
    std::size_t capacity_;
    bool closed_ = false;
    std::deque<T> items_;
    WaitList not_full_;
    WaitList not_empty_;
};

}  // namespace lockstep
