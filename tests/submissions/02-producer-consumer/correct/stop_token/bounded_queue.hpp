#pragma once

#include <support/queue_closed.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <stop_token>

using lockstep::QueueClosed;

// Closing is a request to stop; two stacks make a queue.
template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : capacity_{capacity} {
        if (capacity == 0) throw std::invalid_argument{"capacity"};
    }
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    void put(T item) {
        std::unique_lock lock{mutex_};
        (void)not_full_.wait(lock, closing_.get_token(), [this] { return size() < capacity_; });
        if (closing_.stop_requested()) throw QueueClosed{};
        in_.push_back(std::move(item));
        ++open_;
        not_empty_.notify_one();
    }

    std::optional<T> get() {
        std::unique_lock lock{mutex_};
        if (!not_empty_.wait(lock, closing_.get_token(), [this] { return size() > 0; }))
            return std::nullopt;
        if (out_.empty()) {
            std::move(in_.rbegin(), in_.rend(), std::back_inserter(out_));
            in_.clear();
        }
        std::optional<T> item{std::move(out_.back())};
        out_.pop_back();
        not_full_.notify_one();
        return item;
    }

    void close() {
        const std::lock_guard lock{mutex_};
        closing_.request_stop();
    }

    void task_done() {
        const std::lock_guard lock{mutex_};
        if (open_ == 0) throw std::logic_error{"no task is open"};
        if (--open_ == 0) all_done_.notify_all();
    }

    void join() {
        std::unique_lock lock{mutex_};
        all_done_.wait(lock, [this] { return open_ == 0; });
    }

private:
    std::size_t size() const { return in_.size() + out_.size(); }

    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable_any not_full_, not_empty_, all_done_;
    std::stop_source closing_;
    std::deque<T> in_, out_;
    std::size_t open_ = 0;
};
