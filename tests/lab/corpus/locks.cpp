// One lock: taken twice, given back by another, destroyed too early, asked for without end.
#include "topics.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <pthread.h>
#include <semaphore>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;

// Taken twice ---------------------------------------------------------------------------------

template <class Mutex>
class Account {
public:
    int balance() {
        const std::lock_guard lock{mutex_};
        return balance_;
    }

    int deposit(int amount) {
        const std::lock_guard lock{mutex_};
        balance_ += amount;
        return balance();
    }

private:
    Mutex mutex_;
    int balance_ = 0;
};

void deposit_that_asks_for_the_balance() {
    Account<std::mutex> account;
    std::jthread customer{[&] { account.deposit(10); }};
    customer.join();
    expect(account.balance() == 10, "the deposit was lost");
}

void deposit_with_a_recursive_mutex() {
    Account<std::recursive_mutex> account;
    {
        std::jthread first{[&] { account.deposit(10); }};
        std::jthread second{[&] { account.deposit(32); }};
    }
    expect(account.balance() == 42, "a deposit was lost");
}

class Newsletter {
public:
    using Reader = std::function<void(int issue)>;

    void subscribe(Reader reader) {
        const std::lock_guard lock{mutex_};
        readers_.push_back(std::move(reader));
    }

    void publish_under_the_lock(int issue) {
        const std::lock_guard lock{mutex_};
        for (std::size_t i = 0; i < readers_.size(); ++i) {
            readers_[i](issue);
        }
    }

    void publish_from_a_copy(int issue) {
        std::vector<Reader> copy;
        {
            const std::lock_guard lock{mutex_};
            copy = readers_;
        }
        for (const Reader& reader : copy) {
            reader(issue);
        }
    }

private:
    std::mutex mutex_;
    std::vector<Reader> readers_;
};

void callback_under_the_lock() {
    Newsletter letter;
    letter.subscribe([&](int) { letter.subscribe([](int) {}); });
    std::thread publisher{[&] { letter.publish_under_the_lock(1); }};
    publisher.join();
}

void callback_without_the_lock() {
    Newsletter letter;
    int read = 0;
    letter.subscribe([&](int issue) {
        read = issue;
        letter.subscribe([](int) {});
    });
    std::thread publisher{[&] { letter.publish_from_a_copy(7); }};
    publisher.join();
    expect(read == 7, "the issue was not read");
}

// Given back by another -----------------------------------------------------------------------

void release_for_somebody_else(std::mutex& mutex) { mutex.unlock(); }

void unlocked_by_another_thread() {
    std::mutex busy;
    busy.lock();
    std::jthread helper{[&] { release_for_somebody_else(busy); }};
    helper.join();
    busy.lock();
    busy.unlock();
}

void unlocked_twice() {
    std::mutex mutex;
    std::jthread worker{[&] {
        mutex.lock();
        mutex.unlock();
        release_for_somebody_else(mutex);
    }};
}

void handed_over_by_a_semaphore() {
    std::binary_semaphore busy{0};
    int result = 0;
    std::jthread helper{[&] {
        result = 42;
        busy.release();
    }};
    busy.acquire();
    expect(result == 42, "the semaphore was passed before it was released");
}

// Destroyed too early -------------------------------------------------------------------------

/// std::mutex has a trivial destructor on Linux, so only the C interface shows its end.
class RawMutex {
public:
    RawMutex() { pthread_mutex_init(&mutex_, nullptr); }
    ~RawMutex() { pthread_mutex_destroy(&mutex_); }
    RawMutex(const RawMutex&) = delete;
    RawMutex& operator=(const RawMutex&) = delete;
    void lock() { pthread_mutex_lock(&mutex_); }
    void unlock() { pthread_mutex_unlock(&mutex_); }

private:
    pthread_mutex_t mutex_;
};

void destroyed_while_locked() {
    RawMutex mutex;
    mutex.lock();
}

void destroyed_after_unlocking() {
    int visits = 0;
    {
        RawMutex mutex;
        const auto visit = [&] {
            const std::lock_guard lock{mutex};
            ++visits;
        };
        std::jthread first{visit};
        std::jthread second{visit};
    }
    expect(visits == 2, "a visit was lost");
}

// Asked for over and over ---------------------------------------------------------------------

void poll_until_free(std::mutex& mutex) {
    while (!mutex.try_lock()) {
    }
    mutex.unlock();
}

void try_lock_in_a_loop() {
    std::mutex mutex;
    std::binary_semaphore held{0};
    std::jthread holder{[&] {
        const std::lock_guard lock{mutex};
        held.release();
        std::this_thread::sleep_for(1s);
    }};
    held.acquire();
    poll_until_free(mutex);
}

void try_lock_with_something_else_to_do() {
    std::mutex mutex;
    int counted = 0;
    int elsewhere = 0;
    const auto count = [&] {
        for (int i = 0; i < 5; ++i) {
            const std::lock_guard lock{mutex};
            ++counted;
        }
    };
    {
        std::jthread first{count};
        std::jthread second{[&] {
            std::unique_lock lock{mutex, std::try_to_lock};
            lock.owns_lock() ? ++counted : ++elsewhere;
        }};
    }
    expect(counted + elsewhere == 6, "an attempt was lost");
}

constexpr Program table[] = {
    faulty("deposit_that_asks_for_the_balance",
           "A method that holds the mutex calls another that locks it.",
           deposit_that_asks_for_the_balance, Kind::self_deadlock, 1, "balance"),
    correct("deposit_with_a_recursive_mutex", "The same class with a recursive mutex.",
            deposit_with_a_recursive_mutex),
    faulty("callback_under_the_lock", "A callback uses the object that calls it under its lock.",
           callback_under_the_lock, Kind::self_deadlock, 1, "subscribe"),
    correct("callback_without_the_lock", "Callbacks are called from a copy, without the lock.",
            callback_without_the_lock),
    faulty("unlocked_by_another_thread", "A mutex is used as a signal: the helper unlocks it.",
           unlocked_by_another_thread, Kind::unlock_not_owner, 1, "release_for_somebody_else"),
    faulty("unlocked_twice", "A mutex is unlocked once more than it was locked.", unlocked_twice,
           Kind::unlock_not_owner, 1, "release_for_somebody_else"),
    correct("handed_over_by_a_semaphore", "A semaphore may be released by any thread.",
            handed_over_by_a_semaphore),
    faulty("destroyed_while_locked", "A mutex is destroyed by its owner, who still holds it.",
           destroyed_while_locked, Kind::destroyed_locked, 1, "RawMutex"),
    correct("destroyed_after_unlocking", "A mutex outlives the threads that use it.",
            destroyed_after_unlocking),
    faulty("try_lock_in_a_loop", "A thread asks for a lock without end while the holder sleeps.",
           try_lock_in_a_loop, Kind::busy_wait, 1, "poll_until_free"),
    correct("try_lock_with_something_else_to_do", "A failed try_lock leads to other work.",
            try_lock_with_something_else_to_do),
};

}  // namespace

std::span<const Program> locks() { return table; }

}  // namespace corpus
