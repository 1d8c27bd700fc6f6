#include "parallel.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>
#include <queue>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

extern char** environ;

namespace {

std::vector<Range> cut_evenly(Range range, std::uint64_t count) {
    std::vector<Range> slices;
    for (; count > 0; --count) {
        const std::uint64_t middle = range.first + range.size() / count;
        slices.push_back({range.first, middle});
        range.first = middle;
    }
    return slices;
}

/// What the caller hands out, number by number, to whoever is free.
class Counter {
public:
    void put(std::uint64_t number) {
        const std::scoped_lock lock(mutex_);
        numbers_.push(number);
        changed_.notify_one();
    }

    void close() {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
        changed_.notify_one();
    }

    /// Nothing: there is no more.
    std::optional<std::uint64_t> take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closed_ || !numbers_.empty(); });
        if (numbers_.empty() || given_up_) return std::nullopt;
        const std::uint64_t number = numbers_.front();
        numbers_.pop();
        return number;
    }

    void give_up() {
        const std::scoped_lock lock(mutex_);
        given_up_ = true;
        closed_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::queue<std::uint64_t> numbers_;
    bool closed_ = false;
    bool given_up_ = false;
};

struct Searcher {
    void operator()(Counter& counter) noexcept {
        try {
            while (const auto start = counter.take()) {
                Flight candidate = flight(*start);
                if (beats(candidate, best)) best = std::move(candidate);
            }
        } catch (...) {
            error = std::current_exception();
            counter.give_up();
        }
    }
    Flight best;
    std::exception_ptr error;
};

class Worker {
public:
    explicit Worker(Range slice) : slice_(slice) {}
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            finish();
        }
    }

    void start(const std::string& program) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe2");
        std::string words[] = {program, std::to_string(slice_.first), std::to_string(slice_.size())};
        char* argv[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
        posix_spawn_file_actions_t actions;
        int error = ::posix_spawn_file_actions_init(&actions);
        if (error == 0) {
            error = ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
            pid_t child = 0;
            if (error == 0)
                error = ::posix_spawn(&child, argv[0], &actions, nullptr, argv, environ);
            if (error == 0) process_ = child;
            ::posix_spawn_file_actions_destroy(&actions);
        }
        ::close(ends[1]);
        pipe_ = ends[0];
        if (error != 0) {
            ::close(pipe_);
            throw std::system_error(error, std::generic_category(), "posix_spawn");
        }
    }

    void read_to_the_end() {
        char part[512];
        for (;;) {
            const ssize_t got = ::read(pipe_, part, sizeof part);
            if (got > 0) text_.append(part, static_cast<std::size_t>(got));
            if (got == 0 || (got < 0 && errno != EINTR)) return;
        }
    }

    void finish() noexcept {
        ::close(pipe_);
        while (::waitpid(process_, &status_, 0) < 0 && errno == EINTR) {
        }
        process_ = 0;
    }

    [[nodiscard]] Flight result() const {
        if (!WIFEXITED(status_) || WEXITSTATUS(status_) != 0)
            throw WorkerError(slice_, WIFSIGNALED(status_) ? "A worker was killed by a signal."
                                                           : "A worker reported a failure.");
        std::optional<Flight> values = rebuilt();
        if (!values) throw WorkerError(slice_, "A worker did not print a flight.");
        return *std::move(values);
    }

private:
    /// "7:uduududdudddd.": the start, and for each further value whether it is up or down from the
    /// one before. The full stop says that this is all.
    [[nodiscard]] std::optional<Flight> rebuilt() const {
        std::uint64_t value = 0;
        const char* const end = text_.data() + text_.size();
        const auto [at, error] = std::from_chars(text_.data(), end, value);
        if (error != std::errc{} || value < slice_.first || value >= slice_.last) return {};
        std::string_view moves(at, static_cast<std::size_t>(end - at));
        if (moves.size() < 2 || moves.front() != ':' || moves.back() != '.') return {};
        moves = moves.substr(1, moves.size() - 2);
        Flight values{value};
        for (const char move : moves) {
            if (move == 'd' && value % 2 == 0)
                value /= 2;
            else if (move == 'u' && value % 2 == 1 &&
                     value <= (std::numeric_limits<std::uint64_t>::max() - 1) / 3)
                value = 3 * value + 1;
            else
                return {};
            values.push_back(value);
        }
        return values;
    }

    Range slice_;
    pid_t process_ = 0;
    int pipe_ = -1;
    int status_ = 0;
    std::string text_;
};

}  // namespace

Flight run_threads(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument("There must be a thread.");
    if (range.empty()) return {};
    const std::size_t count = std::min<std::uint64_t>(n, range.size());
    Counter counter;
    std::vector<Searcher> searchers(count);
    {
        std::vector<std::jthread> threads(count);
        try {
            for (std::size_t i = 0; i < count; ++i)
                threads[i] = std::jthread(std::ref(searchers[i]), std::ref(counter));
            for (std::uint64_t number = range.first; number < range.last; ++number)
                counter.put(number);
        } catch (...) {
            counter.give_up();
            throw;
        }
        counter.close();
    }
    Flight best;
    for (Searcher& searcher : searchers) {
        if (searcher.error) std::rethrow_exception(searcher.error);
        if (beats(searcher.best, best)) best = std::move(searcher.best);
    }
    return best;
}

Flight run_processes(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument("There must be a process.");
    const std::vector<Range> slices = cut_evenly(range, std::min<std::uint64_t>(n, range.size()));
    std::vector<std::unique_ptr<Worker>> workers;
    for (const Range slice : slices) {
        workers.push_back(std::make_unique<Worker>(slice));
        workers.back()->start(worker_program());
    }
    for (const auto& worker : workers) {
        worker->read_to_the_end();
        worker->finish();
    }
    Flight best;
    for (const auto& worker : workers)
        if (Flight next = worker->result(); beats(next, best)) best = std::move(next);
    return best;
}

Comparison compare(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument("There must be a worker.");
    const auto stopwatch = [range, n](auto&& way) {
        const auto begin = std::chrono::steady_clock::now();
        static_cast<void>(way(range, n));
        return std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin);
    };
    const std::chrono::nanoseconds serial =
        stopwatch([](Range r, unsigned) { return longest_flight(r); });
    const auto timing = [serial](std::chrono::nanoseconds time, unsigned workers) {
        const std::chrono::duration<double> one = serial;
        const std::chrono::duration<double> other = time;
        const double speed_up = time.count() == 0 ? 1.0 : one / other;
        return Timing{time, speed_up, speed_up / workers};
    };
    Comparison result;
    result.serial = timing(serial, 1);
    result.threads = timing(stopwatch(run_threads), n);
    result.processes = timing(stopwatch(run_processes), n);
    return result;
}
