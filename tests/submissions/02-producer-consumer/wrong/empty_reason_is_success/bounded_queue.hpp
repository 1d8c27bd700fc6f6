#pragma once

#include <support/queue_closed.hpp>

#include <condition_variable>
#include <cstddef>
#include <map>
#include <optional>
#include <shared_mutex>
#include <stdexcept>
#include <utility>

using lockstep::QueueClosed;

// Items by their running number: a map from the first to the last that is in the queue.
template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {
        if (capacity == 0) throw std::invalid_argument("A queue must have room.");
    }

    void put(T item) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closed_ || next_ - first_ < capacity_; });
        if (closed_) throw QueueClosed();
        items_.emplace(next_, std::move(item));
        ++next_;
        lock.unlock();
        changed_.notify_all();
    }

    std::optional<T> get() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closed_ || next_ != first_; });
        if (next_ == first_) return std::nullopt;
        auto node = items_.extract(first_);
        ++first_;
        lock.unlock();
        changed_.notify_all();
        return std::optional<T>(std::move(node.mapped()));
    }

    void close() {
        std::unique_lock lock(mutex_);
        closed_ = true;
        lock.unlock();
        changed_.notify_all();
    }

    void task_done() {
        std::unique_lock lock(mutex_);
        if (done_ == next_) throw std::logic_error("All tasks were done before.");
        ++done_;
        lock.unlock();
        changed_.notify_all();
    }

    void join() {
        std::shared_lock lock(mutex_);
        changed_.wait(lock, [this] { return done_ == next_; });
    }

private:
    const std::size_t capacity_;
    std::shared_mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::size_t, T> items_;
    std::size_t first_ = 0;
    std::size_t next_ = 0;
    std::size_t done_ = 0;
    bool closed_ = false;
};
