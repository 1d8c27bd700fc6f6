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

std::mutex results;  // whatever several threads may write

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
    Flight best;

    const auto search = [&] {
        Flight mine;  // each thread's own: nothing is shared while it computes
        for (;;) {
            const std::uint64_t start = next++;
            if (start >= range.last) break;
            if (Flight found = flight(start); beats(found, mine)) mine = std::move(found);
        }
        const std::lock_guard lock{results};
        if (beats(mine, best)) best = std::move(mine);
    };

    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < workers_for(range, n); ++i) threads.emplace_back(search);
    }  // joined: from now on this thread is alone
    return best;
}

// --- Processes ---

namespace {

struct Worker {
    Range slice;
    asio::readable_pipe output;
    process::process program;
};

Worker start_worker(asio::io_context& context, Range slice) {
    asio::readable_pipe output{context};
    const std::vector<std::string> arguments{std::to_string(slice.first),
                                             std::to_string(slice.last)};
    process::process program{context, worker_program(), arguments,
                             process::process_stdio{nullptr, output, {}}};
    return {slice, std::move(output), std::move(program)};
}

std::string read_all(asio::readable_pipe& pipe) {
    std::string text;
    boost::system::error_code end;
    asio::read(pipe, asio::dynamic_buffer(text), end);  // to the end of file
    return text;
}

/// Nothing when the text is not what worker.cpp prints for this slice.
std::optional<Flight> parse(const std::string& text, Range slice) {
    std::istringstream words{text};
    Flight values;
    std::uint64_t value = 0;
    while (words >> value) values.push_back(value);
    words.clear();
    std::string word;
    if (!(words >> word) || word != "end" || words >> word) return std::nullopt;
    if (values.empty() || values.front() < slice.first || values.front() >= slice.last)
        return std::nullopt;
    return values;
}

/// First reads, then waits: a worker whose pipe is full waits to be read, and never ends.
Flight result_of(Worker& worker) {
    const std::string text = read_all(worker.output);
    const int status = worker.program.wait();
    const std::string who = "The worker for the numbers from " +
                            std::to_string(worker.slice.first) + " to " +
                            std::to_string(worker.slice.last - 1);
    if (status != 0)
        throw WorkerError{worker.slice,
                          who + " failed with status " + std::to_string(status) + "."};
    if (std::optional<Flight> values = parse(text, worker.slice)) return *std::move(values);
    throw WorkerError{worker.slice, who + " printed what is no flight."};
}

}  // namespace

Flight run_processes(Range range, unsigned n) {
    check_workers(n);
    asio::io_context context;
    std::vector<Worker> workers;
    const std::uint64_t count = workers_for(range, n);
    for (std::uint64_t i = 0; i < count; ++i) {
        const Range slice{range.first + range.size() * i / count,
                          range.first + range.size() * (i + 1) / count};
        workers.push_back(start_worker(context, slice));
    }

    Flight best;
    std::exception_ptr failure;
    for (Worker& worker : workers) {
        try {
            if (Flight found = result_of(worker); beats(found, best)) best = std::move(found);
        } catch (...) {
            if (!failure) failure = std::current_exception();
        }
    }  // every worker was read and waited for, also after a failure
    if (failure) std::rethrow_exception(failure);
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
    const std::lock_guard lock{results};
    const auto serial = time_of([&] { return longest_flight(range); });
    const auto threads = time_of([&] { return run_threads(range, n); });
    const auto processes = time_of([&] { return run_processes(range, n); });
    return {timing(serial, serial, 1), timing(serial, threads, n), timing(serial, processes, n)};
}
