#include "parallel.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

Flight run_threads(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n == 0"};
    std::atomic<std::uint64_t> next{range.first};
    std::mutex mutex;
    Flight best;
    auto search = [&] {
        Flight mine;
        for (std::uint64_t s; (s = next++) < range.last;)
            if (Flight f = flight(s); beats(f, mine)) mine = std::move(f);
        std::lock_guard lock{mutex};
        if (beats(mine, best)) best = std::move(mine);
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < n; ++i) threads.emplace_back(search);
    for (auto& t : threads) t.join();
    return best;
}

extern char** environ;
namespace {
struct Child {
    Range slice;
    pid_t pid = -1;
    int out = -1;
};
Child start(Range slice) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw WorkerError{slice, "no pipe"};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    std::string program = worker_program();
    std::string a = std::to_string(slice.first);
    std::string b = std::to_string(slice.last);
    char* argv[] = {program.data(), a.data(), b.data(), nullptr};
    Child child{slice, -1, ends[0]};
    const int error = ::posix_spawn(&child.pid, program.c_str(), &actions, nullptr, argv, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error != 0) {
        ::close(ends[0]);
        throw WorkerError{slice, "cannot start"};
    }
    return child;
}

std::string read_all(int fd) {
    std::string text;
    char part[4096];
    for (;;) {
        const ssize_t got = ::read(fd, part, sizeof part);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        text.append(part, static_cast<std::size_t>(got));
    }
    ::close(fd);
    return text;
}

std::optional<Flight> decode(const std::string& text, Range slice) {
    std::istringstream in{text};
    std::size_t count = 0;
    if (!(in >> count) || count == 0) return std::nullopt;
    Flight values(count);
    for (auto& v : values)
        if (!(in >> v)) return std::nullopt;
    std::string word;
    if (!(in >> word) || word != "." || in >> word) return std::nullopt;
    if (values.front() < slice.first || values.front() >= slice.last) return std::nullopt;
    return values;
}
int wait_for(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return status;
}
}  // namespace

Flight run_processes(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n == 0"};
    if (range.empty()) return {};
    const std::uint64_t count = std::min<std::uint64_t>(n, range.size());
    std::vector<Child> children;
    for (std::uint64_t i = 0; i < count; ++i)
        children.push_back(start({range.first + range.size() * i / count,
                                  range.first + range.size() * (i + 1) / count}));
    Flight best;
    std::optional<WorkerError> failure;
    for (Child& child : children) {
        const std::string text = read_all(child.out);
        const int status = wait_for(child.pid);
        auto found = decode(text, child.slice);
        if (status != 0 || !found) {
            if (!failure) failure = WorkerError{child.slice, "A worker failed."};
        } else if (beats(*found, best)) {
            best = std::move(*found);
        }
    }
    if (failure) throw *failure;
    return best;
}

namespace {
template <class F>
std::chrono::nanoseconds measure(F f) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    return std::chrono::steady_clock::now() - begin;
}
Timing row(std::chrono::nanoseconds serial, std::chrono::nanoseconds time, unsigned n) {
    Timing t{time, 1.0, 1.0};
    if (time.count() != 0)
        t.speed_up = static_cast<double>(serial.count()) / static_cast<double>(time.count());
    t.efficiency = t.speed_up / n;
    return t;
}
}  // namespace

Comparison compare(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n == 0"};
    const auto s = measure([&] { (void)longest_flight(range); });
    const auto t = measure([&] { (void)run_threads(range, n); });
    const auto p = measure(
        [&] { (void)run_processes(range, std::max(1U, std::thread::hardware_concurrency())); });
    return {row(s, s, 1), row(s, t, n), row(s, p, n)};
}
