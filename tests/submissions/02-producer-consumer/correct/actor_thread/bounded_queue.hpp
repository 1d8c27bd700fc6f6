#pragma once

#include <support/queue_closed.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

using lockstep::QueueClosed;

// An actor: one thread owns everything, and the others send it letters and wait for the answer. No
// item is shared.
template <class T>
class BoundedQueue {
    struct Put {
        std::optional<T> item;
        std::promise<void> reply;
    };
    using Get = std::promise<std::optional<T>>;

public:
    explicit BoundedQueue(std::size_t capacity) : capacity_{capacity} {
        if (capacity == 0) throw std::invalid_argument{"capacity"};
        actor_ = std::thread{[this] { live(); }};
    }
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;
    ~BoundedQueue() {
        send([this] { over_ = true; });
        actor_.join();
    }

    void put(T item) {
        auto letter = std::make_shared<Put>();
        letter->item.emplace(std::move(item));
        auto reply = letter->reply.get_future();
        send([this, letter] { puts_.push_back(letter); });
        reply.get();
    }
    std::optional<T> get() {
        auto letter = std::make_shared<Get>();
        auto reply = letter->get_future();
        send([this, letter] { gets_.push_back(letter); });
        return reply.get();
    }
    void close() {
        ask([this](std::promise<void>& reply) {
            closed_ = true;
            settle();
            reply.set_value();
        });
    }
    void task_done() {
        ask([this](std::promise<void>& reply) {
            if (open_ == 0) {
                reply.set_exception(std::make_exception_ptr(std::logic_error{"task_done"}));
                return;
            }
            --open_;
            settle();
            reply.set_value();
        });
    }
    void join() {
        auto letter = std::make_shared<std::promise<void>>();
        auto reply = letter->get_future();
        send([this, letter] { joins_.push_back(letter); });
        reply.get();
    }

private:
    template <class F>
    void ask(F f) {
        auto letter = std::make_shared<std::promise<void>>();
        auto reply = letter->get_future();
        send([f, letter] { f(*letter); });
        reply.get();
    }
    void send(std::function<void()> letter) {
        const std::lock_guard lock{mutex_};
        letters_.push_back(std::move(letter));
        mail_.notify_one();
    }
    void live() {
        while (!over_) {
            std::unique_lock lock{mutex_};
            mail_.wait(lock, [this] { return !letters_.empty(); });
            auto letter = std::move(letters_.front());
            letters_.pop_front();
            lock.unlock();
            letter();
            settle();
        }
    }
    void settle() {
        if (closed_) {
            for (auto& each : puts_)
                each->reply.set_exception(std::make_exception_ptr(QueueClosed{}));
            puts_.clear();
        }
        for (bool more = true; more;) {
            more = false;
            if (!puts_.empty() && items_.size() < capacity_) {
                items_.push_back(std::move(*puts_.front()->item));
                ++open_;
                puts_.front()->reply.set_value();
                puts_.pop_front();
                more = true;
            }
            if (!gets_.empty() && !items_.empty()) {
                gets_.front()->set_value(std::optional<T>{std::move(items_.front())});
                items_.pop_front();
                gets_.pop_front();
                more = true;
            }
        }
        if (closed_) {
            for (auto& each : gets_) each->set_value(std::nullopt);
            gets_.clear();
        }
        if (open_ == 0) {
            for (auto& each : joins_) each->set_value();
            joins_.clear();
        }
    }

    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable mail_;
    std::deque<std::function<void()>> letters_;
    // The actor's:
    std::deque<std::shared_ptr<Put>> puts_;
    std::deque<std::shared_ptr<Get>> gets_;
    std::deque<std::shared_ptr<std::promise<void>>> joins_;
    std::deque<T> items_;
    std::size_t open_ = 0;
    bool closed_ = false;
    bool over_ = false;
    std::thread actor_;
};
