// Bodies that never end, each in its own way.
#include "runs.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>

using namespace runs;

namespace {

volatile unsigned long turns = 0;

}  // namespace

TEST_CASE("a loop that reaches no synchronisation call is a busy wait, with its line") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    const unsigned line = __LINE__ + 2;
    const auto part = [] {
        for (;;) turns = turns + 1;
    };
    const lab::Trace trace = observe_part(part, in_thread, options);
    REQUIRE(has(trace, Kind::busy_wait));
    CHECK(line_of(trace) == line);
    CHECK_FALSE(trace.completed());
    still_works(options);
}

TEST_CASE("a loop that waits for an atomic that nobody will set is a busy wait") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            std::atomic<bool> ready{false};
            std::thread waiting([&] {
                while (!ready.load(std::memory_order_relaxed)) turns = turns + 1;
            });
            std::this_thread::sleep_for(1h);
            ready = true;
            waiting.join();
        },
        options);
    CHECK(has(trace, Kind::busy_wait));
    still_works(options);
}

TEST_CASE("a loop of locks and unlocks is endless") {
    lab::Options options = each_handover();
    options.max_steps = 20'000;
    const bool in_thread = GENERATE(false, true);
    const lab::Trace trace = observe_part(
        [] {
            std::mutex mutex;
            for (;;) const std::lock_guard lock(mutex);
        },
        in_thread, options);
    REQUIRE(has(trace, Kind::endless));
    CHECK(trace.steps() >= 20'000);
    still_works(options);
}

TEST_CASE("a loop of locks and unlocks that keeps others from what they wait for is a busy wait") {
    lab::Options options = each_handover();
    options.max_spin = 20'000;
    const lab::Trace trace = lab::observe(
        [] {
            std::mutex mutex;
            bool ready = false;
            std::thread other([&] {
                std::this_thread::sleep_for(1h);
                const std::lock_guard lock(mutex);
                ready = true;
            });
            for (;;) {
                const std::lock_guard lock(mutex);
                if (ready) break;
            }
            other.join();
        },
        options);
    CHECK(has(trace, Kind::busy_wait));
    still_works(options);
}

TEST_CASE("polling is a busy wait, found in a few thousand steps") {
    const lab::Options options = each_handover();
    std::function<void()> body;
    SECTION("yield") {
        body = [] {
            for (;;) std::this_thread::yield();
        };
    }
    SECTION("the clock") {
        body = [] {
            const auto until = std::chrono::steady_clock::now() + 1ms;
            while (std::chrono::steady_clock::now() < until) {
            }
        };
    }
    SECTION("try_lock") {
        body = [] {
            std::mutex mutex;
            mutex.lock();
            std::thread([&] {
                while (!mutex.try_lock()) {
                }
            }).join();
        };
    }
    const lab::Trace trace = lab::observe(body, options);
    REQUIRE(has(trace, Kind::busy_wait));
    CHECK(trace.steps() < 5'000);
    CHECK(line_of(trace) != 0);
    still_works(options);
}

TEST_CASE("sleeping over and over is endless by the horizon") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    const lab::Trace trace = observe_part(
        [] {
            for (;;) std::this_thread::sleep_for(1h);
        },
        in_thread, options);
    REQUIRE(has(trace, Kind::endless));
    CHECK(trace.makespan() <= options.horizon);
    still_works(options);
}

TEST_CASE("one sleep beyond the horizon is endless") {
    lab::Options options = each_handover();
    options.horizon = 1min;
    CHECK(lab::observe([] { std::this_thread::sleep_for(1min); }, options).clean());
    CHECK(has(lab::observe([] { std::this_thread::sleep_for(61s); }, options), Kind::endless));
    CHECK(
        has(lab::observe(
                [] { std::this_thread::sleep_until(std::chrono::steady_clock::time_point::max()); },
                options),
            Kind::endless));
    still_works(options);
}

TEST_CASE("a system call that the lab does not know and that never returns is stuck") {
    if (left_to_the_sanitizer("blocked calls")) return;
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    static int held = -1;
    static int wanted = -1;
    std::FILE* file = std::tmpfile();
    REQUIRE(file != nullptr);
    held = fileno(file);
    wanted = open(("/proc/self/fd/" + std::to_string(held)).c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(wanted >= 0);
    REQUIRE(flock(held, LOCK_EX) == 0);

    const unsigned line = __LINE__ + 2;
    const auto part = [] {
        flock(wanted, LOCK_EX);
        lab::event("got it");
    };
    const lab::Trace trace = observe_part(part, in_thread, options);
    REQUIRE(has(trace, Kind::stuck));
    CHECK(line_of(trace) == line);
    CHECK(trace.marks("got it").empty());
    still_works(options);
    close(wanted);
    std::fclose(file);
}

TEST_CASE("a long system call that ends in time is not disturbed") {
    const lab::Options options = each_handover();
    ssize_t got = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            int ends[2] = {-1, -1};
            REQUIRE(pipe(ends) == 0);
            const pid_t child = fork();
            if (child == 0) {
                usleep(100'000);
                _exit(static_cast<int>(write(ends[1], "x", 1)) - 1);
            }
            // Past the lab, so that it really blocks.
            char byte = 0;
            got = syscall(SYS_read, ends[0], &byte, 1UL);
            waitpid(child, nullptr, 0);
            close(ends[0]);
            close(ends[1]);
        },
        options);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    CHECK(got == 1);
    still_works(options);
}

TEST_CASE("a thread that is starved amid many short system calls is not stuck") {
    lab::Options options = each_handover();
    options.patience = 100ms;
    // A neighbour that leaves the observed thread a hundredth of one processor.
    cpu_set_t all;
    REQUIRE(sched_getaffinity(0, sizeof all, &all) == 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
    const pid_t neighbour = fork();
    if (neighbour == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) turns = turns + 1;
    }
    const lab::Trace trace = lab::observe(
        [] {
            const auto self = static_cast<id_t>(syscall(SYS_gettid));
            setpriority(PRIO_PROCESS, self, 19);
            timespec begin{};
            timespec now{};
            const auto used = [&] {
                syscall(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &now);
                return (now.tv_sec - begin.tv_sec) * 1'000'000'000 + now.tv_nsec - begin.tv_nsec;
            };
            used();
            begin = now;
            // Well below the patience, which counts processor time.
            while (used() < 8'000'000) syscall(SYS_getppid);
        },
        options);
    kill(neighbour, SIGKILL);
    waitpid(neighbour, nullptr, 0);
    REQUIRE(sched_setaffinity(0, sizeof all, &all) == 0);
    CHECK_THAT(trace, lab::matchers::no_diagnosis());
    still_works(options);
}

TEST_CASE("long work between synchronisation calls is not a busy wait") {
    lab::Options options = each_handover();
    options.patience = 2s;
    const lab::Trace trace = lab::observe(
        [] {
            for (turns = 0; turns < 20'000'000;) turns = turns + 1;
        },
        options);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    still_works(options);
}

TEST_CASE("a body that takes its time after a diagnosis of the watchdog is watched again") {
    const lab::Options options = each_handover();
    const auto part = [] {
        for (;;) turns = turns + 1;
    };
    for (int i = 0; i < 3; ++i) CHECK(has(observe_part(part, i == 1, options), Kind::busy_wait));
    still_works(options);
}

TEST_CASE("the watchdog may look at any moment of a thread's life and end") {
    lab::Options options = each_handover();
    // Short of accusing a machine that is busy with other things; a look every millisecond or so.
    options.patience = 10ms;
    options.stacks = lab::Stacks::none;
    for (int i = 0; i < 300; ++i) {
        const lab::Trace trace = lab::observe(
            [] {
                std::atomic<int> ended{0};
                for (int k = 0; k < 30; ++k) std::thread([&] { ++ended; }).detach();
                while (ended < 30) std::this_thread::sleep_for(1us);
            },
            options);
        if (i == 0) CHECK(trace.threads().size() == 31);
    }
    options.patience = 200ms;
    still_works(options);
}
