// Stages joined by queues.
#include "topics.hpp"

#include "bounded_queue.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <semaphore>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using Kind = lab::Diagnosis::Kind;

// Three stages --------------------------------------------------------------------------------

void three_stages() {
    BoundedQueue<int> raw{2};
    BoundedQueue<int> squared{2};
    std::atomic<int> producing{2};
    std::atomic<int> squaring{2};
    int sum = 0;
    int items = 0;
    {
        std::vector<std::jthread> threads;
        for (int first = 1; first <= 2; ++first) {
            threads.emplace_back([&, first] {
                for (int item = first; item <= 8; item += 2) {
                    raw.put(item);
                }
                if (--producing == 0) {
                    raw.close();
                }
            });
        }
        for (int i = 0; i < 2; ++i) {
            threads.emplace_back([&] {
                while (const std::optional<int> item = raw.get()) {
                    squared.put(*item * *item);
                }
                if (--squaring == 0) {
                    squared.close();
                }
            });
        }
        while (const std::optional<int> item = squared.get()) {
            sum += *item;
            ++items;
        }
    }
    expect(items == 8 && sum == 204, "an item was lost or came twice");
}

void closed_by_the_first_to_finish() {
    BoundedQueue<int> queue{8};
    std::atomic<int> sum{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 2; ++i) {
            threads.emplace_back([&] {
                queue.put(1);
                queue.put(10);
                queue.close();
            });
        }
        threads.emplace_back([&] {
            while (const std::optional<int> item = queue.get()) {
                sum += *item;
            }
        });
    }
    expect(sum == 22, "the consumer left before the last producer");
}

// Stages in a circle --------------------------------------------------------------------------

void exchange(BoundedQueue<int>& mine, BoundedQueue<int>& theirs, int& sum) {
    for (int item = 1; item <= 3; ++item) {
        theirs.put(item);
    }
    for (int i = 0; i < 3; ++i) {
        sum += mine.get().value();
    }
}

void exchange_through(std::size_t capacity) {
    BoundedQueue<int> left{capacity};
    BoundedQueue<int> right{capacity};
    int left_sum = 0;
    int right_sum = 0;
    {
        std::jthread a{[&] { exchange(left, right, left_sum); }};
        std::jthread b{[&] { exchange(right, left, right_sum); }};
    }
    expect(left_sum == 6 && right_sum == 6, "an item was lost");
}

void stages_that_fill_each_other() { exchange_through(2); }
void stages_with_room_for_all() { exchange_through(3); }

// Semaphores as the two ends of a queue -------------------------------------------------------

class SemaphoreQueue {
public:
    void put(int item) {
        free_.acquire();
        {
            const std::lock_guard lock{mutex_};
            slots_[written_++ % 2] = item;
        }
        used_.release();
    }

    void put_locked_first(int item) {
        const std::lock_guard lock{mutex_};
        free_.acquire();
        slots_[written_++ % 2] = item;
        used_.release();
    }

    int take() {
        used_.acquire();
        int item = 0;
        {
            const std::lock_guard lock{mutex_};
            item = slots_[read_++ % 2];
        }
        free_.release();
        return item;
    }

private:
    std::counting_semaphore<2> free_{2};
    std::counting_semaphore<2> used_{0};
    std::mutex mutex_;
    int slots_[2]{};
    unsigned written_ = 0;
    unsigned read_ = 0;
};

void through_semaphores(void (SemaphoreQueue::*put)(int)) {
    SemaphoreQueue queue;
    std::atomic<int> sum{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 2; ++i) {
            threads.emplace_back([&] {
                for (int item = 1; item <= 4; ++item) {
                    (queue.*put)(item);
                }
            });
            threads.emplace_back([&] {
                for (int n = 0; n < 4; ++n) {
                    sum += queue.take();
                }
            });
        }
    }
    expect(sum == 20, "an item was lost or came twice");
}

void queue_of_two_semaphores() { through_semaphores(&SemaphoreQueue::put); }
void permit_awaited_under_the_lock() { through_semaphores(&SemaphoreQueue::put_locked_first); }

constexpr Program table[] = {
    correct("three_stages", "Two producers, two workers and a collector, with bounded queues.",
            three_stages),
    wrong("closed_by_the_first_to_finish", "Either of two producers closes the queue when done.",
          closed_by_the_first_to_finish, 100, "before the last producer"),
    faulty("stages_that_fill_each_other", "Both stages wait for room in the other's full queue.",
           stages_that_fill_each_other, Kind::never_woken, 1, "exchange"),
    correct("stages_with_room_for_all", "The queues have room for all that is under way.",
            stages_with_room_for_all),
    correct("queue_of_two_semaphores", "Free and used slots are counted by semaphores.",
            queue_of_two_semaphores),
    or_as(faulty("permit_awaited_under_the_lock",
                 "A producer waits for a free slot with the lock that frees slots.",
                 permit_awaited_under_the_lock, Kind::never_woken, 50, "put_locked_first"),
          Kind::lock_cycle),
};

}  // namespace

std::span<const Program> pipelines() { return table; }

}  // namespace corpus
