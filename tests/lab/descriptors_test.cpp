// Pipes, eventfds and sockets between a run's threads: waited for in the model, in virtual time.
#include "runs.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

using namespace runs;
using namespace lab::matchers;

namespace {

struct Pipe {
    std::array<int, 2> ends{-1, -1};
    Pipe() { static_cast<void>(pipe(ends.data())); }
    ~Pipe() {
        for (const int end : ends) close(end);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    [[nodiscard]] int out() const { return ends[0]; }
    [[nodiscard]] int in() const { return ends[1]; }
};

}  // namespace

TEST_CASE("a reader waits for the writer of its pipe") {
    const lab::Options options = each_handover();
    char got = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            const Pipe pipe;
            std::jthread writer([&] {
                std::this_thread::sleep_for(1h);
                static_cast<void>(write(pipe.in(), "x", 1));
            });
            static_cast<void>(read(pipe.out(), &got, 1));
            lab::event("read");
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(1h));
    CHECK_FALSE(trace.touched_outside());
    CHECK(got == 'x');
    still_works(options);
}

TEST_CASE("of several that read from one pipe, each token goes to one, and the others wait on") {
    const auto share_out = [] {
        const Pipe pipe;
        const int tickets = eventfd(0, EFD_SEMAPHORE);
        std::array<int, 3> got{};
        {
            std::vector<std::jthread> readers;
            for (int& mine : got)
                readers.emplace_back([&] {
                    std::uint64_t ticket = 0;
                    static_cast<void>(read(tickets, &ticket, sizeof ticket));
                    char token = 0;
                    while (read(pipe.out(), &token, 1) == 1 && token != '.') ++mine;
                });
            for (std::size_t i = 0; i < got.size(); ++i) {
                const std::uint64_t one = 1;
                static_cast<void>(write(tickets, &one, sizeof one));
            }
            for (const char token : {'x', 'x', 'x', 'x', '.', '.', '.'}) {
                std::this_thread::yield();
                static_cast<void>(write(pipe.in(), &token, 1));
            }
        }
        close(tickets);
        lab::event("tokens", got[0] + got[1] + got[2]);
    };
    lab::ExploreOptions options;
    options.schedules = 300;
    const lab::Exploration exploration =
        lab::explore(share_out, options, [](const lab::Trace& trace) -> std::optional<std::string> {
            if (trace.marks("tokens").at(0).value == 4) return std::nullopt;
            return "a token was lost";
        });
    INFO(exploration.explain());
    CHECK_FALSE(exploration.failed());
}

TEST_CASE("a writer waits while its pipe is full") {
    const lab::Options options = each_handover();
    std::size_t written = 0;
    std::size_t seen = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            const Pipe pipe;
            std::jthread reader([&] {
                std::this_thread::sleep_for(1h);
                std::array<char, 4096> room;
                while (seen < 40 * room.size())
                    seen += static_cast<std::size_t>(read(pipe.out(), room.data(), room.size()));
            });
            const std::array<char, 4096> page{};
            for (int i = 0; i < 40; ++i)  // a pipe holds 16 pages
                written += static_cast<std::size_t>(write(pipe.in(), page.data(), page.size()));
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(1h));
    CHECK(written == std::size_t{40} * 4096);
    CHECK(seen == written);
    still_works(options);
}

TEST_CASE("an eventfd counts, and blocks while it is zero") {
    const lab::Options options = each_handover();
    std::uint64_t count = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            const int event = eventfd(0, 0);
            std::jthread other([&] {
                std::this_thread::sleep_for(3ms);
                eventfd_write(event, 7);
            });
            eventfd_read(event, &count);
            other.join();
            close(event);
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(3ms));
    CHECK(count == 7);
    still_works(options);
}

TEST_CASE("sockets of a pair talk") {
    const lab::Options options = each_handover();
    std::array<char, 5> got{};
    const lab::Trace trace = lab::observe(
        [&] {
            std::array<int, 2> ends{};
            if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) return;
            std::jthread other([&] {
                std::array<char, 5> word{};
                recv(ends[1], word.data(), word.size(), MSG_WAITALL);
                send(ends[1], word.data(), word.size(), 0);
            });
            send(ends[0], "hello", 5, 0);
            recv(ends[0], got.data(), got.size(), 0);
            other.join();
            for (const int end : ends) close(end);
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
    CHECK(std::string(got.data(), got.size()) == "hello");
    still_works(options);
}

TEST_CASE("a call that says that it does not wait does not wait") {
    const lab::Options options = each_handover();
    std::array<ssize_t, 3> answers{};
    const lab::Trace trace = lab::observe(
        [&] {
            std::array<int, 2> ends{};
            if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) return;
            std::array<char, 4> word{};
            answers[0] = recv(ends[1], word.data(), word.size(), MSG_DONTWAIT);
            answers[1] = send(ends[0], "word", 4, MSG_DONTWAIT);
            answers[2] = recv(ends[1], word.data(), word.size(), MSG_DONTWAIT);
            for (const int end : ends) close(end);
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
    CHECK(answers == std::array<ssize_t, 3>{-1, 4, 4});
    still_works(options);
}

TEST_CASE("limits on waiting for descriptors are virtual and exact") {
    const lab::Options options = each_handover();
    std::vector<int> answers;
    const auto begin = std::chrono::steady_clock::now();
    const lab::Trace trace = lab::observe(
        [&] {
            const Pipe pipe;
            pollfd one{pipe.out(), POLLIN, 0};
            answers.push_back(poll(&one, 1, 60'000));

            fd_set set;
            FD_ZERO(&set);
            FD_SET(pipe.out(), &set);
            timeval minute{60, 0};
            answers.push_back(select(pipe.out() + 1, &set, nullptr, nullptr, &minute));

            const int all = epoll_create1(0);
            epoll_event event{};
            event.events = EPOLLIN;
            epoll_ctl(all, EPOLL_CTL_ADD, pipe.out(), &event);
            answers.push_back(epoll_wait(all, &event, 1, 60'000));
            close(all);

            const timespec span{60, 0};
            answers.push_back(ppoll(&one, 1, &span, nullptr));
            answers.push_back(poll(nullptr, 0, 60'000));
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(5min));
    CHECK(answers == std::vector<int>{0, 0, 0, 0, 0});
    CHECK(std::chrono::steady_clock::now() - begin < 1min);
    still_works(options);
}

TEST_CASE("poll, select and epoll see what other threads write") {
    const lab::Options options = each_handover();
    std::vector<int> answers;
    const lab::Trace trace = lab::observe(
        [&] {
            const Pipe pipe;
            std::jthread writer([&] {
                std::this_thread::sleep_for(2ms);
                static_cast<void>(write(pipe.in(), "x", 1));
            });
            const int all = epoll_create1(0);
            epoll_event event{};
            event.events = EPOLLIN;
            epoll_ctl(all, EPOLL_CTL_ADD, pipe.out(), &event);
            answers.push_back(epoll_wait(all, &event, 1, -1));
            close(all);
            pollfd one{pipe.out(), POLLIN, 0};
            answers.push_back(poll(&one, 1, -1));
            fd_set set;
            FD_ZERO(&set);
            FD_SET(pipe.out(), &set);
            answers.push_back(select(pipe.out() + 1, &set, nullptr, nullptr, nullptr));
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(2ms));
    CHECK(answers == std::vector<int>{1, 1, 1});
    still_works(options);
}

TEST_CASE("a read of a pipe that nobody will write to is known at once") {
    const lab::Options options = each_handover();
    unsigned line = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            const Pipe pipe;
            char got = 0;
            line = __LINE__ + 1;
            const ssize_t count = read(pipe.out(), &got, 1);
            lab::event("read", count);
        },
        options);
    REQUIRE(has(trace, Kind::never_woken));
    CHECK(line_of(trace) == line);
    CHECK_FALSE(trace.touched_outside());
    still_works(options);
}

TEST_CASE("the end of a pipe whose writer closed it is read at once") {
    const lab::Options options = each_handover();
    ssize_t got = -1;
    const lab::Trace trace = lab::observe(
        [&] {
            std::array<int, 2> ends{};
            if (pipe(ends.data()) != 0) return;
            std::jthread closer([&] {
                std::this_thread::sleep_for(1ms);
                close(ends[1]);
            });
            char byte = 0;
            got = read(ends[0], &byte, 1);
            close(ends[0]);
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(1ms));
    CHECK(got == 0);
    still_works(options);
}
