// Queues between threads: how they end, and what they promise about their size.
#include "topics.hpp"

#include "bounded_queue.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using Kind = lab::Diagnosis::Kind;

// The end of a queue --------------------------------------------------------------------------

/// An unbounded queue that leaves it to its user how it is closed.
class Mailbox {
public:
    void put(int item) {
        const std::lock_guard lock{mutex_};
        items_.push_back(item);
        changed_.notify_one();
    }

    std::optional<int> get() {
        std::unique_lock lock{mutex_};
        while (items_.empty() && !closed_) {
            changed_.wait(lock);
        }
        if (items_.empty()) {
            return std::nullopt;
        }
        const int item = items_.front();
        items_.pop_front();
        return item;
    }

    void close_silently() {
        const std::lock_guard lock{mutex_};
        closed_ = true;
    }

    void close_for_one() {
        const std::lock_guard lock{mutex_};
        closed_ = true;
        changed_.notify_one();
    }

    void close() {
        const std::lock_guard lock{mutex_};
        closed_ = true;
        changed_.notify_all();
    }

    void leave_open() {}

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<int> items_;
    bool closed_ = false;
};

void consume_all(Mailbox& mailbox, std::atomic<int>& sum) {
    while (const std::optional<int> item = mailbox.get()) {
        sum += *item;
    }
}

void deliver_five(int consumers, void (Mailbox::*end)()) {
    Mailbox mailbox;
    std::atomic<int> sum{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < consumers; ++i) {
            threads.emplace_back([&] { consume_all(mailbox, sum); });
        }
        for (int item = 1; item <= 5; ++item) {
            mailbox.put(item);
        }
        (mailbox.*end)();
    }
    expect(sum == 15, "an item was lost or came twice");
}

void never_closed() { deliver_five(1, &Mailbox::leave_open); }
void closed_without_a_word() { deliver_five(2, &Mailbox::close_silently); }
void closed_for_one_consumer() { deliver_five(3, &Mailbox::close_for_one); }
void closed_for_all() { deliver_five(3, &Mailbox::close); }

// Poison pills --------------------------------------------------------------------------------

constexpr int pill = -1;

void consume_until_pill(BoundedQueue<int>& queue, std::atomic<int>& sum) {
    for (;;) {
        const std::optional<int> item = queue.get();
        if (item == pill) {
            return;
        }
        sum += *item;
    }
}

void feed_pills(int pills) {
    BoundedQueue<int> queue{4};
    std::atomic<int> sum{0};
    {
        std::jthread first{[&] { consume_until_pill(queue, sum); }};
        std::jthread second{[&] { consume_until_pill(queue, sum); }};
        for (int item = 1; item <= 6; ++item) {
            queue.put(item);
        }
        for (int i = 0; i < pills; ++i) {
            queue.put(pill);
        }
    }
    expect(sum == 21, "an item was lost or came twice");
}

void one_pill_for_two() { feed_pills(1); }
void a_pill_for_each() { feed_pills(2); }

// Capacity ------------------------------------------------------------------------------------

class Shelf {
public:
    explicit Shelf(std::size_t capacity) : capacity_{capacity} {}

    void put_checking_once(int item) {
        std::unique_lock lock{mutex_};
        if (items_.size() == capacity_) {
            not_full_.wait(lock);
        }
        store(item);
    }

    void put(int item) {
        std::unique_lock lock{mutex_};
        while (items_.size() == capacity_) {
            not_full_.wait(lock);
        }
        store(item);
    }

    int take() {
        std::unique_lock lock{mutex_};
        not_empty_.wait(lock, [&] { return !items_.empty(); });
        const int item = items_.front();
        items_.pop_front();
        not_full_.notify_one();
        return item;
    }

    std::size_t most() const { return most_; }

private:
    void store(int item) {
        items_.push_back(item);
        most_ = std::max(most_, items_.size());
        not_empty_.notify_one();
    }

    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable not_full_;
    std::condition_variable not_empty_;
    std::deque<int> items_;
    std::size_t most_ = 0;
};

void fill_a_shelf(void (Shelf::*put)(int)) {
    Shelf shelf{2};
    int sum = 0;
    {
        std::vector<std::jthread> producers;
        for (int i = 0; i < 3; ++i) {
            producers.emplace_back([&] {
                (shelf.*put)(1);
                (shelf.*put)(10);
            });
        }
        for (int i = 0; i < 6; ++i) {
            sum += shelf.take();
        }
    }
    expect(sum == 33, "an item was lost or came twice");
    expect(shelf.most() <= 2, "the shelf held more than its capacity");
}

void room_checked_once() { fill_a_shelf(&Shelf::put_checking_once); }
void room_checked_again() { fill_a_shelf(&Shelf::put); }

// Order ---------------------------------------------------------------------------------------

void first_in_first_out() {
    BoundedQueue<int> queue{2};
    std::vector<int> received;
    {
        std::jthread producer{[&] {
            for (int item = 0; item < 8; ++item) {
                queue.put(item);
            }
            queue.close();
        }};
        while (const std::optional<int> item = queue.get()) {
            received.push_back(*item);
        }
    }
    expect(received == std::vector{0, 1, 2, 3, 4, 5, 6, 7}, "items came out of order");
}

constexpr Program table[] = {
    faulty("never_closed", "Nobody tells the consumer that the last item has come.", never_closed,
           Kind::never_woken, 1, "get"),
    faulty("closed_without_a_word", "close sets the flag and notifies nobody.",
           closed_without_a_word, Kind::never_woken, 20, "get"),
    or_as(faulty("closed_for_one_consumer", "close notifies one of three consumers.",
                 closed_for_one_consumer, Kind::never_woken, 50, "get"),
          Kind::lost_wakeup),
    correct("closed_for_all", "close notifies all consumers.", closed_for_all),
    faulty("one_pill_for_two", "Two consumers and one item that means the end.", one_pill_for_two,
           Kind::never_woken, 1, "get"),
    correct("a_pill_for_each", "Every consumer has its own end item.", a_pill_for_each),
    wrong("room_checked_once", "A producer that was woken does not look for room again.",
          room_checked_once, 50, "more than its capacity"),
    correct("room_checked_again", "A producer that was woken looks for room again.",
            room_checked_again),
    correct("first_in_first_out", "One producer, one consumer: the order is kept.",
            first_in_first_out),
};

}  // namespace

std::span<const Program> queues() { return table; }

}  // namespace corpus
