// A lock for coroutines: it may be held over a co_await, and who has to wait for it suspends
// instead of blocking the event loop.
#pragma once

#include <support/wait_list.hpp>

#include <utility>

namespace lockstep {

/// Not thread-safe: all its users run on one event loop. It must outlive them.
///
///     const AsyncLock::Guard guard = co_await lock.acquire();
class AsyncLock {
public:
    /// Holds the lock until it is destroyed.
    class [[nodiscard]] Guard {
    public:
        explicit Guard(AsyncLock& lock) noexcept : lock_{&lock} {}
        Guard(Guard&& other) noexcept : lock_{std::exchange(other.lock_, nullptr)} {}
        Guard& operator=(Guard&&) = delete;
        ~Guard() {
            if (lock_ != nullptr) lock_->release();
        }

    private:
        AsyncLock* lock_;
    };

    /// Suspends while somebody else holds it.
    [[nodiscard]] boost::asio::awaitable<Guard> acquire() {
        while (taken_) co_await waiting_.wait();
        taken_ = true;
        co_return Guard{*this};
    }

private:
    void release() {
        taken_ = false;
        waiting_.wake_one();
    }

    bool taken_ = false;
    WaitList waiting_;
};

}  // namespace lockstep
