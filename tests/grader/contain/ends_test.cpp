// How contained programs end, and what they said.
#include "place.hpp"

#include <base/error.hpp>
#include <contain/sandbox_trial.hpp>
#include <lab/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

using namespace lockstep;
namespace fs = std::filesystem;

TEST_CASE("a program's exit code comes back") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    for (const int code : {0, 1, 42, 137, 255}) {
        const Outcome outcome = containment->run(guest({"exit", std::to_string(code)}));
        CHECK(outcome.end == End::exited);
        CHECK(outcome.status == code);
        CHECK(outcome.left_behind == 0);
        CHECK(outcome.wall.count() > 0);
    }
}

TEST_CASE("a program's own signal comes back as that signal, not as an exit code") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    for (const int number : {SIGSEGV, SIGTERM, SIGKILL, SIGFPE}) {
        const Outcome outcome = containment->run(guest({"signal", std::to_string(number)}));
        CHECK(outcome.end == End::signalled);
        CHECK(outcome.status == number);
    }
    CHECK(containment->run(guest({"abort"})).status == SIGABRT);
}

TEST_CASE("a stack overflow is a signal") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const Outcome outcome = containment->run(guest({"overflow_stack"}));
    CHECK(outcome.end == End::signalled);
    CHECK(outcome.status == SIGSEGV);
}

TEST_CASE("what a program prints to stdout and stderr comes back in its order") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const Outcome outcome = containment->run(guest({"say", "one", "\xff\xfe", "three"}));
    CHECK(outcome.output.find("and to stderr\n") != std::string::npos);
    CHECK(outcome.output.find("one\n\xff\xfe\nthree\n") != std::string::npos);
    CHECK(outcome.output_bytes == outcome.output.size());
}

TEST_CASE("all of a long output is kept as far as it goes, then its beginning and its end") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const std::string beginning = "<beginning>";
    const std::string end = "<end>";

    const Outcome fits = containment->run(guest({"print", "100000"}));
    CHECK(fits.output == beginning + std::string(100'000, '.') + end);

    Job job = guest({"print", "3000000"});
    job.limits.output_bytes = 10'000'000;
    const Outcome cut = containment->run(job);
    CHECK(cut.end == End::exited);
    CHECK(cut.output_bytes == beginning.size() + 3'000'000 + end.size());
    CHECK(cut.output.size() < kept_output_bytes + 100);
    CHECK(cut.output.starts_with(beginning));
    CHECK(cut.output.ends_with(end));
    CHECK(cut.output.find(std::to_string(cut.output_bytes - kept_output_bytes) +
                          " bytes left out") != std::string::npos);
}

TEST_CASE("a program that can't be started is the machine's doing, and says why") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job missing;
    missing.command = {"/no/such/program"};
    const Outcome outcome = containment->run(missing);
    CHECK(outcome.end == End::not_started);
    CHECK(outcome.output.find("/no/such/program") != std::string::npos);
    CHECK(outcome.output.find("No such file") != std::string::npos);

    CHECK(containment->run(Job{}).end == End::not_started);

    Job lost = guest({"exit", "0"});
    lost.working_folder = "/no/such/folder";
    CHECK(containment->run(lost).end == End::not_started);
}

TEST_CASE("a program that somebody still has open for writing is waited for") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    const fs::path copy = fs::temp_directory_path() / ("guest-" + token());
    fs::copy_file(GUEST, copy);
    const int writer = ::open(copy.c_str(), O_WRONLY | O_CLOEXEC);
    REQUIRE(writer >= 0);

    Job job = guest({"exit", "0"});
    job.command.front() = copy.string();
    job.mounts = {{copy, copy}};
    Containment::Running running = containment->start(job);
    // Long enough for it to have been refused a few times; too short does no harm.
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    ::close(writer);
    const Outcome outcome = running.wait();
    fs::remove(copy);
    INFO(outcome.output);
    CHECK(outcome.end == End::exited);
    CHECK(outcome.status == 0);
}

TEST_CASE("a mount that is not there is the machine's doing, and says why") {
    const Containment* containment = in_a_sandbox();
    REQUIRE_PLACE(containment);
    Job job = guest({"exit", "0"});
    job.mounts.push_back({"/no/such/folder", "/here"});
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::not_started);
    CHECK(outcome.output.find("/no/such/folder") != std::string::npos);
}

TEST_CASE("a missing supervisor is the grader's failure, and says what to build") {
    try {
        const Containment containment("/no/such/supervisor");
        FAIL("it was accepted");
    } catch (const GraderError& error) {
        const std::string sentence = error.what();
        CHECK(sentence.find("/no/such/supervisor") != std::string::npos);
        CHECK(sentence.find("lockstep_supervisor") != std::string::npos);
    }
}

TEST_CASE("without a sandbox there is a sentence that says why") {
    const Isolation& isolation = without_a_sandbox()->isolation();
    CHECK_FALSE(isolation.sandbox);
    CHECK(isolation.limitation.find("LOCKSTEP_NO_SANDBOX") != std::string::npos);
}

TEST_CASE("why there can be no sandbox is told in one sentence that says how to get one") {
    Outcome trial;
    trial.output = "bubblewrap is not installed: install the package bubblewrap.";
    CHECK(isolation_from_trial(trial).limitation.find("install the package bubblewrap") !=
          std::string::npos);

    trial.output = "bwrap: Something\nunheard of\n";
    const Isolation isolation = isolation_from_trial(trial);
    CHECK_FALSE(isolation.sandbox);
    CHECK(isolation.limitation.starts_with("Programs run without a sandbox, because "));
    CHECK(isolation.limitation.find('\n') == std::string::npos);

    // A trial that ends in any other way than well is none.
    trial.end = End::exited;
    trial.status = 1;
    CHECK_FALSE(isolation_from_trial(trial).sandbox);
    trial.status = 0;
    CHECK(isolation_from_trial(trial).sandbox);
    CHECK(isolation_from_trial(trial).limitation.empty());
}
