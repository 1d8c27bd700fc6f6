// How the grader uses a containment: channels, many at once, stopping, dying.
#include "place.hpp"

#include <lab/catch.hpp>

#include <base/error.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace lockstep;
using namespace std::chrono_literals;

namespace {

pid_t parent_of(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string word; status >> word;) {
        pid_t parent = 0;
        if (word == "PPid:" && status >> parent) return parent;
    }
    return 0;
}

bool is_below_this(pid_t process) {
    while (process > 1 && process != ::getpid()) process = parent_of(process);
    return process == ::getpid();
}

}  // namespace

TEST_CASE("grader and program talk through the channel, until one of them ends it") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    Job job = guest({"shout"});
    job.channel = ends[1];
    Containment::Running running = containment->start(job);
    ::close(ends[1]);

    REQUIRE(::write(ends[0], "hello", 5) == 5);
    std::string heard(5, ' ');
    REQUIRE(::recv(ends[0], heard.data(), heard.size(), MSG_WAITALL) == 5);
    CHECK(heard == "HELLO");

    // The program sees our end, and we see its end: nobody between holds the channel open.
    SECTION("the grader ends it") {
        ::shutdown(ends[0], SHUT_WR);
        CHECK(running.wait().end == End::exited);
        CHECK(::read(ends[0], heard.data(), heard.size()) == 0);
    }
    SECTION("the program is ended") {
        running.stop();
        CHECK(::read(ends[0], heard.data(), heard.size()) <= 0);
        CHECK(running.wait().end == End::interrupted);
    }
    ::close(ends[0]);
}

TEST_CASE("a program that closes its channel is heard to do so while it runs") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    Job job = guest({"hang_up"});
    job.channel = ends[1];
    job.limits.wall = 30s;
    Containment::Running running = containment->start(job);
    ::close(ends[1]);
    char byte = 0;
    CHECK(::read(ends[0], &byte, 1) == 0);
    running.stop();
    // Had somebody else held it open, the end would have come with the program's.
    CHECK(running.wait().end == End::interrupted);
    ::close(ends[0]);
}

TEST_CASE("a stopped containment ends what runs, and what is started later") {
    const Containment* place = GENERATE(from_range(places))();
    REQUIRE_PLACE(place);
    std::optional<WithoutSandbox> meanwhile;
    if (!place->isolation().sandbox) meanwhile.emplace();
    Containment containment{SUPERVISOR};
    Job job = guest({"sleep", token()});
    job.limits.wall = 60s;
    std::future<Outcome> under_way =
        std::async(std::launch::async, [&] { return containment.run(job); });
    CHECK(some_appear(job.command.back()));
    containment.stop();
    CHECK(under_way.get().end == End::interrupted);
    CHECK(containment.run(job).end == End::interrupted);
}

TEST_CASE("a supervisor that is killed takes its program along, and is the machine's doing") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const std::string mine = token();
    Containment::Running running = containment->start(guest({"ignore_signals", mine}));
    REQUIRE(some_appear(mine));
    pid_t supervisor = processes_with(mine).at(0);
    while (supervisor > 1 && parent_of(supervisor) != ::getpid())
        supervisor = parent_of(supervisor);
    REQUIRE(supervisor > 1);
    ::kill(supervisor, SIGKILL);
    const Outcome outcome = running.wait();
    CHECK(outcome.end == End::not_started);
    CHECK(outcome.output.find("supervisor") != std::string::npos);
    CHECK(all_vanish(mine));
}

TEST_CASE("a keeper that is killed, at its very beginning too, is nobody's own end") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const std::string role = containment->isolation().sandbox ? "--inside" : "--outside";
    int killed = 0;
    for (int round = 0; round < 40; ++round) {
        Containment::Running running = containment->start(guest({"exit", "0"}));
        std::jthread killer([&](const std::stop_token& over) {
            while (!over.stop_requested())
                for (const int process : processes_with(role))
                    if (is_below_this(process) && ::kill(process, SIGKILL) == 0) {
                        ++killed;
                        return;
                    }
        });
        const Outcome outcome = running.wait();
        killer.request_stop();
        killer.join();
        CAPTURE(round, outcome.end, outcome.status, outcome.output);
        CHECK((outcome.struck_down() || (outcome.end == End::exited && outcome.status == 0)));
    }
    CHECK(killed > 0);
}

TEST_CASE("another thread can stop a program that is being waited for") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const std::string mine = token();
    Job job = guest({"daemons", "2", mine});
    job.command[1] = "ignore_signals";
    job.limits.wall = 600s;
    Containment::Running running = containment->start(job);
    std::jthread stopper([&] {
        static_cast<void>(some_appear(mine));
        running.stop();
        running.stop();
    });
    CHECK(running.wait().end == End::interrupted);
    CHECK(processes_with(mine).empty());
}

TEST_CASE("a program that nobody waits for is killed, with all that it started") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const std::string mine = token();
    {
        Containment::Running forgotten = containment->start(guest({"sleep", mine}));
        REQUIRE(some_appear(mine));
        Containment::Running moved = std::move(forgotten);
    }
    CHECK(processes_with(mine).empty());
}

TEST_CASE("waiting twice is refused") {
    Containment::Running running = without_a_sandbox()->start(guest({"exit", "0"}));
    CHECK(running.wait().end == End::exited);
    CHECK_THROWS_AS(running.wait(), GraderError);
}

TEST_CASE("four threads contain programs at once and each gets its own outcome") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    std::atomic<int> wrong{0};
    std::atomic<int> right{0};
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&, thread] {
                for (int i = 0; i < 5; ++i) {
                    const int code = 10 * thread + i;
                    const Outcome outcome = containment->run(guest({"exit", std::to_string(code)}));
                    ++(outcome.end == End::exited && outcome.status == code ? right : wrong);
                }
            });
        }
    }
    CHECK(right == 20);
    CHECK(wrong == 0);
    // And no zombie is left.
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("no descriptor is used up by containing") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const auto next = [] {
        const int number = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        ::close(number);
        return number;
    };
    static_cast<void>(containment->run(guest({"exit", "0"})));
    const int before = next();
    for (int i = 0; i < 5; ++i) static_cast<void>(containment->run(guest({"exit", "0"})));
    CHECK(next() == before);
}

TEST_CASE("a grader that is killed leaves nothing behind") {
    const bool sandboxed = GENERATE(true, false);
    if (sandboxed && in_a_sandbox() == nullptr) return;
    const std::string mine = token();
    const pid_t grader = ::fork();
    REQUIRE(grader >= 0);
    if (grader == 0) {
        if (!sandboxed) ::setenv("LOCKSTEP_NO_SANDBOX", "1", 1);
        ::execl(DOOMED_GRADER, DOOMED_GRADER, SUPERVISOR, GUEST, "ignore_signals", mine.c_str(),
                static_cast<char*>(nullptr));
        ::_exit(127);
    }
    // The grader has the word on its command line as well.
    const auto appear = [&] {
        for (int i = 0; i < 3'000; ++i) {
            if (processes_with(mine).size() >= 2) return true;
            std::this_thread::sleep_for(10ms);
        }
        return false;
    };
    CHECK(appear());
    ::kill(grader, SIGKILL);
    REQUIRE(::waitpid(grader, nullptr, 0) == grader);
    CHECK(all_vanish(mine));
}
