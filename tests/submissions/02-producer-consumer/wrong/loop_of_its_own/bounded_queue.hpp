#pragma once

#include <support/queue_closed.hpp>
#include <support/todo.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

using lockstep::QueueClosed;
using lockstep::todo;

template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : capacity_{capacity} {
        if (capacity == 0) throw std::invalid_argument{"BoundedQueue: capacity 0"};
    }
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    void put(T item) {
        std::unique_lock lock{mutex_};
        not_full_.wait(lock, [this] { return closed_ || items_.size() < capacity_; });
        if (closed_) throw QueueClosed{};
        items_.push_back(std::move(item));
        ++unfinished_;
        not_empty_.notify_one();
    }

    std::optional<T> get() {
        std::unique_lock lock{mutex_};
        not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
        if (items_.empty()) return std::nullopt;
        std::optional<T> item{std::in_place, std::move(items_.front())};
        items_.pop_front();
        not_full_.notify_one();
        return item;
    }

    void close() {
        const std::lock_guard lock{mutex_};
        closed_ = true;
        not_full_.notify_all();
        not_empty_.notify_all();
    }

    void task_done() {
        const std::lock_guard lock{mutex_};
        if (unfinished_ == 0) throw std::logic_error{"BoundedQueue: one task_done too many"};
        if (--unfinished_ == 0) all_done_.notify_all();
    }

    void join() {
        std::unique_lock lock{mutex_};
        all_done_.wait(lock, [this] { return unfinished_ == 0; });
    }

private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable not_full_;
    std::condition_variable not_empty_;
    std::condition_variable all_done_;
    std::deque<T> items_;
    std::size_t unfinished_ = 0;
    bool closed_ = false;
};
