#pragma once

#include <support/queue_closed.hpp>
#include <support/todo.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <stdexcept>
#include <utility>

using lockstep::QueueClosed;
using lockstep::todo;

// Three totals that only grow: done <= put, got <= put, put - got <= capacity.
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
        got_more_.wait(lock, [this] { return closed_ || put_ - got_ < capacity_; });
        if (closed_) throw QueueClosed{};
        boxes_.push(std::move(boxed));
        ++put_;
        lock.unlock();
        put_more_.notify_one();
    }

    std::optional<T> get() {
        std::unique_lock lock{mutex_};
        put_more_.wait(lock, [this] { return closed_ || put_ != got_; });
        if (put_ == got_) return {};
        const std::unique_ptr<T> boxed = std::move(boxes_.front());
        boxes_.pop();
        ++got_;
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
        const std::lock_guard lock{mutex_};
        if (done_ == put_) throw std::logic_error{"all of them are done"};
        ++done_;
        if (done_ == put_) done_all_.notify_all();
    }

    void join() {
        std::unique_lock lock{mutex_};
        done_all_.wait(lock, [this] { return done_ == put_; });
    }

private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable put_more_;
    std::condition_variable got_more_;
    std::condition_variable done_all_;
    std::queue<std::unique_ptr<T>> boxes_;
    std::uint64_t put_ = 0;
    std::uint64_t got_ = 0;
    std::uint64_t done_ = 0;
    bool closed_ = false;
};
