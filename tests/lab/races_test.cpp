// Data races: kept with their places in ThreadSanitizer builds, and said to be unavailable in
// others.
#include "runs.hpp"

#include <lab/place.hpp>
#include <lab/races/annotations.hpp>
#include <lab/races/races.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace runs;
using lab::races::Access;
using lab::races::Report;

namespace {

// On its own: TSan remembers the last few accesses to each eight bytes, and forgets the others.
alignas(16) int hits = 0;
alignas(16) unsigned hit_line = 0;

/// Writes `cell` from two threads, the second one surely after the first. Relaxed atomics tell the
/// second when, and order nothing.
void race_on(int& cell) {
    std::atomic<int> turn{0};
    std::thread second([&] {
        while (turn.load(std::memory_order_relaxed) == 0) std::this_thread::yield();
        cell = 2;
    });
    hit_line = __LINE__ - 2;
    cell = 1;
    turn.store(1, std::memory_order_relaxed);
    second.join();
}

std::vector<Report> kept(void (*body)()) {
    lab::races::begin();
    body();
    lab::races::end();
    return lab::races::take();
}

lab::Place innermost(const Access& access) {
    for (const lab::Place& place : lab::places_of(access.stack)) {
        if (place.owner == lab::Owner::program) return place;
    }
    return {};
}

bool unavailable() {
    if (lab::race_detection().available) return false;
    WARN(lab::race_detection().reason);
    return true;
}

}  // namespace

TEST_CASE("whether races are found is told, and if not why", "[races]") {
    const lab::RaceDetection& detection = lab::race_detection();
    CHECK(&detection == &lab::race_detection());
    CHECK(detection.available == detection.reason.empty());
    if (!lab::tsan::present()) {
        CHECK_FALSE(detection.available);
        CHECK_THAT(detection.reason, lab::contains("built without ThreadSanitizer"));
    }
    CHECK_FALSE(lab::races::any());
}

TEST_CASE("a race is kept with both accesses, the later one first", "[races]") {
    if (unavailable()) return;
    const auto reports = kept([] { race_on(hits); });
    REQUIRE(reports.size() == 1);
    const Report& report = reports.front();
    CHECK(report.what == "data race");
    CHECK(report.race);
    CHECK(report.location == "global variable '(anonymous namespace)::hits'");
    REQUIRE(report.accesses.size() == 2);
    const Access& later = report.accesses[0];
    const Access& earlier = report.accesses[1];
    CHECK(later.what == "write of 4 bytes");
    CHECK(earlier.what == "previous write of 4 bytes");
    for (const Access& access : report.accesses) {
        CHECK(access.address == &hits);
        CHECK(access.size == 4);
        CHECK(access.write);
        CHECK_FALSE(access.atomic);
        REQUIRE_FALSE(access.stack.empty());
    }
    CHECK(innermost(later).brief() == "races_test.cpp:" + std::to_string(hit_line));
    CHECK(innermost(earlier).brief() != innermost(later).brief());
    CHECK(earlier.system_thread == static_cast<std::uint64_t>(gettid()));
    CHECK(later.system_thread != earlier.system_thread);
    CHECK(later.tsan_thread != earlier.tsan_thread);
}

TEST_CASE("the same race is reported in each run anew", "[races]") {
    if (unavailable()) return;
    for (int run = 0; run < 5; ++run) CHECK(kept([] { race_on(hits); }).size() == 1);
}

TEST_CASE("code without a race is not reported", "[races]") {
    const auto reports = kept([] {
        std::mutex mutex;
        int value = 0;
        const auto add = [&] {
            for (int i = 0; i < 1000; ++i) {
                const std::lock_guard lock(mutex);
                ++value;
            }
        };
        std::thread first(add);
        std::thread second(add);
        first.join();
        second.join();
        if (value != 2000) std::abort();
    });
    CHECK(reports.empty());
}

TEST_CASE("a race on a heap block names the block and where it came from", "[races]") {
    if (unavailable()) return;
    const auto reports = kept([] {
        const auto block = std::make_unique<int[]>(10);
        race_on(block[3]);
    });
    REQUIRE(reports.size() == 1);
    CHECK(reports.front().location == "a heap block of 40 bytes");
    const auto places = lab::places_of(reports.front().location_stack);
    CHECK(std::ranges::any_of(
        places, [](const lab::Place& place) { return place.owner == lab::Owner::program; }));
}

TEST_CASE("an atomic access that meets a plain one is a race, and said to be atomic", "[races]") {
    if (unavailable()) return;
    const auto reports = kept([] {
        std::atomic<int> turn{0};
        std::thread second([&] {
            while (turn.load(std::memory_order_relaxed) == 0) std::this_thread::yield();
            __atomic_store_n(&hits, 2, __ATOMIC_RELAXED);
        });
        hits = 1;
        turn.store(1, std::memory_order_relaxed);
        second.join();
    });
    REQUIRE(reports.size() == 1);
    CHECK(reports.front().accesses[0].what == "atomic write of 4 bytes");
    CHECK(reports.front().accesses[0].atomic);
    CHECK(reports.front().accesses[1].what == "previous write of 4 bytes");
}

TEST_CASE("the use of memory that another thread freed is kept", "[races]") {
    if (unavailable()) return;
    const auto reports = kept([] {
        int* block = new int(1);
        std::atomic<int> turn{0};
        std::thread second([&] {
            while (turn.load(std::memory_order_relaxed) == 0) std::this_thread::yield();
            *static_cast<volatile int*>(block) = 2;
        });
        delete block;
        turn.store(1, std::memory_order_relaxed);
        second.join();
    });
    REQUIRE_FALSE(reports.empty());
    CHECK(reports.front().what == "heap-use-after-free");
    CHECK(reports.front().race);
}

TEST_CASE("reports are taken once, and begin forgets the ones that nobody took", "[races]") {
    if (unavailable()) return;
    lab::races::begin();
    CHECK_FALSE(lab::races::any());
    race_on(hits);
    CHECK(lab::races::any());
    CHECK(lab::races::take().size() == 1);
    CHECK_FALSE(lab::races::any());
    CHECK(lab::races::take().empty());
    race_on(hits);
    lab::races::begin();
    CHECK_FALSE(lab::races::any());
    lab::races::end();
    CHECK(lab::races::take().empty());
}

TEST_CASE("of more reports than there is room for, the first are kept", "[races]") {
    if (unavailable()) return;
    const auto reports = kept([] {
        for (int i = 0; i < 40; ++i) race_on(hits);
    });
    CHECK(reports.size() == 32);
}

TEST_CASE("accesses in ignored sections are not reported, those after them are", "[races]") {
    if (unavailable()) return;
    CHECK(kept([] {
              const lab::tsan::Ignored ignored;
              race_on(hits);
          }).empty());
    CHECK(kept([] {
              { const lab::tsan::Ignored ignored; }
              race_on(hits);
          }).size() == 1);
}

TEST_CASE("release and acquire order what they are put between", "[races]") {
    if (unavailable()) return;
    CHECK(kept([] {
              static char place = 0;
              std::atomic<int> turn{0};
              std::thread second([&] {
                  while (turn.load(std::memory_order_relaxed) == 0) std::this_thread::yield();
                  lab::tsan::acquire(&place);
                  hits = 2;
              });
              hits = 1;
              lab::tsan::release(&place);
              turn.store(1, std::memory_order_relaxed);
              second.join();
          }).empty());
}

// In runs of the lab ------------------------------------------------------------------------------

TEST_CASE("a run that ended with a thread's end leaves the next run's races to be seen",
          "[races]") {
    if (unavailable()) return;
    const lab::Options options = each_handover();
    for (int i = 0; i < 3; ++i) {
        // The body ends, and nobody is left who could run: that is where the run ends.
        const lab::Trace left_over = lab::observe(
            [] { std::thread([] { std::this_thread::sleep_for(1h); }).detach(); }, options);
        CHECK(has(left_over, Kind::leaked_thread));
        // The last to end is a thread that found the body gone.
        const lab::Trace ended_last = lab::observe(
            [] {
                std::thread([] { std::this_thread::yield(); }).detach();
                std::thread([] { std::this_thread::sleep_for(1h); }).detach();
            },
            options);
        CHECK(has(ended_last, Kind::leaked_thread));
        // The body's thread ends in the middle of a deadlock.
        const lab::Trace deadlock = lab::observe(
            [] {
                std::mutex mutex;
                mutex.lock();
                std::thread waiting([&] { mutex.lock(); });
                waiting.join();
            },
            options);
        CHECK(has(deadlock, Kind::lock_cycle));
        const lab::Trace race = lab::observe([] { race_on(hits); }, options);
        CHECK(has(race, Kind::data_race));
    }
}

TEST_CASE("threads that end by pthread_exit leave the next run's races to be seen", "[races]") {
    if (unavailable()) return;
    const lab::Options options = each_handover();
    for (int i = 0; i < 3; ++i) {
        const lab::Trace exits = lab::observe(
            [] {
                std::thread([] { pthread_exit(nullptr); }).join();
                pthread_exit(nullptr);
            },
            options);
        CHECK(exits.clean());
        CHECK(has(lab::observe([] { race_on(hits); }, options), Kind::data_race));
    }
}

namespace {

/// Throws, from two threads, the one exception that a third has left behind. `touch` is called by
/// each while it handles it, and by whoever is the last to let go of it, when it is destroyed.
void rethrow_in_two_threads(void (*touch)()) {
    struct Refusal : std::runtime_error {
        explicit Refusal(int given) : std::runtime_error("no"), code(given) {}
        int code;
    };
    std::exception_ptr stored;
    std::thread([&] {
        try {
            throw Refusal(7);
        } catch (...) {
            stored = std::current_exception();
        }
    }).join();
    std::atomic<int> sum{0};
    const auto handle = [&sum, touch](std::exception_ptr mine) {
        try {
            std::rethrow_exception(std::move(mine));
        } catch (const Refusal& refusal) {
            sum.fetch_add(refusal.code, std::memory_order_relaxed);
            touch();
        }
    };
    std::thread first(handle, stored);
    std::thread second(handle, std::move(stored));
    stored = nullptr;
    first.join();
    second.join();
    if (sum != 14) std::abort();
}

}  // namespace

TEST_CASE("an exception that threads share is no race, whoever lets go of it last", "[races]") {
    lab::ExploreOptions options;
    options.handover = GENERATE(lab::Handover::user_level, lab::Handover::futex);
    options.schedules = 200;
    const lab::Exploration exploration =
        lab::explore([] { rethrow_in_two_threads([] {}); }, options);
    INFO(exploration.explain());
    CHECK_FALSE(exploration.failed());
}

TEST_CASE("a race between threads that share an exception is found all the same", "[races]") {
    if (unavailable()) return;
    const lab::Options options = each_handover();
    const unsigned line = __LINE__ + 1;
    const lab::Trace trace = lab::observe([] { rethrow_in_two_threads([] { ++hits; }); }, options);
    REQUIRE(has(trace, Kind::data_race));
    CHECK(line_of(trace) == line);
}

namespace {

/// As small a frame as a call of itself can have.
[[gnu::noinline]] unsigned dig(volatile unsigned* bottom) {
    if (*bottom == 1) return 0;
    return dig(bottom) + 1;
}

}  // namespace

TEST_CASE("a deep recursion with small frames uses up the stack, not the detector", "[races]") {
    if (unavailable()) return;
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    const lab::Trace trace = observe_part(
        [] {
            volatile unsigned bottom = 0;
            hits = static_cast<int>(dig(&bottom));
        },
        in_thread, options);
    REQUIRE(has(trace, Kind::stack_overflow));
    CHECK_THAT(words_of(trace), lab::contains("dig"));
    still_works(options);
}

// What becomes of the process is seen from outside: these two are played in a process of their own.

TEST_CASE("freeing the locks that a deadlock leaves behind is no race", "[races]") {
    const lab::Trace trace = lab::observe(
        [] {
            std::mutex mutex;
            const std::lock_guard lock(mutex);
            std::thread other([&] { const std::lock_guard never(mutex); });
            other.join();
        },
        each_handover());
    CHECK(has(trace, Kind::lock_cycle));
    CHECK_FALSE(has(trace, Kind::data_race));
}

TEST_CASE("a race outside of runs, played", "[.races-outside]") { race_on(hits); }

TEST_CASE("a race inside of a run, played", "[.races-inside]") {
    CHECK(kept([] { race_on(hits); }).size() == 1);
}

namespace {

struct Played {
    int status = -1;
    std::string printed;  ///< to stderr
};

Played play(const char* tag) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    std::string program = "/proc/self/exe";
    std::string test = tag;
    char* const arguments[] = {program.data(), test.data(), nullptr};
    pid_t child = 0;
    REQUIRE(posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    Played played;
    char part[512];
    for (ssize_t count; (count = read(ends[0], part, sizeof part)) > 0;) {
        played.printed.append(part, static_cast<std::size_t>(count));
    }
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status)) played.status = WEXITSTATUS(status);
    return played;
}

}  // namespace

TEST_CASE("outside of runs ThreadSanitizer prints, and fails the process, as ever", "[races]") {
    if (unavailable()) return;
    const Played played = play("[.races-outside]");
    CHECK(played.status == 66);
    CHECK_THAT(played.printed, lab::contains("WARNING: ThreadSanitizer: data race"));
}

TEST_CASE("inside of runs it does neither", "[races]") {
    if (unavailable()) return;
    const Played played = play("[.races-inside]");
    CHECK(played.status == 0);
    CHECK(played.printed.find("data race") == std::string::npos);
}
