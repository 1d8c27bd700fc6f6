// Each limit ends a program that goes beyond it, and is named.
#include "place.hpp"

#include <lab/catch.hpp>

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

using namespace lockstep;
using namespace std::chrono_literals;

TEST_CASE("a program that takes too long is ended for its wall time") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job job = guest({"sleep"});
    job.limits.wall = 100ms;
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::wall_time);
    CHECK(outcome.wall >= 100ms);
    CHECK(outcome.cpu < 1s);
}

TEST_CASE("the time for which a program waits for a processor is not held against it") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job job = guest({"burn", "100"});
    job.limits.wall = 1s;
    // So many that the last of them is done after thrice its limit.
    const unsigned crowd = 48 * std::max(1U, std::thread::hardware_concurrency());
    job.limits.processes = 64;
    std::vector<std::future<Outcome>> all;
    for (unsigned i = 0; i < crowd; ++i)
        all.push_back(std::async(std::launch::async, [&] { return containment->run(job); }));
    std::chrono::nanoseconds longest{0};
    for (std::future<Outcome>& one : all) {
        const Outcome outcome = one.get();
        CHECK(outcome.end == End::exited);
        longest = std::max(longest, outcome.wall);
    }
    // Else it was another test, but no worse.
    if (longest < job.limits.wall) WARN("Nobody had to wait long.");
}

TEST_CASE("a program that spins is ended for its CPU time") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job job = guest({"spin"});
    job.limits.cpu = 200ms;
    job.limits.wall = 60s;
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::cpu_time);
    CHECK(outcome.cpu >= 190ms);
}

TEST_CASE("the kernel, which counts CPU time by ticks, is not the first to end a program for it") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job job = guest({"cpu_limit"});
    job.limits.cpu = 20s;
    // Twice the time: by ticks, a program may seem to have had a good deal more than it had.
    CHECK(std::stol(containment->run(job).output) >= 40);
}

TEST_CASE("the CPU time of all processes counts together") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    // None of these reaches the limit alone, some because they have ended long before.
    const std::vector<std::string> deed =
        GENERATE(std::vector<std::string>{"burn_in_turn"},
                 std::vector<std::string>{"spin_in_children", "8"});
    Job job = guest(deed);
    job.limits.cpu = 800ms;
    job.limits.wall = 60s;
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::cpu_time);
    CHECK(outcome.cpu >= 750ms);
}

TEST_CASE("a program that eats memory is ended for it before it has eaten much more") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job job = guest({"eat", "4000"});
    job.limits.memory_bytes = std::size_t{100} << 20;
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::memory);
    CHECK(outcome.peak_memory_bytes > job.limits.memory_bytes);
    CHECK(outcome.peak_memory_bytes < (std::size_t{1000} << 20));
}

TEST_CASE("the memory of all processes counts together") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job job = guest({"eat_in_children", "4", "40"});
    job.limits.memory_bytes = std::size_t{100} << 20;
    job.limits.wall = 60s;
    CHECK(containment->run(job).end == End::memory);
}

TEST_CASE("memory that was used between two looks counts, too") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    // Over in no time, and still the same verdict every time.
    Job job = guest({"eat", "20"});
    job.limits.memory_bytes = std::size_t{10} << 20;
    for (int i = 0; i < 5; ++i) CHECK(containment->run(job).end == End::memory);

    job.limits.memory_bytes = std::size_t{100} << 20;
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::exited);
    CHECK(outcome.peak_memory_bytes > (std::size_t{20} << 20));
}

TEST_CASE("a flood of output ends the program") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job job = guest({"flood"});
    job.limits.output_bytes = 1'000'000;
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::output);
    CHECK(outcome.output_bytes > job.limits.output_bytes);
    CHECK(outcome.output_bytes < 2 * job.limits.output_bytes);
    CHECK(outcome.output.size() < kept_output_bytes + 100);
}

TEST_CASE("too much output is too much even from a program that has already ended") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job job = guest({"print", "2000"});
    job.limits.output_bytes = 1'000;
    for (int i = 0; i < 5; ++i) CHECK(containment->run(job).end == End::output);
}

TEST_CASE("a fork bomb is ended for its processes") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const std::string mine = token();
    Job job = guest({"fork_bomb", mine});
    job.limits.processes = 20;
    job.limits.wall = 60s;
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::processes);
    // Whether the first or one of the others dies first, when all are killed, is anybody's guess.
    CHECK(processes_with(mine).empty());
}

TEST_CASE("the scratch folders hold as much as was said") {
    const Containment* containment = in_a_sandbox();
    REQUIRE_PLACE(containment);
    for (const std::string folder : {"/tmp", "/dev/shm"}) {
        Job job = guest({"fill", folder + "/file"});
        job.scratch_bytes = std::size_t{1} << 20;
        const Outcome outcome = containment->run(job);
        CHECK(outcome.end == End::exited);
        CHECK(outcome.output == std::to_string(job.scratch_bytes) + "\n");
    }
}

TEST_CASE("a file grows no larger than was said") {
    const Containment* containment = in_a_sandbox();
    REQUIRE_PLACE(containment);
    Job job = guest({"fill", "/tmp/file"});
    job.file_bytes = 100'000;
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::signalled);
    CHECK(outcome.status == SIGXFSZ);
}

TEST_CASE("a program that opens all descriptors harms nobody but itself") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const Outcome outcome = containment->run(guest({"exhaust_descriptors"}));
    CHECK(outcome.end == End::exited);
    CHECK(std::stoi(outcome.output) <= 1024);
    CHECK(containment->run(guest({"exit", "0"})).end == End::exited);
}

TEST_CASE("no core is dumped") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    CHECK(containment->run(guest({"core_limit"})).output == "0");
}
