// The virtual clock, and the modelled machine's cores.
#include "runs.hpp"

#include <sys/time.h>

#include <ctime>
#include <vector>

using namespace runs;
using namespace lab::matchers;

namespace {

lab::Duration shown_by(clockid_t clock) {
    timespec t{};
    clock_gettime(clock, &t);
    return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

/// One thread for each cost, all computing at once.
lab::Trace compute_all(const std::vector<lab::Duration>& costs, unsigned cores,
                       lab::Options options) {
    options.cores = cores;
    return lab::observe(
        [&] {
            std::vector<std::jthread> threads;
            for (const lab::Duration cost : costs)
                threads.emplace_back([cost] { lab::compute(cost); });
        },
        options);
}

}  // namespace

TEST_CASE("clocks advance by sleeping, and by nothing else") {
    const lab::Options options = each_handover();
    lab::Duration worked{-1};
    lab::Duration slept_steady{-1};
    lab::Duration slept_system{-1};
    const lab::Trace trace = lab::observe(
        [&] {
            const auto steady = std::chrono::steady_clock::now();
            const auto system = std::chrono::system_clock::now();
            volatile unsigned turns = 0;
            while (turns < 1'000'000) turns = turns + 1;
            std::this_thread::yield();
            worked = std::chrono::steady_clock::now() - steady;
            std::this_thread::sleep_for(90min);
            slept_steady = std::chrono::steady_clock::now() - steady;
            slept_system = std::chrono::system_clock::now() - system;
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(90min));
    CHECK(worked == 0ns);
    CHECK(slept_steady == 90min);
    CHECK(slept_system == 90min);
    still_works(options);
}

TEST_CASE("every way to ask for the time gets the same answer") {
    const lab::Options options = each_handover();
    bool same = false;
    bool monotonic_same = false;
    const lab::Trace trace = lab::observe(
        [&] {
            std::this_thread::sleep_for(1234567890ns);
            const lab::Duration real = shown_by(CLOCK_REALTIME);
            timeval day{};
            gettimeofday(&day, nullptr);
            time_t stored = 0;
            const time_t told = time(&stored);
            timespec utc{};
            timespec_get(&utc, TIME_UTC);
            same = std::chrono::system_clock::now().time_since_epoch() == real &&
                   day.tv_sec == told && stored == told &&
                   std::chrono::floor<std::chrono::seconds>(real).count() == told &&
                   day.tv_usec == real % 1s / 1us && utc.tv_sec == told;
            const lab::Duration monotonic = shown_by(CLOCK_MONOTONIC);
            monotonic_same = std::chrono::steady_clock::now().time_since_epoch() == monotonic &&
                             shown_by(CLOCK_BOOTTIME) == monotonic && monotonic > 24h;
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
    CHECK(same);
    CHECK(monotonic_same);
    still_works(options);
}

TEST_CASE("every way to sleep takes exactly its time") {
    const lab::Options options = each_handover();
    std::vector<lab::Duration> at;
    const lab::Trace trace = lab::observe(
        [&] {
            const auto note = [&] { at.push_back(lab::now()); };
            std::this_thread::sleep_until(std::chrono::steady_clock::now() + 1ms);
            note();
            std::this_thread::sleep_until(std::chrono::system_clock::now() + 1ms);
            note();
            usleep(1'000);
            note();
            sleep(1);
            note();
            const timespec span{0, 1};
            nanosleep(&span, nullptr);
            note();
            timespec until{};
            clock_gettime(CLOCK_MONOTONIC, &until);
            ++until.tv_sec;
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
            note();
            std::this_thread::sleep_for(-1h);
            std::this_thread::sleep_for(0ns);
            note();
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
    CHECK(at == std::vector<lab::Duration>{1ms, 2ms, 3ms, 1003ms, 1003ms + 1ns, 2003ms + 1ns,
                                           2003ms + 1ns});
    still_works(options);
}

TEST_CASE("CPU clocks count what compute charges") {
    const lab::Options options = each_handover();
    lab::Duration thread{-1};
    lab::Duration process{-1};
    std::clock_t ticks = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            lab::compute(30ms);
            std::thread([&] {
                lab::compute(12ms);
                std::this_thread::sleep_for(1s);
                thread = shown_by(CLOCK_THREAD_CPUTIME_ID);
            }).join();
            process = shown_by(CLOCK_PROCESS_CPUTIME_ID);
            ticks = std::clock();
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(1042ms));
    CHECK(thread == 12ms);
    CHECK(process == 42ms);
    CHECK(ticks == 42 * CLOCKS_PER_SEC / 1'000);
    CHECK(trace.threads()[1].cpu == 12ms);
    still_works(options);
}

TEST_CASE("waiting with a limit takes exactly the limit") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            std::mutex mutex;
            std::condition_variable never;
            std::unique_lock lock(mutex);
            never.wait_for(lock, 250ms);
            never.wait_until(lock, std::chrono::system_clock::now() + 250ms, [] { return false; });
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(500ms));
    still_works(options);
}

TEST_CASE("four equal jobs on two cores take twice a job, with a speed-up of two") {
    const lab::Options options = each_handover();
    const lab::Trace trace = compute_all({10ms, 10ms, 10ms, 10ms}, 2, options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(20ms));
    CHECK(trace.work() == 40ms);
    CHECK(trace.speed_up() == lab::Approx(2.0));
    still_works(options);
}

TEST_CASE("the makespan is that of first come, first served on the modelled cores") {
    const lab::Options options = each_handover();
    struct Case {
        std::vector<lab::Duration> costs;
        unsigned cores;
        lab::Duration makespan;
    };
    const Case one = GENERATE(values<Case>({
        {{30ms, 10ms, 10ms, 10ms}, 4, 30ms},
        {{10ms, 10ms, 10ms}, 1, 30ms},
        {{10ms, 10ms, 10ms}, 2, 20ms},
        {{10ms, 10ms, 10ms, 10ms, 10ms, 10ms, 10ms, 10ms}, 8, 10ms},
        {std::vector<lab::Duration>(20, 5ms), 8, 15ms},
        {{0ms, -1ms}, 1, 0ms},
    }));
    const lab::Trace trace = compute_all(one.costs, one.cores, options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(one.makespan));
    still_works(options);
}

TEST_CASE("where computing takes no time, threads meet that their work would keep apart") {
    // Two take numbers that a third puts; close tells one of them only. Both sleep by then if they
    // are faster than the one who puts, and he takes no time for that.
    const auto close_tells_one = [] {
        std::mutex mutex;
        std::condition_variable changed;
        int left = 0;
        bool closed = false;
        const auto take_all = [&] {
            for (;;) {
                {
                    std::unique_lock lock{mutex};
                    changed.wait(lock, [&] { return left > 0 || closed; });
                    if (left == 0) return;
                    --left;
                }
                lab::compute(10ms);
            }
        };
        const std::jthread one{take_all};
        const std::jthread other{take_all};
        for (int number = 0; number < 4; ++number) {
            const std::scoped_lock lock{mutex};
            ++left;
            changed.notify_one();
        }
        const std::scoped_lock lock{mutex};
        closed = true;
        changed.notify_one();
    };
    lab::ExploreOptions options;
    options.schedules = 300;
    CHECK_FALSE(lab::explore(close_tells_one, options).failed());
    options.compute_takes_time = false;
    CHECK(lab::explore(close_tells_one, options).failed());

    lab::Options at_once = each_handover();
    at_once.compute_takes_time = false;
    const lab::Trace trace = compute_all({10ms, 10ms}, 1, at_once);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(0ms));
    CHECK(trace.work() == 0ms);
}

TEST_CASE("a lock around the work leaves nothing of the speed-up") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            std::mutex mutex;
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i)
                threads.emplace_back([&] {
                    const std::lock_guard lock(mutex);
                    lab::compute(10ms);
                });
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(40ms));
    CHECK(trace.speed_up() == lab::Approx(1.0));
    still_works(options);
}

TEST_CASE("who sleeps takes no core") {
    lab::Options options = each_handover();
    options.cores = 1;
    const lab::Trace trace = lab::observe(
        [] {
            std::jthread sleeper([] { std::this_thread::sleep_for(50ms); });
            lab::compute(50ms);
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(50ms));
    still_works(options);
}

TEST_CASE("the machine has as many processors as the options say") {
    lab::Options options = each_handover();
    options.cores = GENERATE(1U, 2U, 8U, 1024U);
    unsigned told = 0;
    static_cast<void>(lab::observe([&] { told = std::thread::hardware_concurrency(); }, options));
    CHECK(told == options.cores);
    still_works(options);
}
