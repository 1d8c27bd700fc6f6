#pragma once

#include <support/queue_closed.hpp>
#include <support/todo.hpp>

#include <cstddef>
#include <deque>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

#include <threads.h>

using lockstep::QueueClosed;
using lockstep::todo;

// The mutex and the condition variables of C11.
namespace c11 {

class Mutex {
public:
    Mutex() {
        if (mtx_init(&mutex_, mtx_plain) != thrd_success) throw std::bad_alloc{};
    }
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;
    ~Mutex() { mtx_destroy(&mutex_); }
    mtx_t* get() noexcept { return &mutex_; }

private:
    mtx_t mutex_;
};

class Condition {
public:
    Condition() {
        if (cnd_init(&condition_) != thrd_success) throw std::bad_alloc{};
    }
    Condition(const Condition&) = delete;
    Condition& operator=(const Condition&) = delete;
    ~Condition() { cnd_destroy(&condition_); }
    cnd_t* get() noexcept { return &condition_; }

private:
    cnd_t condition_;
};

class Locked {
public:
    explicit Locked(Mutex& mutex) : mutex_{mutex} {
        if (mtx_lock(mutex_.get()) != thrd_success) throw std::runtime_error{"mtx_lock"};
    }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;
    ~Locked() { mtx_unlock(mutex_.get()); }
    void wait(Condition& condition) {
        if (cnd_wait(condition.get(), mutex_.get()) != thrd_success)
            throw std::runtime_error{"cnd_wait"};
    }

private:
    Mutex& mutex_;
};

}  // namespace c11

template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : capacity_{capacity} {
        if (capacity == 0) throw std::invalid_argument{"a queue without room"};
    }
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    void put(T item) {
        c11::Locked locked{mutex_};
        while (!closed_ && items_.size() >= capacity_) locked.wait(not_full_);
        if (closed_) throw QueueClosed{};
        items_.push_back(std::move(item));
        ++open_;
        cnd_signal(not_empty_.get());
    }

    std::optional<T> get() {
        c11::Locked locked{mutex_};
        while (!closed_ && items_.empty()) locked.wait(not_empty_);
        if (items_.empty()) return std::nullopt;
        std::optional<T> item{std::move(items_.front())};
        items_.pop_front();
        cnd_signal(not_full_.get());
        return item;
    }

    void close() {
        const c11::Locked locked{mutex_};
        closed_ = true;
        cnd_broadcast(not_full_.get());
        cnd_broadcast(not_empty_.get());
    }

    void task_done() {
        const c11::Locked locked{mutex_};
        if (open_ == 0) throw std::logic_error{"more are done than were put"};
        if (--open_ == 0) cnd_broadcast(all_done_.get());
    }

    void join() {
        c11::Locked locked{mutex_};
        while (open_ != 0) locked.wait(all_done_);
    }

private:
    const std::size_t capacity_;
    c11::Mutex mutex_;
    c11::Condition not_full_;
    c11::Condition not_empty_;
    c11::Condition all_done_;
    std::deque<T> items_;
    std::size_t open_ = 0;
    bool closed_ = false;
};
