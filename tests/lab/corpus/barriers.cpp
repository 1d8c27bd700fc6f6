// Barriers and latches, hand-made and standard.
#include "topics.hpp"

#include <array>
#include <atomic>
#include <barrier>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using Kind = lab::Diagnosis::Kind;

// Hand-made -----------------------------------------------------------------------------------

/// The last one resets the count, by which the others recognise the end of the phase; a fast
/// thread that comes round again changes it before they have looked.
class BarrierWithoutGenerations {
public:
    explicit BarrierWithoutGenerations(int parties) : parties_{parties} {}

    void arrive_and_wait() {
        std::unique_lock lock{mutex_};
        if (++arrived_ == parties_) {
            arrived_ = 0;
            all_there_.notify_all();
        } else {
            all_there_.wait(lock, [&] { return arrived_ == 0; });
        }
    }

private:
    const int parties_;
    std::mutex mutex_;
    std::condition_variable all_there_;
    int arrived_ = 0;
};

class BarrierWithGenerations {
public:
    explicit BarrierWithGenerations(int parties) : parties_{parties} {}

    void arrive_and_wait() {
        std::unique_lock lock{mutex_};
        const int mine = generation_;
        if (++arrived_ == parties_) {
            arrived_ = 0;
            ++generation_;
            all_there_.notify_all();
        } else {
            all_there_.wait(lock, [&] { return generation_ != mine; });
        }
    }

private:
    const int parties_;
    std::mutex mutex_;
    std::condition_variable all_there_;
    int arrived_ = 0;
    int generation_ = 0;
};

/// Nobody may see a neighbour that is more than one phase away.
template <class Barrier>
void walk_in_step(Barrier& barrier) {
    std::array<std::atomic<int>, 2> phase{};
    std::atomic<bool> out_of_step{false};
    const auto walk = [&](std::size_t self) {
        for (int step = 1; step <= 3; ++step) {
            phase[self] = step;
            barrier.arrive_and_wait();
            if (phase[1 - self] < step) {
                out_of_step = true;
            }
        }
    };
    {
        std::jthread first{walk, 0};
        std::jthread second{walk, 1};
    }
    expect(!out_of_step, "somebody passed the barrier alone");
}

void barrier_reused_without_generations() {
    BarrierWithoutGenerations barrier{2};
    walk_in_step(barrier);
}

void barrier_reused_with_generations() {
    BarrierWithGenerations barrier{2};
    walk_in_step(barrier);
}

// std::barrier --------------------------------------------------------------------------------

void standard_barrier() {
    std::barrier barrier{2};
    walk_in_step(barrier);
}

void barrier_with_a_completion() {
    std::array<int, 3> cells{1, 2, 3};
    std::vector<int> sums;
    const auto add_up = [&]() noexcept { sums.push_back(cells[0] + cells[1] + cells[2]); };
    std::barrier barrier{3, add_up};
    sums.reserve(2);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < 3; ++i) {
            threads.emplace_back([&, i] {
                barrier.arrive_and_wait();
                cells[i] *= 10;
                barrier.arrive_and_wait();
            });
        }
    }
    expect(sums == std::vector{6, 60}, "a phase was added up too early");
}

template <class Leave>
void three_start_and_one_leaves(Leave leave) {
    std::barrier barrier{3};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&, i] {
            barrier.arrive_and_wait();
            if (i == 0) {
                leave(barrier);
                return;
            }
            barrier.arrive_and_wait();
        });
    }
}

void one_leaves_without_a_word() {
    three_start_and_one_leaves([](std::barrier<>&) {});
}

void one_arrives_and_drops() {
    three_start_and_one_leaves([](std::barrier<>& barrier) { barrier.arrive_and_drop(); });
}

// Latches -------------------------------------------------------------------------------------

void wait_for_all(std::latch& done) { done.wait(); }

/// Three workers, and a latch for `expected` of them.
int sum_after_the_latch(std::ptrdiff_t expected) {
    std::latch done{expected};
    std::atomic<int> sum{0};
    std::vector<std::jthread> workers;
    for (int i = 1; i <= 3; ++i) {
        workers.emplace_back([&, i] {
            sum += i;
            if (i <= expected) {
                done.count_down();
            }
        });
    }
    wait_for_all(done);
    return sum;
}

void latch_for_all_workers() { expect(sum_after_the_latch(3) == 6, "a worker was still at it"); }

void latch_for_too_few() { expect(sum_after_the_latch(2) == 6, "a worker was still at it"); }

void latch_for_too_many() { sum_after_the_latch(4); }

void latch_as_a_starting_gun() {
    std::latch ready{3};
    std::latch go{1};
    std::atomic<int> early{0};
    std::atomic<bool> started{false};
    {
        std::vector<std::jthread> runners;
        for (int i = 0; i < 3; ++i) {
            runners.emplace_back([&] {
                ready.count_down();
                go.wait();
                if (!started) {
                    ++early;
                }
            });
        }
        ready.wait();
        started = true;
        go.count_down();
    }
    expect(early == 0, "a runner started too early");
}

constexpr Program table[] = {
    or_as(faulty("barrier_reused_without_generations",
                 "A fast thread enters the next phase before a slow one has left the last.",
                 barrier_reused_without_generations, Kind::never_woken, 50, "arrive_and_wait"),
          Kind::lost_wakeup),
    correct("barrier_reused_with_generations", "Phases have numbers.",
            barrier_reused_with_generations),
    correct("standard_barrier", "std::barrier, reused.", standard_barrier),
    correct("barrier_with_a_completion", "The completion runs once a phase, while all wait.",
            barrier_with_a_completion),
    faulty("one_leaves_without_a_word", "One of three goes, and the others wait for it.",
           one_leaves_without_a_word, Kind::never_woken, 1, "barriers.cpp"),
    correct("one_arrives_and_drops", "One of three goes, and says so.", one_arrives_and_drops),
    correct("latch_for_all_workers", "A latch for three workers.", latch_for_all_workers),
    wrong("latch_for_too_few", "A latch for two of three workers.", latch_for_too_few, 50,
          "still at it"),
    faulty("latch_for_too_many", "A latch for four workers, of whom there are three.",
           latch_for_too_many, Kind::never_woken, 1, "wait_for_all"),
    correct("latch_as_a_starting_gun", "All are ready before one starts.", latch_as_a_starting_gun),
};

}  // namespace

std::span<const Program> barriers() { return table; }

}  // namespace corpus
