#include "parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio.hpp>
// Asio first: Process does not include all that it needs of it.
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

namespace asio = boost::asio;
namespace process = boost::process::v2;

namespace {

void check_workers(unsigned n) {
    if (n == 0) throw std::invalid_argument{"n must be at least 1."};
}

/// No more workers than numbers.
unsigned workers_for(Range range, unsigned n) {
    return static_cast<unsigned>(std::min<std::uint64_t>(n, range.size()));
}

}  // namespace

// --- Threads ---

Flight run_threads(Range range, unsigned n) {
    check_workers(n);
    std::atomic<std::uint64_t> next{range.first};
    std::mutex mutex;
    Flight best;

    const auto search = [&] {
        Flight mine;  // each thread's own: nothing is shared while it computes
        for (;;) {
            const std::uint64_t start = next++;
            if (start >= range.last) break;
            if (Flight found = flight(start); beats(found, mine)) mine = std::move(found);
        }
        const std::lock_guard lock{mutex};
        if (beats(mine, best)) best = std::move(mine);
    };

    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < workers_for(range, n); ++i) threads.emplace_back(search);
    }  // joined: from now on this thread is alone
    return best;
}

// --- Processes ---

Flight run_processes(Range range, unsigned n) { return run_threads(range, n); }

// --- Measuring ---

namespace {

template <typename Search>
std::chrono::nanoseconds time_of(Search search) {
    const auto begin = std::chrono::steady_clock::now();
    (void)search();
    return std::chrono::steady_clock::now() - begin;
}

Timing timing(std::chrono::nanoseconds serial, std::chrono::nanoseconds time, unsigned workers) {
    using Seconds = std::chrono::duration<double>;
    const double speed_up = time.count() > 0 ? Seconds{serial} / Seconds{time} : 1.0;
    return {time, speed_up, speed_up / workers};
}

}  // namespace

Comparison compare(Range range, unsigned n) {
    check_workers(n);
    const auto serial = time_of([&] { return longest_flight(range); });
    const auto threads = time_of([&] { return run_threads(range, n); });
    const auto processes = time_of([&] { return run_processes(range, n); });
    return {timing(serial, serial, 1), timing(serial, threads, n), timing(serial, processes, n)};
}
