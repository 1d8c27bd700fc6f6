#pragma once

#include <support/queue_closed.hpp>
#include <support/todo.hpp>

#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

using lockstep::QueueClosed;
using lockstep::todo;

// Two things, each with a mutex of its own: the items, and the account of what is unfinished.
template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {
        if (capacity == 0) throw std::invalid_argument("capacity must be positive");
    }
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    void put(T item) {
        std::unique_lock items_lock(items_mutex_);
        not_full_.wait(items_lock, [this] { return closed_ || items_.size() < capacity_; });
        if (closed_) throw QueueClosed();
        items_.push_back(std::move(item));
        {
            // Still with the items' lock: it must be counted before it can be taken out.
            std::lock_guard account_lock(account_mutex_);
            ++unfinished_;
        }
        not_empty_.notify_one();
    }

    std::optional<T> get() {
        std::unique_lock items_lock(items_mutex_);
        not_empty_.wait(items_lock, [this] { return closed_ || !items_.empty(); });
        if (items_.empty()) return std::nullopt;
        std::optional<T> item(std::move(items_.front()));
        items_.pop_front();
        not_full_.notify_one();
        return item;
    }

    void close() {
        std::lock_guard items_lock(items_mutex_);
        closed_ = true;
        not_full_.notify_all();
        not_empty_.notify_all();
    }

    void task_done() {
        std::lock_guard account_lock(account_mutex_);
        // The items must stand still meanwhile: nobody may put one between our look and the news.
        std::lock_guard items_lock(items_mutex_);
        if (unfinished_ == 0) throw std::logic_error("task_done: nothing unfinished");
        --unfinished_;
        if (unfinished_ == 0) all_done_.notify_all();
    }

    void join() {
        std::unique_lock account_lock(account_mutex_);
        all_done_.wait(account_lock, [this] { return unfinished_ == 0; });
    }

private:
    const std::size_t capacity_;

    std::mutex items_mutex_;
    std::condition_variable not_full_;
    std::condition_variable not_empty_;
    std::list<T> items_;
    bool closed_ = false;

    std::mutex account_mutex_;
    std::condition_variable all_done_;
    std::size_t unfinished_ = 0;
};
