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

#include <sys/epoll.h>
#include <sys/syscall.h>

Flight run_threads(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n"};
    std::vector<Flight> all(range.size());  // a place for each: nobody shares one
    std::atomic_uint64_t next = 0;
    {
        std::vector<std::jthread> threads;
        while (threads.size() < std::min<std::uint64_t>(n, all.size()))
            threads.emplace_back([&] {
                for (auto i = next.fetch_add(1); i < all.size(); i = next.fetch_add(1))
                    all[i] = flight(range.first + i);
            });
    }
    const auto best =
        std::ranges::max_element(all, [](const Flight& a, const Flight& b) { return beats(b, a); });
    return best == all.end() ? Flight{} : std::move(*best);
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
}  // namespace

Flight run_processes(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n == 0"};
    if (range.empty()) return {};
    const std::uint64_t count = std::min<std::uint64_t>(n, range.size());
    std::vector<Child> children;
    for (std::uint64_t i = 0; i < count; ++i)
        children.push_back(start({range.first + range.size() * i / count,
                                  range.first + range.size() * (i + 1) / count}));
    const int queue = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<std::string> texts(children.size());
    std::vector<int> statuses(children.size(), -1);
    std::vector<int> ends(children.size(), -1);
    // Even: output of a worker; odd: its end.
    for (std::size_t i = 0; i < children.size(); ++i) {
        ends[i] = static_cast<int>(::syscall(SYS_pidfd_open, children[i].pid, 0));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = 2 * i;
        ::epoll_ctl(queue, EPOLL_CTL_ADD, children[i].out, &event);
        event.data.u64 = 2 * i + 1;
        ::epoll_ctl(queue, EPOLL_CTL_ADD, ends[i], &event);
    }
    for (std::size_t left = 2 * children.size(); left > 0;) {
        epoll_event events[8];
        const int ready = ::epoll_wait(queue, events, 8, -1);
        for (int e = 0; e < ready; ++e) {
            const std::size_t i = events[e].data.u64 / 2;
            if (events[e].data.u64 % 2 == 0) {
                char part[256];
                const ssize_t got = ::read(children[i].out, part, sizeof part);
                if (got > 0) {
                    texts[i].append(part, static_cast<std::size_t>(got));
                    continue;
                }
                ::epoll_ctl(queue, EPOLL_CTL_DEL, children[i].out, nullptr);
                ::close(children[i].out);
            } else {
                ::epoll_ctl(queue, EPOLL_CTL_DEL, ends[i], nullptr);
                siginfo_t info{};
                ::waitid(P_PID, static_cast<id_t>(children[i].pid), &info, WEXITED);
                ::close(ends[i]);
                statuses[i] = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
            }
            --left;
        }
    }
    ::close(queue);
    Flight best;
    for (std::size_t i = 0; i < children.size(); ++i) {
        auto found = decode(texts[i], children[i].slice);
        if (statuses[i] != 0 || !found) throw WorkerError{children[i].slice, "failed"};
        if (beats(*found, best)) best = std::move(*found);
    }
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
    const auto p = measure([&] { (void)run_processes(range, n); });
    return {row(s, s, 1), row(s, t, n), row(s, p, n)};
}
