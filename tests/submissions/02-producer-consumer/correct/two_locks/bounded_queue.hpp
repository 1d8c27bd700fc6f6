#pragma once

#include <support/queue_closed.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>

using lockstep::QueueClosed;

// As Java's LinkedBlockingQueue: a lock for either end, and an atomic count between them.
template <class T>
class BoundedQueue {
    struct Node {
        std::optional<T> value;
        Node* next = nullptr;
    };

public:
    explicit BoundedQueue(std::size_t capacity) : capacity_{capacity} {
        if (capacity == 0) throw std::invalid_argument{"capacity"};
        head_ = tail_ = new Node;
    }
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;
    ~BoundedQueue() {
        while (head_) delete std::exchange(head_, head_->next);
    }

    void put(T item) {
        auto node = std::make_unique<Node>();
        node->value.emplace(std::move(item));
        std::size_t before = 0;
        {
            std::unique_lock lock{put_mutex_};
            not_full_.wait(lock, [this] { return closed_ || count_ < capacity_; });
            if (closed_) throw QueueClosed{};
            {
                std::lock_guard tasks{task_mutex_};
                ++open_;
            }
            tail_->next = node.get();
            tail_ = node.release();
            before = count_.fetch_add(1);
            if (before + 1 < capacity_) not_full_.notify_one();
        }
        if (before == 0) {
            std::lock_guard lock{get_mutex_};
            not_empty_.notify_one();
        }
    }

    std::optional<T> get() {
        std::optional<T> result;
        std::size_t before = 0;
        {
            std::unique_lock lock{get_mutex_};
            not_empty_.wait(lock, [this] { return count_ > 0 || closed_; });
            if (count_ == 0) return result;
            Node* first = head_->next;
            delete std::exchange(head_, first);
            result.emplace(std::move(*first->value));
            first->value.reset();
            before = count_.fetch_sub(1);
            if (before > 1) not_empty_.notify_one();
        }
        if (before == capacity_) {
            std::lock_guard lock{put_mutex_};
            not_full_.notify_one();
        }
        return result;
    }

    void close() {
        std::scoped_lock lock{put_mutex_, get_mutex_};
        closed_ = true;
        not_full_.notify_all();
        not_empty_.notify_all();
    }

    void task_done() {
        std::lock_guard lock{task_mutex_};
        if (open_ == 0) throw std::logic_error{"task_done"};
        if (--open_ == 0) all_done_.notify_all();
    }

    void join() {
        std::unique_lock lock{task_mutex_};
        all_done_.wait(lock, [this] { return open_ == 0; });
    }

private:
    const std::size_t capacity_;
    std::atomic<std::size_t> count_{0};
    bool closed_ = false;  // changed under both locks, read under either
    std::mutex put_mutex_;
    std::condition_variable not_full_;
    Node* tail_;
    std::mutex get_mutex_;
    std::condition_variable not_empty_;
    Node* head_;
    std::mutex task_mutex_;
    std::condition_variable all_done_;
    std::size_t open_ = 0;
};
