// Real runs: what is told of processes that meet, fail, block for ever or are left behind.
#include <support/real_run.hpp>

#include <support/flights.hpp>

#include <lab/catch.hpp>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace lockstep;

extern "C" [[gnu::weak]] void __tsan_init();  // where ThreadSanitizer is linked

namespace {

/// A child that does this and ends; it has no lab, and no test framework.
pid_t child_that(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    return child;
}

int status_of(pid_t child) {
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
}

void fly(std::uint64_t first, std::uint64_t last) { (void)longest_flight({first, last}); }

}  // namespace

TEST_CASE("workers that are started together meet, and each call is written down") {
    const RealRun run = real_run({.workers = 3}, [] {
        std::vector<pid_t> children;
        for (std::uint64_t i = 0; i < 3; ++i)
            children.push_back(child_that([i] { fly(10 * i + 1, 10 * i + 6); }));
        for (const pid_t child : children) status_of(child);
        return std::string{"done"};
    });
    CHECK(run.end == RealRun::End::returned);
    CHECK(run.told == "done");
    CHECK(run.met);
    REQUIRE(run.workers.size() == 3);
    for (const RealRun::Worker& worker : run.workers) {
        CHECK(worker.starts.size() == 5);
        CHECK(!worker.program);
        CHECK(worker.process != run.caller);
    }
    CHECK(run.calls.size() == 15);
    CHECK(run.left_running + run.left_dead + run.left_threads == 0);
}

TEST_CASE("workers that are started one after the other do not meet, and are let go") {
    const RealRun run = real_run({.workers = 2}, [] {
        for (std::uint64_t i = 0; i < 2; ++i) status_of(child_that([] { fly(1, 4); }));
        return std::string{};
    });
    CHECK(run.end == RealRun::End::returned);
    CHECK(!run.met);
    CHECK(run.workers.size() == 2);
    CHECK(run.calls.size() == 6);
}

TEST_CASE("work that is handed out on demand is the same for all") {
    // Each child asks for a number by reading a byte; one of them has a lower priority.
    const RealRun run = real_run({.workers = 2}, [] {
        std::array<int, 2> numbers{};
        if (::pipe(numbers.data()) != 0) return std::string{"no pipe"};
        const auto work = [&](int priority) {
            ::close(numbers[1]);
            if (::nice(priority) == -1) ::_exit(1);
            for (char byte = 0; ::read(numbers[0], &byte, 1) == 1;)
                fly(static_cast<std::uint64_t>(byte), static_cast<std::uint64_t>(byte) + 1);
        };
        const pid_t first = child_that([&] { work(0); });
        const pid_t second = child_that([&] { work(19); });
        ::close(numbers[0]);
        for (char byte = 1; byte <= 20; ++byte)
            if (::write(numbers[1], &byte, 1) != 1) return std::string{"no write"};
        ::close(numbers[1]);
        status_of(first);
        status_of(second);
        return std::string{};
    });
    CHECK(run.told == "");
    REQUIRE(run.workers.size() == 2);
    // The last number may go to either.
    for (const RealRun::Worker& worker : run.workers) {
        CHECK(worker.starts.size() >= 9);
        CHECK(worker.starts.size() <= 11);
    }
}

TEST_CASE("who waits for what when nobody goes on is told") {
    const RealRun run = real_run({.workers = 1}, [] {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) return std::string{"no pipe"};
        const pid_t child = child_that([&] {
            ::dup2(ends[1], STDOUT_FILENO);
            fly(27, 28);  // which makes the pipe small
            const std::string much(10'000, 'x');
            if (::write(STDOUT_FILENO, much.data(), much.size()) < 0) ::_exit(1);
        });
        status_of(child);
        return std::string{"never"};
    });
    CHECK(run.told == "");
    if (__tsan_init != nullptr) {
        CHECK(run.end == RealRun::End::endless);
        return;
    }
    CHECK(run.end == RealRun::End::deadlock);
    CHECK(run.waits.find("the caller waits") == 0);
    CHECK(run.waits.find("a worker waits") != std::string::npos);
}

TEST_CASE("a thread that sleeps is left, and one that was joined is not") {
    const RealRun run = real_run({}, [] {
        for (int i = 0; i < 20; ++i) std::thread{[] {}}.join();
        std::thread{[] { std::this_thread::sleep_for(std::chrono::seconds{1}); }}.detach();
        return std::string{};
    });
    CHECK(run.left_threads == 1);
}

TEST_CASE("a worker that is to be the last goes on when the others have ended") {
    const std::uint64_t last = GENERATE(1, 11);
    const RealRun run =
        real_run({.workers = 2, .mishap = journal::Mishap::last, .mishap_at = last}, [] {
            const pid_t one = child_that([] { fly(1, 4); });
            const pid_t other = child_that([] { fly(11, 14); });
            status_of(one);
            status_of(other);
            return std::string{};
        });
    REQUIRE(run.calls.size() == 6);
    CHECK(run.calls[4].start == last + 1);
    CHECK(run.calls[5].start == last + 2);
}

TEST_CASE("a worker that is to be the last comes when its caller has heard all the others") {
    const RealRun run =
        real_run({.workers = 2, .mishap = journal::Mishap::last, .mishap_at = 1}, [] {
            std::array<pollfd, 2> outputs{};
            std::array<pid_t, 2> children{};
            for (std::size_t i = 0; i < 2; ++i) {
                std::array<int, 2> ends{};
                if (::pipe(ends.data()) != 0) return std::string{"no pipe"};
                children.at(i) = child_that([&] {
                    fly(10 * i + 1, 10 * i + 2);
                    ::_exit(::write(ends[1], "!", 1) == 1 ? 0 : 1);
                });
                ::close(ends[1]);
                outputs.at(i) = {ends[0], POLLIN, 0};
            }
            // Busy with something else, when the other worker ends, and for long afterwards.
            const auto later = std::chrono::steady_clock::now() + std::chrono::milliseconds{300};
            while (std::chrono::steady_clock::now() < later) {
            }
            ::poll(outputs.data(), outputs.size(), -1);
            std::string told;
            for (const pollfd& output : outputs) told += output.revents != 0 ? "heard " : "silent ";
            for (std::size_t i = 0; i < 2; ++i) {
                status_of(children.at(i));
                ::close(outputs.at(i).fd);
            }
            return told;
        });
    CHECK(run.told == "silent heard ");
}

TEST_CASE("what befalls a worker befalls the one that comes to the number") {
    using journal::Mishap;
    using Ending = void (*)();
    const auto status = [](Mishap mishap, Ending ending) {
        const RealRun run = real_run({.workers = 2, .mishap = mishap, .mishap_at = 4}, [&] {
            const pid_t well = child_that([] { fly(1, 4); });
            const pid_t ill = child_that([&] {
                ::close(STDOUT_FILENO);
                fly(4, 8);
                ending();
            });
            const int first = status_of(well);
            const int second = status_of(ill);
            return std::to_string(first) + " " + std::to_string(second);
        });
        return run.told;
    };
    const Ending ending =
        GENERATE(Ending{[] { std::exit(0); }}, Ending{[] { std::quick_exit(0); }},
                 Ending{[] { std::_Exit(0); }}, Ending{[] { ::_exit(0); }}, Ending{[] {
                     status_of(child_that([] {}));  // whose end is not the worker's
                     ::_exit(0);
                 }});
    CHECK(status(Mishap::none, ending) == "0 0");
    CHECK(status(Mishap::killed, ending) == "0 " + std::to_string(SIGKILL));
    CHECK(status(Mishap::silence, ending) == "0 0");
    CHECK(status(Mishap::status, ending) == "0 " + std::to_string(3 << 8));
    CHECK(status(Mishap::killed_at_the_end, ending) == "0 " + std::to_string(SIGKILL));
}

TEST_CASE("what is left behind is counted, and then killed") {
    const RealRun run = real_run({}, [] {
        const pid_t zombie = child_that([] {});
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(zombie), &info, WEXITED | WNOWAIT);
        const pid_t parent = child_that([] { child_that([] { ::sleep(600); }); });
        status_of(parent);
        const pid_t running = child_that([] { ::sleep(600); });
        return std::to_string(running);
    });
    const pid_t orphan = std::stoi(run.told);
    CHECK(run.left_dead == 1);
    CHECK(run.left_running == 2);
    CHECK(::kill(orphan, 0) != 0);
}

TEST_CASE("a caller that dies is told, and takes nobody with it") {
    const RealRun run = real_run({}, []() -> std::string {
        child_that([] { ::sleep(600); });
        ::raise(SIGKILL);  // the test framework has handlers for others
        return "never";
    });
    CHECK(run.end == RealRun::End::signalled);
    CHECK(run.status == SIGKILL);
    CHECK(real_run({}, []() -> std::string { ::_exit(4); }).end == RealRun::End::exited);
}

TEST_CASE("a worker that is to be the last and to fail ends last, with an exit code") {
    const RealRun run =
        real_run({.workers = 2, .mishap = journal::Mishap::status_last, .mishap_at = 1}, [] {
            const pid_t first = child_that([] { fly(1, 3); });
            const pid_t second = child_that([] { fly(11, 13); });
            std::string told;
            for (int i = 0; i < 2; ++i) {
                int status = 0;
                const pid_t ended = ::wait(&status);
                told += ended == first ? "first " : ended == second ? "second " : "nobody ";
                told += std::to_string(WEXITSTATUS(status)) + ' ';
            }
            return told;
        });
    CHECK(run.told == "second 0 first 3 ");
}

TEST_CASE("a worker that makes noise prints that before its result, and ends well") {
    const RealRun run =
        real_run({.workers = 1, .mishap = journal::Mishap::noise, .mishap_at = 2}, [] {
            std::array<int, 2> ends{};
            if (::pipe(ends.data()) != 0) return std::string{"no pipe"};
            const pid_t child = child_that([&] {
                ::dup2(ends[1], STDOUT_FILENO);
                fly(1, 4);
                ::_exit(::write(STDOUT_FILENO, "result", 6) == 6 ? 0 : 1);
            });
            ::close(ends[1]);
            std::string told = std::to_string(status_of(child)) + ' ';
            std::array<char, 100> text{};
            const ssize_t size = ::read(ends[0], text.data(), text.size());
            ::close(ends[0]);
            return told.append(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        });
    CHECK(run.told == "0 ?!\nresult");
    CHECK(run.calls.size() == 3);
}
