#include <verify/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <mutex>
#include <sched.h>
#include <string>
#include <thread>
#include <vector>

namespace lockstep {

unsigned usable_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        cores = static_cast<unsigned>(CPU_COUNT(&set));
    }
    // "max 100000", or a quota and a period in microseconds: what containers are held to.
    std::ifstream file{"/sys/fs/cgroup/cpu.max"};
    std::string quota;
    double period = 0;
    if (file >> quota >> period && quota != "max" && period > 0) {
        const double granted = std::strtod(quota.c_str(), nullptr) / period;
        cores = std::min(cores, std::max(1U, static_cast<unsigned>(std::lround(granted))));
    }
    return std::max(1U, cores);
}

void in_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    std::mutex mutex;
    std::exception_ptr first;
    const auto take = [&] {
        while (!failed) {
            const std::size_t number = next++;
            if (number >= count) {
                return;
            }
            try {
                work(number);
            } catch (...) {
                const std::lock_guard lock{mutex};
                if (!first) {
                    first = std::current_exception();
                }
                failed = true;
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        const std::size_t wanted = std::min<std::size_t>(count, jobs == 0 ? usable_cores() : jobs);
        for (std::size_t i = 1; i < wanted; ++i) {
            threads.emplace_back(take);
        }
        take();
    }
    if (first) {
        std::rethrow_exception(first);
    }
}

}  // namespace lockstep
