// Semaphores: permits that get lost, that multiply, and that are waited for in a ring.
#include "topics.hpp"

#include <atomic>
#include <chrono>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;
using Flavour::memory_points;
using Semaphore = std::counting_semaphore<8>;

/// Where not more than two may be at once. Waiting inside gives others the chance to come in.
class Room {
public:
    void visit() {
        const int now = ++inside_;
        int most = most_;
        while (now > most && !most_.compare_exchange_weak(most, now)) {
        }
        std::this_thread::sleep_for(1ms);
        --inside_;
    }

    int most() const { return most_; }

private:
    std::atomic<int> inside_{0};
    std::atomic<int> most_{0};
};

/// A permit for as long as it lives.
class Permit {
public:
    explicit Permit(Semaphore& semaphore) : semaphore_{semaphore} { semaphore_.acquire(); }
    ~Permit() { semaphore_.release(); }
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;

private:
    Semaphore& semaphore_;
};

void visit_in_turn(std::ptrdiff_t permits) {
    Semaphore doors{permits};
    Room room;
    {
        std::vector<std::jthread> visitors;
        for (int i = 0; i < 4; ++i) {
            visitors.emplace_back([&] {
                const Permit permit{doors};
                room.visit();
            });
        }
    }
    expect(room.most() <= 2, "more than two were inside");
}

void two_at_a_time() { visit_in_turn(2); }
void one_permit_too_many() { visit_in_turn(3); }

// A permit per failure ------------------------------------------------------------------------

void released_without_having_it() {
    Semaphore doors{2};
    Room room;
    {
        std::vector<std::jthread> visitors;
        for (int i = 0; i < 4; ++i) {
            visitors.emplace_back([&] {
                if (doors.try_acquire_for(500us)) {
                    room.visit();
                }
                doors.release();
                const Permit permit{doors};
                room.visit();
            });
        }
    }
    expect(room.most() <= 2, "more than two were inside");
}

void released_only_if_acquired() {
    Semaphore doors{2};
    Room room;
    {
        std::vector<std::jthread> visitors;
        for (int i = 0; i < 4; ++i) {
            visitors.emplace_back([&] {
                if (doors.try_acquire_for(500us)) {
                    room.visit();
                    doors.release();
                }
            });
        }
    }
    expect(room.most() <= 2, "more than two were inside");
}

void work_that_may_fail(int job) {
    if (job == 1) {
        throw std::runtime_error{"the second job fails"};
    }
}

void acquire_by_hand(Semaphore& permits, int job) {
    permits.acquire();
    work_that_may_fail(job);
    permits.release();
}

void acquire_for_a_scope(Semaphore& permits, int job) {
    const Permit permit{permits};
    work_that_may_fail(job);
}

void do_three_jobs(void (*run)(Semaphore&, int)) {
    Semaphore permits{1};
    std::atomic<int> failed{0};
    {
        std::vector<std::jthread> workers;
        for (int job = 0; job < 3; ++job) {
            workers.emplace_back([&, job] {
                try {
                    run(permits, job);
                } catch (const std::runtime_error&) {
                    ++failed;
                }
            });
        }
    }
    expect(failed == 1, "not exactly one job failed");
}

void permit_lost_with_an_exception() { do_three_jobs(acquire_by_hand); }
void permit_for_a_scope() { do_three_jobs(acquire_for_a_scope); }

// Several permits -----------------------------------------------------------------------------

void take_two_one_by_one(Semaphore& permits) {
    permits.acquire();
    permits.acquire();
    permits.release(2);
}

void two_permits_each() {
    Semaphore permits{2};
    std::jthread first{[&] { take_two_one_by_one(permits); }};
    std::jthread second{[&] { take_two_one_by_one(permits); }};
}

void enough_permits_for_one_to_finish() {
    Semaphore permits{3};
    std::jthread first{[&] { take_two_one_by_one(permits); }};
    std::jthread second{[&] { take_two_one_by_one(permits); }};
}

// Rendezvous ----------------------------------------------------------------------------------

void wait_then_announce(std::binary_semaphore& other, std::binary_semaphore& self) {
    other.acquire();
    self.release();
}

void announce_then_wait(std::binary_semaphore& other, std::binary_semaphore& self) {
    self.release();
    other.acquire();
}

void meet(void (*arrive)(std::binary_semaphore&, std::binary_semaphore&)) {
    std::binary_semaphore a{0};
    std::binary_semaphore b{0};
    std::jthread first{[&] { arrive(b, a); }};
    std::jthread second{[&] { arrive(a, b); }};
}

void both_wait_first() { meet(wait_then_announce); }
void both_announce_first() { meet(announce_then_wait); }

constexpr Program table[] = {
    correct("two_at_a_time", "Two permits for a room for two.", two_at_a_time),
    wrong("one_permit_too_many", "Three permits for a room for two.", one_permit_too_many, 20,
          "more than two"),
    wrong("released_without_having_it", "Who was refused a permit gives one back.",
          released_without_having_it, 20, "more than two"),
    correct("released_only_if_acquired", "Who was refused a permit goes away.",
            released_only_if_acquired),
    faulty("permit_lost_with_an_exception", "An exception jumps over the release.",
           permit_lost_with_an_exception, Kind::never_woken, 20, "acquire_by_hand"),
    correct("permit_for_a_scope", "A destructor gives the permit back.", permit_for_a_scope),
    faulty("two_permits_each", "Two threads hold one of two permits each, and want both.",
           two_permits_each, Kind::never_woken, 200, "take_two_one_by_one", memory_points),
    correct("enough_permits_for_one_to_finish", "With three permits, one of them can go on.",
            enough_permits_for_one_to_finish),
    faulty("both_wait_first", "Both wait for the other before they announce themselves.",
           both_wait_first, Kind::never_woken, 1, "wait_then_announce"),
    correct("both_announce_first", "Both announce themselves, and then wait.", both_announce_first),
};

}  // namespace

std::span<const Program> semaphores() { return table; }

}  // namespace corpus
