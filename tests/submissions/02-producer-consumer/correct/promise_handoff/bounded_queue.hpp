#pragma once

#include <support/queue_closed.hpp>

#include <cstddef>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

using lockstep::QueueClosed;

// Who cannot go on leaves a promise behind and sleeps in its future; who makes it possible keeps
// the promise.
template <class T>
class BoundedQueue {
    struct Offer {
        T item;
        std::promise<void> accepted;
    };

public:
    explicit BoundedQueue(std::size_t capacity) : capacity_{capacity} {
        if (capacity_ == 0) throw std::invalid_argument("capacity 0");
    }
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    void put(T item) {
        std::unique_lock lock{mutex_};
        if (closed_) throw QueueClosed{};
        if (!takers_.empty()) {
            ++open_;
            std::promise<std::optional<T>> taker = std::move(takers_.front());
            takers_.pop_front();
            taker.set_value(std::optional<T>{std::move(item)});
            return;
        }
        if (stored_.size() < capacity_) {
            ++open_;
            stored_.push_back(std::move(item));
            return;
        }
        offers_.push_back(Offer{std::move(item), {}});
        std::future<void> accepted = offers_.back().accepted.get_future();
        lock.unlock();
        accepted.get();  // throws QueueClosed
    }

    std::optional<T> get() {
        std::unique_lock lock{mutex_};
        if (!stored_.empty()) {
            std::optional<T> item{std::move(stored_.front())};
            stored_.pop_front();
            if (!offers_.empty()) {
                ++open_;
                stored_.push_back(std::move(offers_.front().item));
                offers_.front().accepted.set_value();
                offers_.pop_front();
            }
            return item;
        }
        if (closed_) return std::nullopt;
        std::future<std::optional<T>> mine = takers_.emplace_back().get_future();
        lock.unlock();
        return mine.get();
    }

    void close() {
        std::unique_lock lock{mutex_};
        closed_ = true;
        for (auto& taker : takers_) taker.set_value(std::nullopt);
        for (auto& offer : offers_)
            offer.accepted.set_exception(std::make_exception_ptr(QueueClosed{}));
        takers_.clear();
        offers_.clear();
    }

    void task_done() {
        std::unique_lock lock{mutex_};
        if (open_ == 0) throw std::logic_error("nothing is open");
        if (--open_ > 0) return;
        for (auto& joiner : joiners_) joiner.set_value();
        joiners_.clear();
    }

    void join() {
        std::unique_lock lock{mutex_};
        if (open_ == 0) return;
        auto mine = joiners_.emplace_back().get_future();
        lock.unlock();
        mine.wait();
    }

private:
    std::mutex mutex_;
    const std::size_t capacity_;
    std::deque<T> stored_;
    std::deque<Offer> offers_;
    std::deque<std::promise<std::optional<T>>> takers_;
    std::vector<std::promise<void>> joiners_;
    std::size_t open_ = 0;
    bool closed_ = false;
};
