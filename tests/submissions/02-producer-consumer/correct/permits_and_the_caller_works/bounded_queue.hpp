#pragma once

#include <support/queue_closed.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

using lockstep::QueueClosed;

// Two counters with their waiting, as semaphores have them: free places and items there. The
// container has a mutex of its own.
class Permits {
public:
    explicit Permits(std::size_t number) : number_{number} {}

    // False when it was shut and there is none left.
    bool take() {
        std::unique_lock lock{mutex_};
        some_.wait(lock, [this] { return shut_ || number_ > 0; });
        if (number_ == 0) return false;
        --number_;
        return true;
    }
    void give() {
        const std::lock_guard lock{mutex_};
        ++number_;
        some_.notify_one();
    }
    void shut() {
        const std::lock_guard lock{mutex_};
        shut_ = true;
        some_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable some_;
    std::size_t number_;
    bool shut_ = false;
};

template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : places_{capacity} {
        if (capacity == 0) throw std::invalid_argument{"A queue needs a place."};
    }

    void put(T item) {
        if (!places_.take()) throw QueueClosed{};
        {
            const std::lock_guard lock{mutex_};
            if (closed_) throw QueueClosed{};
            items_.push_back(std::move(item));
            ++open_;
            there_.give();  // under the lock: no close comes between the item and its permit
        }
    }

    std::optional<T> get() {
        if (!there_.take()) return std::nullopt;
        std::optional<T> item;
        {
            const std::lock_guard lock{mutex_};
            item.emplace(std::move(items_.front()));
            items_.pop_front();
        }
        places_.give();
        return item;
    }

    void close() {
        {
            const std::lock_guard lock{mutex_};
            closed_ = true;
        }
        places_.shut();
        there_.shut();
    }

    void task_done() {
        const std::lock_guard lock{mutex_};
        if (open_ == 0) throw std::logic_error{"Everything was done already."};
        if (--open_ == 0) none_open_.notify_all();
    }

    void join() {
        std::unique_lock lock{mutex_};
        none_open_.wait(lock, [this] { return open_ == 0; });
    }

private:
    Permits places_;
    Permits there_{0};
    std::mutex mutex_;
    std::condition_variable none_open_;
    std::deque<T> items_;
    std::size_t open_ = 0;
    bool closed_ = false;
};
