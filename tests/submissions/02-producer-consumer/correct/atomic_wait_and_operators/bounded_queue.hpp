#pragma once

#include <support/queue_closed.hpp>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <queue>
#include <stdexcept>
#include <utility>

using lockstep::QueueClosed;

// No condition variable: a number that every change counts up, and atomic::wait for its change.
template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : capacity_{capacity} {
        if (capacity_ == 0) throw std::invalid_argument{"no room"};
    }

    void put(T item) {
        std::unique_lock lock{mutex_};
        sleep_until(lock, [this] { return closed_ || items_.size() < capacity_; });
        if (closed_) throw QueueClosed{};
        items_.push(std::move(item));
        ++unfinished_;
        changed();
    }

    std::optional<T> get() {
        std::unique_lock lock{mutex_};
        sleep_until(lock, [this] { return closed_ || !items_.empty(); });
        if (items_.empty()) return std::nullopt;
        T item = std::move(items_.front());
        items_.pop();
        changed();
        return item;
    }

    void close() {
        std::unique_lock lock{mutex_};
        closed_ = true;
        changed();
    }

    void task_done() {
        std::unique_lock lock{mutex_};
        if (unfinished_ == 0) throw std::logic_error{"nothing is unfinished"};
        --unfinished_;
        changed();
    }

    void join() {
        std::unique_lock lock{mutex_};
        sleep_until(lock, [this] { return unfinished_ == 0; });
    }

private:
    template <class Ready>
    void sleep_until(std::unique_lock<std::mutex>& lock, Ready ready) {
        while (!ready()) {
            const unsigned seen = version_;
            lock.unlock();
            version_.wait(seen);  // returns at once if it has changed since
            lock.lock();
        }
    }
    void changed() {
        ++version_;
        version_.notify_all();
    }

    const std::size_t capacity_;
    std::mutex mutex_;
    std::queue<T> items_;
    std::size_t unfinished_ = 0;
    bool closed_ = false;
    std::atomic<unsigned> version_{0};
};
