#pragma once

#include <support/queue_closed.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

using lockstep::QueueClosed;

// Everybody who waits has a condition variable of their own and stands in line.
template <class T>
class BoundedQueue {
    struct Place {
        std::condition_variable called;
        bool up = false;
    };
    using Line = std::deque<std::shared_ptr<Place>>;

public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {
        if (capacity == 0) throw std::invalid_argument("The capacity is 0.");
    }

    void put(T item) {
        std::unique_lock lock(mutex_);
        while (!closed_ && items_.size() >= capacity_) stand_in(putters_, lock);
        if (closed_) throw QueueClosed();
        items_.push_back(std::make_unique<T>(std::move(item)));
        ++unfinished_;
        call_one(getters_);
    }

    std::optional<T> get() {
        std::unique_lock lock(mutex_);
        while (!closed_ && items_.empty()) stand_in(getters_, lock);
        if (items_.empty()) return std::nullopt;
        std::unique_ptr<T> item = std::move(items_.front());
        items_.pop_front();
        call_one(putters_);
        return std::move(*item);
    }

    void close() {
        std::unique_lock lock(mutex_);
        closed_ = true;
        call_all(putters_);
        call_all(getters_);
    }

    void task_done() {
        std::unique_lock lock(mutex_);
        if (unfinished_ == 0) throw std::logic_error("No task is open.");
        if (--unfinished_ == 0) call_all(joiners_);
    }

    void join() {
        std::unique_lock lock(mutex_);
        while (unfinished_ > 0) stand_in(joiners_, lock);
    }

private:
    static void stand_in(Line& line, std::unique_lock<std::mutex>& lock) {
        const auto place = std::make_shared<Place>();
        line.push_back(place);
        place->called.wait(lock, [&] { return place->up; });
    }
    static void call_one(Line& line) {
        if (line.empty()) return;
        line.front()->up = true;
        line.front()->called.notify_one();
        line.pop_front();
    }
    static void call_all(Line& line) {
        while (!line.empty()) call_one(line);
    }

    std::size_t capacity_;
    std::mutex mutex_;
    std::deque<std::unique_ptr<T>> items_;
    std::size_t unfinished_ = 0;
    bool closed_ = false;
    Line putters_;
    Line getters_;
    Line joiners_;
};
