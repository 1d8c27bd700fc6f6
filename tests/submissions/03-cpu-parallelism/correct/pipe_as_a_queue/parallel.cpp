#include "parallel.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

[[noreturn]] void system_failed(const char* what) {
    throw std::system_error{errno, std::generic_category(), what};
}

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) noexcept : number_{number} {}
    Descriptor(Descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        close();
        number_ = std::exchange(other.number_, -1);
        return *this;
    }
    ~Descriptor() { close(); }
    void close() noexcept {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_ = -1;
};

struct Pipe {
    Descriptor out;
    Descriptor in;
    explicit Pipe(int flags = O_CLOEXEC) {
        int ends[2];
        if (::pipe2(ends, flags) != 0) system_failed("pipe2");
        out = Descriptor{ends[0]};
        in = Descriptor{ends[1]};
    }
};

/// A channel of small things. In packet mode what one write has written is what one read reads,
/// however many read and write.
template <typename T>
class Channel {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    void send(T value) const {
        while (::write(pipe_.in.number(), &value, sizeof value) != sizeof value)
            if (errno != EINTR) system_failed("write");
    }
    /// Nothing: it was closed, and all was received.
    [[nodiscard]] std::optional<T> receive() const {
        T value;
        for (;;) {
            const ssize_t got = ::read(pipe_.out.number(), &value, sizeof value);
            if (got == sizeof value) return value;
            if (got == 0) return std::nullopt;
            if (errno != EINTR) system_failed("read");
        }
    }
    void close() noexcept { pipe_.in.close(); }

private:
    Pipe pipe_{O_CLOEXEC | O_DIRECT};
};

struct Found {
    Flight best;
    std::exception_ptr error;
};

/// Sends what it has found, good or bad, and nothing else.
void search(const Channel<std::uint64_t>& numbers, const Channel<Found*>& results,
            std::atomic<bool>& given_up) {
    auto found = std::make_unique<Found>();
    while (const std::optional<std::uint64_t> number = numbers.receive()) {
        if (given_up) continue;  // so that the sender never waits in vain
        try {
            Flight next = flight(*number);
            if (beats(next, found->best)) found->best = std::move(next);
        } catch (...) {
            found->error = std::current_exception();
            given_up = true;
        }
    }
    results.send(found.get());
    (void)found.release();  // it is the receiver's now
}

// --- Processes ---

struct Order {
    std::uint64_t first;
    std::uint64_t last;
};

struct Worker {
    Range slice;
    Descriptor output;
    pid_t process = 0;
    int status = 0;
    std::string said;

    Worker(Range the_slice, const std::string& program) : slice{the_slice} {
        Pipe input;
        Pipe result;
        const Order order{slice.first, slice.last};
        // It fits into any pipe, so nobody has to read it yet.
        if (::write(input.in.number(), &order, sizeof order) != sizeof order)
            system_failed("write");
        std::string name = program;
        char* arguments[] = {name.data(), nullptr};
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        int code = ::posix_spawn_file_actions_adddup2(&actions, input.out.number(), STDIN_FILENO);
        if (code == 0)
            code = ::posix_spawn_file_actions_adddup2(&actions, result.in.number(), STDOUT_FILENO);
        if (code == 0)
            code = ::posix_spawn(&process, arguments[0], &actions, nullptr, arguments, environ);
        ::posix_spawn_file_actions_destroy(&actions);
        if (code != 0) {
            process = 0;
            throw std::system_error{code, std::generic_category(), "posix_spawn"};
        }
        output = std::move(result.out);
    }
    Worker(Worker&& other) noexcept
        : slice{other.slice},
          output{std::move(other.output)},
          process{std::exchange(other.process, 0)},
          status{other.status},
          said{std::move(other.said)} {}
    Worker& operator=(Worker&&) = delete;
    ~Worker() {
        if (process == 0) return;
        ::kill(process, SIGKILL);
        wait();
    }
    void hear() {
        char part[4096];
        for (ssize_t got = 1; got != 0;) {
            got = ::read(output.number(), part, sizeof part);
            if (got > 0) said.append(part, static_cast<std::size_t>(got));
            if (got < 0 && errno != EINTR) system_failed("read");
        }
    }
    void wait() noexcept {
        while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
        }
        process = 0;
    }
    /// What a worker says: each value in sixteen hexadecimal digits, and a "!" at the end.
    [[nodiscard]] Flight flight() const {
        const auto complain = [this](const std::string& what) {
            throw WorkerError{slice, "Worker " + std::to_string(slice.first) + ": " + what};
        };
        if (WIFSIGNALED(status)) complain("signal " + std::to_string(WTERMSIG(status)));
        if (WEXITSTATUS(status) != 0) complain("code " + std::to_string(WEXITSTATUS(status)));
        if (said.size() % 16 != 1 || said.size() == 1 || said.back() != '!') complain("incomplete");
        if (said.find_first_not_of("0123456789abcdef") != said.size() - 1) complain("nonsense");
        Flight values;
        for (std::size_t at = 0; at + 1 < said.size(); at += 16)
            values.push_back(std::stoull(said.substr(at, 16), nullptr, 16));
        if (values.front() < slice.first || values.front() >= slice.last)
            complain("another one's flight");
        return values;
    }
};

}  // namespace

Flight run_threads(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"run_threads(range, 0)"};
    Channel<std::uint64_t> numbers;
    Channel<Found*> results;
    std::atomic<bool> given_up{false};
    std::vector<std::unique_ptr<Found>> found;
    {
        std::vector<std::jthread> threads;
        // However this ends: the threads come to the end of what was sent, and are joined. A place
        // for what they send back is in the pipe: they send one pointer each, and it is read here.
        struct Closing {
            Channel<std::uint64_t>& numbers;
            ~Closing() { numbers.close(); }
        };
        const Closing closing{numbers};
        const std::uint64_t count = std::min<std::uint64_t>(n, range.size());
        threads.reserve(count);
        found.reserve(count);
        std::exception_ptr failed;
        try {
            for (std::uint64_t i = 0; i < count; ++i)
                threads.emplace_back(search, std::cref(numbers), std::cref(results),
                                     std::ref(given_up));
            for (std::uint64_t number = range.first; number < range.last && !given_up; ++number)
                numbers.send(number);
        } catch (...) {
            failed = std::current_exception();
            given_up = true;
        }
        numbers.close();
        for (std::size_t i = 0; i < threads.size(); ++i)
            if (const std::optional<Found*> next = results.receive()) found.emplace_back(*next);
        if (failed) std::rethrow_exception(failed);
    }
    Flight best;
    for (const std::unique_ptr<Found>& each : found) {
        if (each->error) std::rethrow_exception(each->error);
        if (beats(each->best, best)) best = std::move(each->best);
    }
    return best;
}

Flight run_processes(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"run_processes(range, 0)"};
    if (range.empty()) return {};
    const std::string program = worker_program();
    const std::uint64_t count = std::min<std::uint64_t>(n, range.size());
    std::vector<Worker> workers;
    workers.reserve(count);
    for (std::uint64_t i = 0, first = range.first; i < count; ++i) {
        const std::uint64_t last = first + (range.last - first) / (count - i);
        workers.emplace_back(Range{first, last}, program);
        first = last;
    }
    for (Worker& worker : workers) worker.hear();
    for (Worker& worker : workers) worker.wait();
    Flight best;
    for (const Worker& worker : workers)
        if (Flight next = worker.flight(); beats(next, best)) best = std::move(next);
    return best;
}

Comparison compare(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"compare(range, 0)"};
    Comparison all;
    const auto measure = [&](Timing Comparison::*row, double workers, auto search) {
        Timing& timing = all.*row;
        const auto begin = std::chrono::steady_clock::now();
        (void)search();
        timing.time = std::chrono::steady_clock::now() - begin;
        if (timing.time.count() > 0)
            timing.speed_up = static_cast<double>(all.serial.time.count()) /
                              static_cast<double>(timing.time.count());
        timing.efficiency = timing.speed_up / workers;
    };
    measure(&Comparison::serial, 1, [&] { return longest_flight(range); });
    measure(&Comparison::threads, n, [&] { return run_threads(range, n); });
    measure(&Comparison::processes, n, [&] { return run_processes(range, n); });
    return all;
}
