#include "parallel.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <future>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

extern char** environ;

namespace {

/// Runs tasks that give a Flight, each in a thread of its own; its end waits for all of them.
class Crew {
public:
    template <typename Function>
    std::shared_future<Flight> add(Function function) {
        std::packaged_task<Flight()> task{std::move(function)};
        std::shared_future<Flight> result = task.get_future().share();
        threads_.emplace_back(std::move(task));
        return result;
    }

private:
    std::vector<std::jthread> threads_;
};

/// How far the threads have got. Pieces are numbered; numbers of a piece are its taker's.
struct Supply {
    Range range;
    std::uint64_t length;
    std::atomic<std::uint64_t> pieces{0};
    std::atomic<bool> stopped{false};

    [[nodiscard]] Range take() {
        const std::uint64_t piece = pieces.fetch_add(1);
        const std::uint64_t whole = (range.size() - 1) / length;  // the last piece's number
        if (stopped || piece > whole) return {};
        const std::uint64_t first = range.first + piece * length;
        return {first, first + length};
    }
};

Flight search(Supply& supply) {
    Flight best;
    try {
        for (Range piece = supply.take(); !piece.empty(); piece = supply.take())
            for (; !piece.empty() && !supply.stopped; ++piece.first)
                if (Flight next = flight(piece.first); beats(next, best)) best = std::move(next);
    } catch (...) {
        supply.stopped = true;
        throw;
    }
    return best;
}

struct Pipe {
    Pipe() {
        if (::pipe2(ends, O_CLOEXEC) != 0)
            throw std::system_error{errno, std::generic_category(), "pipe"};
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        for (const int end : ends)
            if (end >= 0) ::close(end);
    }
    void close_for_writing() { ::close(std::exchange(ends[1], -1)); }
    int ends[2] = {-1, -1};
};

/// From its start to its end: what an attendant does.
Flight attend(const std::string& program, Range slice) {
    Pipe pipe;
    char program_name[4096];
    char ends[64];
    if (program.size() >= sizeof program_name) throw std::length_error{"the program's path"};
    std::strcpy(program_name, program.c_str());
    std::snprintf(ends, sizeof ends, "%llu+%llu", static_cast<unsigned long long>(slice.first),
                  static_cast<unsigned long long>(slice.size()));
    char* const arguments[] = {program_name, ends, nullptr};
    posix_spawn_file_actions_t actions;
    pid_t process = 0;
    int error = ::posix_spawn_file_actions_init(&actions);
    if (error == 0) {
        error = ::posix_spawn_file_actions_adddup2(&actions, pipe.ends[1], STDOUT_FILENO);
        if (error == 0)
            error = ::posix_spawn(&process, program_name, &actions, nullptr, arguments, environ);
        ::posix_spawn_file_actions_destroy(&actions);
    }
    if (error != 0) throw std::system_error{error, std::generic_category(), program};
    pipe.close_for_writing();

    // Values are kept as far as memory allows; what is read is read to the end in any case.
    std::vector<unsigned char> bytes;
    bool kept = true;
    unsigned char part[1024];
    for (;;) {
        const ssize_t got = ::read(pipe.ends[0], part, sizeof part);
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            kept = false;
            break;
        }
        try {
            if (kept) bytes.insert(bytes.end(), part, part + got);
        } catch (...) {
            kept = false;
        }
    }
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }

    if (WIFSIGNALED(status)) throw WorkerError{slice, "The worker was ended by a signal."};
    if (WEXITSTATUS(status) != 0) throw WorkerError{slice, "The worker ended with an exit code."};
    // Variable-length integers, seven bits a byte, the last byte of each with the high bit; a zero,
    // which no flight contains, comes before and behind them.
    Flight values;
    std::uint64_t value = 0;
    unsigned bits = 0;
    bool begun = false;
    bool ended = false;
    for (const unsigned char byte : bytes) {
        if (ended || bits > 63 || (bits == 63 && (byte & 0x7e) != 0)) kept = false;
        if (!kept) break;
        value |= static_cast<std::uint64_t>(byte & 0x7f) << bits;
        bits += 7;
        if ((byte & 0x80) == 0) continue;
        if (!begun) {
            begun = true;
            kept = value == 0 && bits == 7;
        } else if (value == 0) {
            ended = true;
        } else {
            values.push_back(value);
        }
        value = 0;
        bits = 0;
    }
    if (!kept || !ended || values.empty() || values.front() < slice.first ||
        values.front() >= slice.last)
        throw WorkerError{slice, "The worker's output is not its result."};
    return values;
}

}  // namespace

Flight run_threads(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n has to be 1 at least"};
    if (range.empty()) return {};
    const std::uint64_t count = std::min<std::uint64_t>(n, range.size());
    Supply supply{range, std::max<std::uint64_t>(1, range.size() / count / 10)};
    Crew crew;
    std::shared_future<Flight> last;
    try {
        for (std::uint64_t i = 0; i < count; ++i) {
            last = crew.add([&supply, before = last] {
                Flight mine = search(supply);
                if (before.valid() && beats(before.get(), mine)) return before.get();
                return mine;
            });
        }
    } catch (...) {
        supply.stopped = true;
        throw;
    }
    return last.get();
}

Flight run_processes(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n has to be 1 at least"};
    if (range.empty()) return {};
    const std::string program = worker_program();
    const std::uint64_t count = std::min<std::uint64_t>(n, range.size());
    std::vector<std::shared_future<Flight>> results;
    Crew attendants;
    std::uint64_t first = range.first;
    for (std::uint64_t left = count; left > 0; --left) {
        const Range slice{first, first + (range.last - first) / left};
        results.push_back(attendants.add([&program, slice] { return attend(program, slice); }));
        first = slice.last;
    }
    Flight best;
    for (const std::shared_future<Flight>& result : results)
        if (beats(result.get(), best)) best = result.get();
    return best;
}

Comparison compare(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n has to be 1 at least"};
    const auto time = [](std::packaged_task<Flight()> task) {
        std::future<Flight> result = task.get_future();
        const auto begin = std::chrono::steady_clock::now();
        task();
        const auto end = std::chrono::steady_clock::now();
        (void)result.get();  // throws what was thrown
        return std::chrono::duration_cast<std::chrono::nanoseconds>(end - begin);
    };
    Comparison rows;
    const auto fill = [&rows](Timing& row, std::chrono::nanoseconds duration, unsigned workers) {
        row.time = duration;
        row.speed_up = duration.count() == 0 ? 1.0
                                             : static_cast<double>(rows.serial.time.count()) /
                                                   static_cast<double>(duration.count());
        row.efficiency = row.speed_up / static_cast<double>(workers);
    };
    rows.serial.time = time(std::packaged_task<Flight()>{[=] { return longest_flight(range); }});
    fill(rows.threads, time(std::packaged_task<Flight()>{[=] { return run_threads(range, n); }}), n);
    fill(rows.processes, time(std::packaged_task<Flight()>{[=] { return run_processes(range, n); }}),
         n);
    return rows;
}
