#include "parallel.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <deque>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

extern char** environ;

namespace {

[[noreturn]] void system_failure(const char* call, int error = errno) {
    throw std::system_error(error, std::system_category(), call);
}

// ---------------------------------------------------------------------------- threads

class Tournament {
public:
    Tournament(Range range, std::size_t players) : range_(range), players_(players) {}
    Tournament(const Tournament&) = delete;
    Tournament& operator=(const Tournament&) = delete;

    Flight play() {
        std::vector<std::thread> threads;
        threads.reserve(players_.size());
        std::exception_ptr not_started;
        try {
            for (std::size_t i = 0; i < players_.size(); ++i)
                threads.emplace_back([this, i] { play(i); });
        } catch (...) {
            not_started = std::current_exception();
            taken_.store(range_.size());
            // Nobody will ever come to these places, so nobody may wait there.
            for (std::size_t i = threads.size(); i < players_.size(); ++i) leave(players_[i]);
        }
        for (std::thread& thread : threads) thread.join();
        if (not_started) std::rethrow_exception(not_started);
        if (players_[0].error) std::rethrow_exception(players_[0].error);
        return std::move(players_[0].best);
    }

private:
    struct Player {
        Flight best;
        std::exception_ptr error;
        std::atomic<int> left{0};
    };

    void play(std::size_t i) noexcept {
        Player& me = players_[i];
        try {
            for (Range piece = next(); !piece.empty(); piece = next())
                for (std::uint64_t start = piece.first; start != piece.last; ++start)
                    if (Flight f = flight(start); beats(f, me.best)) me.best.swap(f);
        } catch (...) {
            me.error = std::current_exception();
        }
        // In round r, those whose number is divisible by 2^(r+1) meet those 2^r behind them.
        for (std::size_t stride = 1; i % (2 * stride) == 0 && stride < players_.size();
             stride *= 2) {
            if (i + stride >= players_.size()) continue;
            Player& other = players_[i + stride];
            other.left.wait(0);
            if (!me.error) me.error = other.error;
            if (beats(other.best, me.best)) me.best.swap(other.best);
        }
        leave(me);
    }

    static void leave(Player& player) noexcept {
        player.left.store(1);
        player.left.notify_one();
    }

    /// An eighth of an even share of what is left, at least one.
    Range next() noexcept {
        const std::uint64_t size = range_.size();
        std::uint64_t at = taken_.load();
        std::uint64_t count = 0;
        do {
            if (at >= size) return {};
            count = std::max<std::uint64_t>(1, (size - at) / players_.size() / 8);
        } while (!taken_.compare_exchange_weak(at, at + count));
        return {range_.first + at, range_.first + at + count};
    }

    Range range_;
    std::atomic<std::uint64_t> taken_{0};
    std::vector<Player> players_;
};

// ---------------------------------------------------------------------------- processes

struct Worker {
    Range slice;
    pid_t pid = 0;
    int pipe = -1;
    std::string said;
    bool understood = true;

    Worker() = default;
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
        hang_up();
        if (pid == 0) return;
        ::kill(pid, SIGKILL);
        wait();
    }
    void hang_up() {
        if (pipe >= 0) ::close(std::exchange(pipe, -1));
    }
    int wait() {
        int status = 0;
        while (::waitpid(pid, &status, 0) == -1 && errno == EINTR) continue;
        pid = 0;
        return status;
    }
};

void start(Worker& worker, const std::string& program) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) system_failure("pipe2");
    worker.pipe = ends[0];
    std::array<char, 64> slice{};
    std::snprintf(slice.data(), slice.size(), "%llu:%llu",
                  static_cast<unsigned long long>(worker.slice.first),
                  static_cast<unsigned long long>(worker.slice.last));
    std::string name = program;
    std::array<char*, 3> argv{name.data(), slice.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, name.c_str(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error != 0) system_failure("posix_spawn", error);
    worker.pid = pid;
}

void listen_to_all(std::deque<Worker>& workers) {
    struct Epoll {
        int fd = ::epoll_create1(EPOLL_CLOEXEC);
        ~Epoll() {
            if (fd >= 0) ::close(fd);
        }
    } const epoll;
    if (epoll.fd < 0) system_failure("epoll_create1");
    for (Worker& worker : workers) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &worker;
        if (::epoll_ctl(epoll.fd, EPOLL_CTL_ADD, worker.pipe, &event) != 0)
            system_failure("epoll_ctl");
    }
    std::size_t talking = workers.size();
    while (talking > 0) {
        std::array<epoll_event, 16> events{};
        const int count =
            ::epoll_wait(epoll.fd, events.data(), static_cast<int>(events.size()), -1);
        if (count < 0 && errno != EINTR) system_failure("epoll_wait");
        for (int i = 0; i < count; ++i) {
            Worker& worker = *static_cast<Worker*>(events[static_cast<std::size_t>(i)].data.ptr);
            std::array<char, 4096> part{};
            const ssize_t got = ::read(worker.pipe, part.data(), part.size());
            if (got > 0) {
                worker.said.append(part.data(), static_cast<std::size_t>(got));
            } else if (got == 0 || errno != EINTR) {
                worker.understood = got == 0;
                worker.hang_up();  // and it is no longer watched
                --talking;
            }
        }
    }
}

/// Throughout in binary: the values, and behind them their count.
Flight result_of(Worker& worker) {
    const int status = worker.wait();
    std::string wrong;
    Flight values(worker.said.size() / sizeof(std::uint64_t));
    if (!values.empty())
        std::memcpy(values.data(), worker.said.data(), values.size() * sizeof(std::uint64_t));
    if (WIFSIGNALED(status))
        wrong = "It was ended by signal " + std::to_string(WTERMSIG(status)) + ".";
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        wrong = "It ended with an error.";
    else if (!worker.understood || worker.said.size() % sizeof(std::uint64_t) != 0 ||
             values.size() < 2 || values.back() != values.size() - 1)
        wrong = "It did not give its whole result.";
    else if (values.front() < worker.slice.first || values.front() >= worker.slice.last)
        wrong = "It gave somebody else's result.";
    if (!wrong.empty()) throw WorkerError(worker.slice, "A worker has failed. " + wrong);
    values.pop_back();
    return values;
}

void refuse_nobody(unsigned n) {
    if (n == 0) throw std::invalid_argument("n is 0");
}

}  // namespace

Flight run_threads(Range range, unsigned n) {
    refuse_nobody(n);
    if (range.empty()) return {};
    return Tournament(range, std::min<std::uint64_t>(n, range.size())).play();
}

Flight run_processes(Range range, unsigned n) {
    refuse_nobody(n);
    if (range.empty()) return {};
    std::deque<Worker> workers(std::min<std::uint64_t>(n, range.size()));
    const std::string program = worker_program();
    std::uint64_t from = range.first;
    std::uint64_t left = workers.size();
    for (Worker& worker : workers) {
        worker.slice = {from, from + (range.last - from + left - 1) / left};
        from = worker.slice.last;
        --left;
        start(worker, program);
    }
    listen_to_all(workers);
    Flight best;
    std::exception_ptr error;
    for (Worker& worker : workers) {
        try {
            Flight f = result_of(worker);
            if (beats(f, best)) best.swap(f);
        } catch (...) {
            if (!error) error = std::current_exception();
        }
    }
    if (error) std::rethrow_exception(error);
    return best;
}

Comparison compare(Range range, unsigned n) {
    refuse_nobody(n);
    Comparison result;
    const auto measure = [&](Timing& into, double workers, auto search) {
        using clock = std::chrono::steady_clock;
        const clock::time_point begin = clock::now();
        search();
        into.time = clock::now() - begin;
        if (into.time > std::chrono::nanoseconds(0))
            into.speed_up = std::chrono::duration<double>(result.serial.time) /
                            std::chrono::duration<double>(into.time);
        into.efficiency = into.speed_up / workers;
    };
    measure(result.serial, 1, [&] { (void)longest_flight(range); });
    measure(result.threads, n, [&] { (void)run_threads(range, n); });
    measure(result.processes, n, [&] { (void)run_processes(range, n); });
    return result;
}
