#include "programs.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace bench {
namespace {

class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t room) : room_{room} {}

    void put(int item) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return items_.size() < room_; });
        items_.push_back(item);
        changed_.notify_all();
    }

    int take() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return !items_.empty(); });
        const int item = items_.front();
        items_.pop_front();
        changed_.notify_all();
        return item;
    }

    [[nodiscard]] std::size_t size() {
        const std::lock_guard lock{mutex_};
        return items_.size();
    }

private:
    const std::size_t room_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<int> items_;
};

}  // namespace

void bounded_queue() {
    constexpr int threads_a_side = 3;
    constexpr int items_a_thread = 4;

    BoundedQueue queue{1};
    std::mutex sum_mutex;
    int sum = 0;
    bool overfull = false;
    {
        std::vector<std::jthread> threads;
        for (int producer = 0; producer < threads_a_side; ++producer) {
            threads.emplace_back([&queue, producer] {
                std::this_thread::sleep_for(std::chrono::milliseconds{50});
                for (int i = 0; i < items_a_thread; ++i) {
                    queue.put(10 * producer + i);
                }
            });
        }
        for (int consumer = 0; consumer < threads_a_side; ++consumer) {
            threads.emplace_back([&] {
                for (int i = 0; i < items_a_thread; ++i) {
                    const int item = queue.take();
                    const bool over = queue.size() > 1;
                    const std::lock_guard lock{sum_mutex};
                    overfull = overfull || over;
                    sum += item;
                }
            });
        }
    }
    // 3 · (0 + 1 + 2 + 3) + 4 · (0 + 10 + 20)
    if (sum != 138 || overfull) {
        throw std::logic_error{"the queue lost or doubled an item"};
    }
}

}  // namespace bench
