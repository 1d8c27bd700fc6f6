#pragma once

#include <support/queue_closed.hpp>
#include <support/todo.hpp>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <stdexcept>
#include <utility>

using lockstep::QueueClosed;
using lockstep::todo;

// What is in the queue and what is still to be done are two things, with a lock each.
template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : capacity_{capacity} {
        if (capacity_ == 0) throw std::invalid_argument{"capacity: 0"};
    }
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    void put(T item) {
        auto boxed = std::make_unique<T>(std::move(item));
        std::unique_lock lock{mutex_};
        got_more_.wait(lock, [this] { return closed_ || boxes_.size() < capacity_; });
        if (closed_) throw QueueClosed{};
        boxes_.push(std::move(boxed));
        lock.unlock();
        put_more_.notify_one();

        const std::lock_guard tasks{task_mutex_};
        ++open_;
    }

    std::optional<T> get() {
        std::unique_lock lock{mutex_};
        put_more_.wait(lock, [this] { return closed_ || !boxes_.empty(); });
        if (boxes_.empty()) return {};
        const std::unique_ptr<T> boxed = std::move(boxes_.front());
        boxes_.pop();
        lock.unlock();
        got_more_.notify_one();
        return std::optional<T>(std::in_place, std::move(*boxed));
    }

    void close() {
        const std::lock_guard lock{mutex_};
        if (closed_) return;
        closed_ = true;
        got_more_.notify_all();
        put_more_.notify_all();
    }

    void task_done() {
        const std::lock_guard tasks{task_mutex_};
        if (open_ == 0) throw std::logic_error{"all of them are done"};
        if (--open_ == 0) done_all_.notify_all();
    }

    void join() {
        std::unique_lock tasks{task_mutex_};
        done_all_.wait(tasks, [this] { return open_ == 0; });
    }

private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable put_more_;
    std::condition_variable got_more_;
    std::queue<std::unique_ptr<T>> boxes_;
    bool closed_ = false;

    std::mutex task_mutex_;
    std::condition_variable done_all_;
    std::size_t open_ = 0;
};
