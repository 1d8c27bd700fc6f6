#pragma once

#include <support/queue_closed.hpp>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

using lockstep::QueueClosed;

// A ring of places, made once: nothing is allocated afterwards.
template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : places(capacity) {
        if (capacity == 0) throw std::invalid_argument("capacity must not be 0");
    }

    void put(T item) {
        {
            std::unique_lock lock(mutex);
            while (!closed && used == places.size()) room.wait(lock);
            if (closed) throw QueueClosed();
            places[(first + used) % places.size()].emplace(std::move(item));
            ++used;
            ++open_tasks;
        }
        something.notify_one();
    }

    std::optional<T> get() {
        std::optional<T> item;
        {
            std::unique_lock lock(mutex);
            while (!closed && used == 0) something.wait(lock);
            if (used == 0) return item;
            item = std::move(places[first]);
            places[first].reset();
            first = (first + 1) % places.size();
            --used;
        }
        room.notify_one();
        return item;
    }

    void close() {
        {
            std::lock_guard lock(mutex);
            closed = true;
        }
        room.notify_all();
        something.notify_all();
    }

    void task_done() {
        std::lock_guard lock(mutex);
        if (open_tasks == 0) throw std::logic_error("more tasks done than put");
        --open_tasks;
        if (open_tasks == 0) finished.notify_all();
    }

    void join() {
        std::unique_lock lock(mutex);
        while (open_tasks > 0) finished.wait(lock);
    }

private:
    std::mutex mutex;
    std::condition_variable room;
    std::condition_variable something;
    std::condition_variable finished;
    std::vector<std::optional<T>> places;
    std::size_t first = 0;
    std::size_t used = 0;
    std::size_t open_tasks = 0;
    bool closed = false;
};
