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

// Everybody who sleeps has a bed of his own, with a bell at it. Who has news rings at the bed of
// him who has slept longest; all of it under one mutex, so no bed is gone before its bell was rung.
template <class T>
class BoundedQueue {
    struct Bed {
        std::condition_variable bell;
        bool rung = false;
    };

    class Dormitory {
    public:
        void sleep(std::unique_lock<std::mutex>& held) {
            Bed bed;
            beds_.push_back(&bed);
            bed.bell.wait(held, [&bed] { return bed.rung; });
        }
        void ring_first() {
            if (beds_.empty()) return;
            Bed* const first = beds_.front();
            beds_.pop_front();
            first->rung = true;
            first->bell.notify_one();
        }
        void ring_all() {
            while (!beds_.empty()) ring_first();
        }

    private:
        std::deque<Bed*> beds_;
    };

public:
    explicit BoundedQueue(std::size_t capacity) : capacity_{capacity} {
        if (capacity < 1) throw std::invalid_argument{"a queue holds at least one item"};
    }
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    void put(T item) {
        std::unique_lock<std::mutex> held{mutex_};
        while (open_ && items_.size() == capacity_) putters_.sleep(held);
        if (!open_) throw QueueClosed{};
        items_.push_back(std::move(item));
        ++pending_;
        getters_.ring_first();
    }

    std::optional<T> get() {
        std::unique_lock<std::mutex> held{mutex_};
        while (open_ && items_.empty()) getters_.sleep(held);
        std::optional<T> taken;
        if (!items_.empty()) {
            taken.emplace(std::move(items_.front()));
            items_.pop_front();
            putters_.ring_first();
        }
        return taken;
    }

    void close() {
        const std::lock_guard<std::mutex> held{mutex_};
        open_ = false;
        putters_.ring_all();
        getters_.ring_all();
    }

    void task_done() {
        const std::lock_guard<std::mutex> held{mutex_};
        if (pending_ == 0) throw std::logic_error{"everything was done already"};
        --pending_;
        if (pending_ == 0) joiners_.ring_all();
    }

    void join() {
        std::unique_lock<std::mutex> held{mutex_};
        while (pending_ > 0) joiners_.sleep(held);
    }

private:
    const std::size_t capacity_;
    std::mutex mutex_;
    bool open_ = true;
    std::size_t pending_ = 0;
    std::deque<T> items_;
    Dormitory putters_;
    Dormitory getters_;
    Dormitory joiners_;
};
