#include "parallel.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <exception>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

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
        for (unsigned i = 1; i < workers_for(range, n); ++i) threads.emplace_back(search);
        search();  // this thread is one of them
    }              // joined: from now on this thread is alone
    return best;
}

// --- Processes ---

namespace {

struct Worker {
    Range slice;
    std::FILE* output;
};

Worker start_worker(Range slice) {
    // exec: the shell becomes the worker, and does not stand between the two.
    const std::string line = "exec '" + worker_program() + "' " + std::to_string(slice.first) +
                             ' ' + std::to_string(slice.last);
    std::FILE* const output = ::popen(line.c_str(), "r");
    if (output == nullptr) throw WorkerError{slice, "A worker could not be started."};
    return {slice, output};
}

std::string read_all(std::FILE* file) {
    std::string text;
    std::array<char, 1000> part{};
    while (const std::size_t got = std::fread(part.data(), 1, part.size(), file))
        text.append(part.data(), got);
    return text;
}

Flight result_of(const Worker& worker) {
    const std::string text = read_all(worker.output);
    if (::pclose(worker.output) != 0) throw WorkerError{worker.slice, "A worker has failed."};
    std::istringstream words{text};
    Flight values;
    for (std::uint64_t value = 0; words >> value;) values.push_back(value);
    if (!text.ends_with("end\n") || values.empty() || values.front() < worker.slice.first ||
        values.front() >= worker.slice.last)
        throw WorkerError{worker.slice, "A worker printed no flight."};
    return values;
}

}  // namespace

Flight run_processes(Range range, unsigned n) {
    check_workers(n);
    std::vector<Worker> workers;
    const std::uint64_t count = workers_for(range, n);
    for (std::uint64_t i = 0; i < count; ++i)
        workers.push_back(start_worker({range.first + range.size() * i / count,
                                        range.first + range.size() * (i + 1) / count}));
    Flight best;
    std::optional<WorkerError> failure;
    for (const Worker& worker : workers) {
        try {
            if (Flight found = result_of(worker); beats(found, best)) best = std::move(found);
        } catch (const WorkerError& error) {
            failure = error;
        }
    }
    if (failure) throw *failure;
    return best;
}

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
