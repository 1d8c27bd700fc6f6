// Five philosophers, five forks, and four ways to pick them up.
#include "topics.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

namespace corpus {
namespace {

constexpr std::size_t seats = 5;
constexpr int courses = 2;

std::size_t left_of(std::size_t seat) { return seat; }
std::size_t right_of(std::size_t seat) { return (seat + 1) % seats; }

template <class Dine>
void dinner(Dine dine) {
    std::array<int, seats> eaten{};
    {
        std::vector<std::jthread> philosophers;
        for (std::size_t seat = 0; seat < seats; ++seat) {
            philosophers.emplace_back([&, seat] {
                for (int course = 0; course < courses; ++course) {
                    dine(seat);
                    ++eaten[seat];
                }
            });
        }
    }
    for (const int courses_eaten : eaten) {
        expect(courses_eaten == courses, "a philosopher got up hungry");
    }
}

void eat_left_fork_first(std::mutex& left, std::mutex& right) {
    const std::lock_guard in_left_hand{left};
    const std::lock_guard in_right_hand{right};
}

void left_fork_first() {
    std::array<std::mutex, seats> forks;
    dinner([&](std::size_t seat) {
        eat_left_fork_first(forks[left_of(seat)], forks[right_of(seat)]);
    });
}

void lower_fork_first() {
    std::array<std::mutex, seats> forks;
    dinner([&](std::size_t seat) {
        const std::size_t low = std::min(left_of(seat), right_of(seat));
        const std::size_t high = std::max(left_of(seat), right_of(seat));
        const std::lock_guard first{forks[low]};
        const std::lock_guard second{forks[high]};
    });
}

void both_forks_at_once() {
    std::array<std::mutex, seats> forks;
    dinner([&](std::size_t seat) {
        const std::scoped_lock both{forks[left_of(seat)], forks[right_of(seat)]};
    });
}

/// The forks are semaphores, which ThreadSanitizer has no lock order for: the ring is there, and
/// the waiter keeps it from closing.
void a_waiter_at_the_door() {
    std::counting_semaphore<seats> chairs{seats - 1};
    std::vector<std::unique_ptr<std::binary_semaphore>> forks;
    for (std::size_t fork = 0; fork < seats; ++fork) {
        forks.push_back(std::make_unique<std::binary_semaphore>(1));
    }
    dinner([&](std::size_t seat) {
        chairs.acquire();
        forks[left_of(seat)]->acquire();
        forks[right_of(seat)]->acquire();
        forks[right_of(seat)]->release();
        forks[left_of(seat)]->release();
        chairs.release();
    });
}

void forks_under_one_monitor() {
    std::mutex mutex;
    std::condition_variable changed;
    std::array<bool, seats> taken{};
    dinner([&](std::size_t seat) {
        std::unique_lock lock{mutex};
        changed.wait(lock, [&] { return !taken[left_of(seat)] && !taken[right_of(seat)]; });
        taken[left_of(seat)] = taken[right_of(seat)] = true;
        lock.unlock();
        lock.lock();
        taken[left_of(seat)] = taken[right_of(seat)] = false;
        changed.notify_all();
    });
}

constexpr Program table[] = {
    faulty("left_fork_first", "All philosophers take the left fork and wait for the right one.",
           left_fork_first, lab::Diagnosis::Kind::lock_cycle, 200, "eat_left_fork_first"),
    correct("lower_fork_first", "Every philosopher takes the fork with the lower number first.",
            lower_fork_first),
    correct("both_forks_at_once", "std::scoped_lock picks up both forks.", both_forks_at_once),
    correct("a_waiter_at_the_door", "A semaphore lets at most four philosophers sit down.",
            a_waiter_at_the_door),
    correct("forks_under_one_monitor", "One mutex guards all forks; nobody holds just one.",
            forks_under_one_monitor),
};

}  // namespace

std::span<const Program> dining() { return table; }

}  // namespace corpus
