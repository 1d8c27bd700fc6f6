#include "parallel.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

void check_workers(unsigned n) {
    if (n == 0) throw std::invalid_argument{"n must be at least 1."};
}

}  // namespace

// --- Threads ---

namespace {

/// Everything that the threads share, and the one mutex that guards it.
class Shared {
public:
    explicit Shared(Range range) : rest_{range} {}

    std::optional<std::uint64_t> next() {
        const std::scoped_lock lock{mutex_};
        if (rest_.empty()) return std::nullopt;
        return rest_.first++;
    }
    void offer(Flight found) {
        const std::scoped_lock lock{mutex_};
        if (beats(found, best_)) best_ = std::move(found);
    }
    Flight best() && { return std::move(best_); }

private:
    std::mutex mutex_;
    Range rest_;
    Flight best_;
};

}  // namespace

Flight run_threads(Range range, unsigned n) {
    check_workers(n);
    Shared shared{range};
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < n; ++i)
        threads.emplace_back([&shared] {
            while (const std::optional<std::uint64_t> start = shared.next())
                shared.offer(flight(*start));
        });
    for (std::thread& thread : threads) thread.join();
    return std::move(shared).best();
}

// --- Processes ---

extern char** environ;

namespace {

struct Worker {
    Range slice;
    pid_t id = -1;
    int output = -1;
};

Worker start_worker(Range slice) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw WorkerError{slice, "There is no pipe left."};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = worker_program();
    std::string first = std::to_string(slice.first);
    std::string last = std::to_string(slice.last);
    char* arguments[] = {program.data(), first.data(), last.data(), nullptr};
    Worker worker{slice, -1, ends[0]};
    const int error =
        ::posix_spawn(&worker.id, program.c_str(), &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error != 0) throw WorkerError{slice, "A worker could not be started."};
    return worker;
}

std::string read_all(int descriptor) {
    std::string bytes;
    char part[512];
    for (ssize_t got = 0; (got = ::read(descriptor, part, sizeof part)) > 0;)
        bytes.append(part, static_cast<std::size_t>(got));
    ::close(descriptor);
    return bytes;
}

/// Empty when it is not what a worker writes.
Flight decode(const std::string& bytes) {
    std::uint64_t count = 0;
    if (bytes.size() < sizeof count) return {};
    std::memcpy(&count, bytes.data(), sizeof count);
    if (bytes.size() != (count + 1) * sizeof count) return {};
    Flight values(count);
    std::memcpy(values.data(), bytes.data() + sizeof count, count * sizeof count);
    return values;
}

}  // namespace

Flight run_processes(Range range, unsigned n) {
    check_workers(n);
    const std::uint64_t count = std::min<std::uint64_t>(n, range.size());
    std::vector<Worker> workers;
    for (std::uint64_t i = 0; i < count; ++i)
        workers.push_back(start_worker({range.first + range.size() * i / count,
                                        range.first + range.size() * (i + 1) / count}));
    Flight best;
    std::optional<WorkerError> failure;
    for (const Worker& worker : workers) {
        Flight values = decode(read_all(worker.output));
        int status = 0;
        ::waitpid(worker.id, &status, 0);
        if (status != 0)
            failure = WorkerError{worker.slice, "A worker ended with an error."};
        else if (values.empty())
            failure = WorkerError{worker.slice, "A worker wrote no flight."};
        else if (beats(values, best))
            best = std::move(values);
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
