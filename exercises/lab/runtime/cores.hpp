// The modelled machine's cores: first come, first served, and held until the work is done.
#pragma once

#include <lab/runtime/thread_set.hpp>

#include <cstddef>
#include <deque>
#include <vector>

namespace lab::runtime {

/// Which virtual cores are taken, and who waits for one. A core is not taken away from a thread
/// before its work is done, which makes the makespan of n equal pieces on P cores exactly
/// ceil(n / P) pieces, and that of any others at most 2 − 1/P times the best (R. L. Graham, "Bounds
/// on Multiprocessing Timing Anomalies", 1969).
class Cores {
public:
    void reset(unsigned count) {
        taken_.assign(count, false);
        queue_.clear();
    }

    /// The lowest free core, now taken; or -1.
    [[nodiscard]] int take() noexcept {
        for (std::size_t i = 0; i < taken_.size(); ++i)
            if (!taken_[i]) {
                taken_[i] = true;
                return static_cast<int>(i);
            }
        return -1;
    }
    void wait(ThreadId thread) { queue_.push_back(thread); }

    /// Gives a core back. Returns who gets it now, and then it stays taken; or no_thread.
    [[nodiscard]] ThreadId release(unsigned core) noexcept {
        if (queue_.empty()) {
            taken_[core] = false;
            return no_thread;
        }
        const ThreadId next = queue_.front();
        queue_.pop_front();
        return next;
    }

private:
    std::vector<bool> taken_;
    std::deque<ThreadId> queue_;
};

}  // namespace lab::runtime
