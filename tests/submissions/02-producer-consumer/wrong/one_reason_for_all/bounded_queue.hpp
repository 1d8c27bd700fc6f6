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

// one lock, one cv, always notify_all. simple & works
template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : cap(capacity) {
        if (!capacity) throw std::invalid_argument("capacity is 0");
    }
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    void put(T item) {
        std::unique_lock<std::mutex> lk(m);
        cv.wait(lk, [&] { return closed || q.size() < cap; });
        if (closed) throw QueueClosed();
        q.push_back(std::move(item));
        left++;
        cv.notify_all();
    }

    std::optional<T> get() {
        std::unique_lock<std::mutex> lk(m);
        cv.wait(lk, [&] { return closed || q.size() > 0; });
        std::optional<T> r;
        if (q.size() > 0) {
            r.emplace(std::move(q.front()));
            q.pop_front();
            cv.notify_all();
        }
        return r;
    }

    void close() {
        std::unique_lock<std::mutex> lk(m);
        closed = true;
        cv.notify_all();
    }

    void task_done() {
        std::unique_lock<std::mutex> lk(m);
        if (left == 0) throw std::logic_error("task_done: too many");
        left--;
        cv.notify_all();
    }

    void join() {
        std::unique_lock<std::mutex> lk(m);
        cv.wait(lk, [&] { return left == 0; });
    }

private:
    std::mutex m;
    std::condition_variable cv;
    std::deque<T> q;
    std::size_t cap;
    std::size_t left = 0;
    bool closed = false;
};
