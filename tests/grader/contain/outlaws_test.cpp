// Programs that want to live on, or to take others along.
#include "place.hpp"

#include <lab/catch.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>

using namespace lockstep;
using namespace std::chrono_literals;

TEST_CASE("daemons that have cut all ties are found, killed and counted") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const std::string mine = token();
    const Outcome outcome = containment->run(guest({"daemons", "3", mine}));
    CHECK(outcome.end == End::exited);
    CHECK(outcome.status == 0);
    CHECK(outcome.left_behind == 3);
    CHECK(processes_with(mine).empty());
}

TEST_CASE("children that ended and were not waited for are not left behind") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const Outcome outcome = containment->run(guest({"leave_zombies"}));
    CHECK(outcome.end == End::exited);
    CHECK(outcome.left_behind == 0);
}

TEST_CASE("a daemon that keeps the pipe keeps nobody waiting") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const std::string mine = token();
    Job job = guest({"keep_the_pipe", mine});
    job.limits.wall = 60s;
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::exited);
    CHECK(outcome.output == "said");
    CHECK(outcome.left_behind == 1);
    CHECK(processes_with(mine).empty());
}

TEST_CASE("threads that are left running end with their program") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const Outcome outcome = containment->run(guest({"leave_threads"}));
    CHECK(outcome.end == End::exited);
    CHECK(outcome.left_behind == 0);
}

TEST_CASE("a program that ignores every signal is ended all the same") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const std::string mine = token();
    Job job = guest({"ignore_signals", mine});
    job.limits.wall = 200ms;
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::wall_time);
    CHECK(outcome.output == "deaf\n");
    CHECK(processes_with(mine).empty());
}

TEST_CASE("a program that stops itself is ended for its wall time") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job job = guest({"stop_itself"});
    job.limits.wall = 200ms;
    CHECK(containment->run(job).end == End::wall_time);
}

TEST_CASE("killing everybody reaches nobody outside") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job other = guest({"sleep"});
    other.limits.wall = 60s;
    Containment::Running bystander = containment->start(other);

    const Outcome outcome = containment->run(guest({"kill_everybody"}));
    CHECK(outcome.end == End::exited);
    CHECK(outcome.output.starts_with("everybody: "));

    bystander.stop();
    CHECK(bystander.wait().end == End::interrupted);
}

TEST_CASE("a program can't kill, stop or trace its parents") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const Outcome outcome = containment->run(guest({"kill_parents"}));
    CHECK(outcome.end == End::exited);
    CHECK(outcome.output == "alive\n");
    CHECK(containment->run(guest({"trace_parent"})).output == "Operation not permitted\n");
}

TEST_CASE("a program can't reach another of its user") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const std::string mine = token();
    Containment::Running bystander = containment->start(guest({"ignore_signals", mine}));
    REQUIRE(some_appear(mine));
    for (const int process : processes_with(mine)) {
        const Outcome outcome = containment->run(guest({"reach", std::to_string(process)}));
        CHECK(outcome.end == End::exited);
        CHECK(outcome.output == "0 ways\n");
    }
    bystander.stop();
    CHECK(bystander.wait().end == End::interrupted);
}

TEST_CASE("a program may signal what it started, and itself") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const Outcome outcome = containment->run(guest({"signal_its_own"}));
    CHECK(outcome.end == End::exited);
    CHECK(outcome.output == "done\ndone\ndone\ndone\ndone\ndone\nNo such process\n");
}

TEST_CASE(
    "within a filter that asks, where a second can't, parents are out of reach all the same") {
    const Containment* containment = without_a_sandbox();
    const pid_t asked_about = ::fork();
    if (asked_about == 0) {
        // Lets everything through. For this process there is no way back.
        sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        const sock_fprog program{1, &allow};
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                      &program) < 0)
            ::_exit(2);
        const Outcome outcome = containment->run(guest({"kill_parents"}));
        ::_exit(outcome.output == "alive\n" ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(asked_about, &status, 0) == asked_about);
    CHECK(status == 0);
}

TEST_CASE("a program can't make a world of its own") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    CHECK(containment->run(guest({"new_namespace"})).output == "Operation not permitted\n");
}
