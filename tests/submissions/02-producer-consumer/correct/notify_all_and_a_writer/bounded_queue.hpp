#pragma once

#include <support/queue_closed.hpp>

#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

using lockstep::QueueClosed;

// One condition variable for everything: whoever changes something wakes everybody.
template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {
        if (capacity < 1) throw std::invalid_argument("capacity must be at least 1");
    }

    void put(T item) {
        std::list<T> node;  // the allocation is made before the lock is taken
        node.push_back(std::move(item));
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [&] { return closed_ || items_.size() != capacity_; });
        if (closed_) throw QueueClosed();
        items_.splice(items_.end(), node);
        pending_++;
        changed_.notify_all();
    }

    std::optional<T> get() {
        std::list<T> node;
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [&] { return closed_ || !items_.empty(); });
        if (items_.empty()) return {};
        node.splice(node.begin(), items_, items_.begin());
        changed_.notify_all();
        lock.unlock();
        return std::optional<T>(std::move(node.front()));
    }

    void close() {
        std::unique_lock<std::mutex> lock(mutex_);
        if (closed_) return;
        closed_ = true;
        changed_.notify_all();
    }

    void task_done() {
        std::unique_lock<std::mutex> lock(mutex_);
        if (pending_ == 0) throw std::logic_error("there is no task to be done");
        pending_--;
        changed_.notify_all();
    }

    void join() {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [&] { return pending_ == 0; });
    }

private:
    std::size_t capacity_;
    std::size_t pending_ = 0;
    bool closed_ = false;
    std::list<T> items_;
    std::mutex mutex_;
    std::condition_variable changed_;
};
