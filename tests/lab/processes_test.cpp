// Child processes: real ones, which are no part of the run.
#include "runs.hpp"

#include <spawn.h>

#include <csignal>
#include <cstdlib>

using namespace runs;

namespace {

/// The body forks; `part` runs in the child, which then returns from the body.
lab::Trace fork_and_wait(const lab::Options& options, bool in_thread, void (*part)(), int& status) {
    std::cout.flush();
    std::fflush(nullptr);
    return lab::observe(
        [&] {
            const auto fork_it = [&] {
                const pid_t child = fork();
                if (child == 0) {
                    part();
                    return;
                }
                waitpid(child, &status, 0);
            };
            if (in_thread)
                std::thread(fork_it).join();
            else
                fork_it();
        },
        options);
}

pid_t spawn(const char* path, const char* argument) {
    pid_t child = 0;
    const char* const arguments[] = {path, argument, nullptr};
    if (posix_spawn(&child, path, nullptr, nullptr, const_cast<char* const*>(arguments), environ) !=
        0)
        return -1;
    return child;
}

constexpr const char* sleeper = "/bin/sleep";

}  // namespace

TEST_CASE("a forked child that ends with _exit is waited for") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    int status = -1;
    const lab::Trace trace = fork_and_wait(
        options, in_thread, [] { _exit(3); }, status);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    CHECK(trace.touched_outside());
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 3);
    still_works(options);
}

TEST_CASE("a forked child may become another program") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    int status = -1;
    const auto part = [] {
        execl("/bin/sh", "sh", "-c", "exit 5", static_cast<char*>(nullptr));
        _exit(127);
    };
    const lab::Trace trace = fork_and_wait(options, in_thread, part, status);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 5);
    still_works(options);
}

TEST_CASE("a body that becomes another program leaves the process to it, as without the lab") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    const int status = status_of_child([&] {
        const auto part = [] {
            execl("/bin/sh", "sh", "-c", "kill -URG $$; exit 5", static_cast<char*>(nullptr));
        };
        static_cast<void>(observe_part(part, in_thread, options));
    });
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 5);
    still_works(options);
}

TEST_CASE("a forked child that returns from the body ends there") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    int status = -1;
    const auto be_quiet = [] { close(STDERR_FILENO); };
    const lab::Trace trace = fork_and_wait(options, in_thread, be_quiet, status);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 70);
    still_works(options);
}

TEST_CASE("in a forked child the lab is not there") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    int status = -1;
    const auto look_around = [] {
        std::mutex mutex;
        const std::lock_guard lock(mutex);
        lab::event("not of the run");
        const auto begin = std::chrono::steady_clock::now();
        std::this_thread::sleep_for(2ms);
        const bool real = std::chrono::steady_clock::now() - begin >= 2ms;
        _exit(!lab::observing() && real && lab::now() == 0s ? 0 : 1);
    };
    const lab::Trace trace = fork_and_wait(options, in_thread, look_around, status);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    CHECK(trace.marks("not of the run").empty());
    CHECK(status == 0);
    still_works(options);
}

TEST_CASE("a forked child that crashes is its parent's to hear of") {
    if (left_to_the_sanitizer("fatal signals")) return;
    const lab::Options options = each_handover();
    int status = -1;
    const auto crash = [] {
        std::signal(SIGABRT, SIG_DFL);
        std::abort();
    };
    const lab::Trace trace = fork_and_wait(options, true, crash, status);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGABRT);
    still_works(options);
}

TEST_CASE("a spawned child runs beside the body's threads and is waited for") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    int status = -1;
    const lab::Trace trace = lab::observe(
        [&] {
            const auto part = [&] { waitpid(spawn(sleeper, "0.02"), &status, 0); };
            std::thread other([] { lab::event("meanwhile"); });
            if (in_thread)
                std::thread(part).join();
            else
                part();
            other.join();
        },
        options);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    CHECK(trace.marks("meanwhile").size() == 1);
    CHECK(status == 0);
    still_works(options);
}

TEST_CASE("a child can be told to end") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    const bool forked = GENERATE(false, true);
    int status = -1;
    // The test framework's handler must not be called in the child.
    const auto before = std::signal(SIGTERM, SIG_DFL);
    const lab::Trace trace = lab::observe(
        [&] {
            const auto part = [&] {
                pid_t child = 0;
                if (forked) {
                    child = fork();
                    if (child == 0) {
                        execl(sleeper, sleeper, "10", static_cast<char*>(nullptr));
                        _exit(127);
                    }
                } else {
                    child = spawn(sleeper, "10");
                }
                kill(child, SIGTERM);
                waitpid(child, &status, 0);
            };
            if (in_thread)
                std::thread(part).join();
            else
                part();
        },
        options);
    std::signal(SIGTERM, before);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGTERM);
    still_works(options);
}

TEST_CASE("a child that nobody waited for is left behind") {
    const lab::Options options = each_handover();
    pid_t child = 0;
    SECTION("alive") {
        const lab::Trace trace = lab::observe([&] { child = spawn(sleeper, "10"); }, options);
        CHECK(has(trace, Kind::leaked_process));
        CHECK(trace.completed());
    }
    SECTION("dead") {
        const lab::Trace trace = lab::observe(
            [&] {
                child = fork();
                if (child == 0) _exit(0);
            },
            options);
        CHECK(has(trace, Kind::leaked_process));
    }
    REQUIRE(child > 0);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    still_works(options);
}

TEST_CASE("waiting for children that are not there fails as ever") {
    const lab::Options options = each_handover();
    int answer = 0;
    int error = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            answer = static_cast<int>(waitpid(-1, nullptr, 0));
            error = errno;
        },
        options);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    CHECK(answer == -1);
    CHECK(error == ECHILD);
    still_works(options);
}

TEST_CASE("a process that was forked outside a run can observe, too") {
    const lab::Options options = each_handover();
    still_works(options);
    const int status = status_of_child([&] {
        const lab::Trace trace =
            lab::observe([] { std::thread([] { lab::event("there"); }).join(); }, options);
        _exit(trace.clean() && trace.marks("there").size() == 1 ? 0 : 1);
    });
    CHECK(status == 0);
    still_works(options);
}

TEST_CASE("system works as ever") {
    const lab::Options options = each_handover();
    int status = -1;
    const lab::Trace trace = lab::observe([&] { status = std::system("exit 4"); }, options);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 4);
    still_works(options);
}
