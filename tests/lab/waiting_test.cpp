// The standard library's means of waiting for each other.
#include "runs.hpp"

#include <semaphore.h>

#include <atomic>
#include <barrier>
#include <future>
#include <latch>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <vector>

using namespace runs;
using namespace lab::matchers;

namespace {

/// Under a few dozen schedules, for what is said here holds in each.
void check_in_many(const lab::Options& options, const std::function<void()>& body,
                   const lab::Judge& judge) {
    lab::ExploreOptions many;
    static_cast<lab::Options&>(many) = options;
    many.schedules = 40;
    const lab::Exploration exploration = lab::explore(body, many, judge);
    INFO(exploration.explain());
    CHECK_FALSE(exploration.failed());
    still_works(options);
}

std::optional<std::string> objection_of(const lab::Finding& finding) {
    if (finding.holds) return std::nullopt;
    return finding.explanation;
}

struct Loaf {
    Loaf() {
        lab::event("baked");
        std::this_thread::sleep_for(1ms);
    }
    int slices = 12;
};

}  // namespace

TEST_CASE("futures, promises, packaged tasks and async") {
    const lab::Options options = each_handover();
    check_in_many(
        options,
        [] {
            std::promise<int> promise;
            std::future<int> promised = promise.get_future();
            std::packaged_task<int(int)> task([](int x) { return x + 1; });
            std::future<int> packaged = task.get_future();
            std::jthread worker([&] {
                task(1);
                std::this_thread::sleep_for(5ms);
                promise.set_value(3);
            });
            auto later = std::async(std::launch::async, [] { return 4; });
            auto lazy = std::async(std::launch::deferred, [] { return 5; });
            auto failing =
                std::async(std::launch::async, []() -> int { throw std::logic_error("no"); });
            const bool early = promised.wait_for(1ms) == std::future_status::ready;
            try {
                failing.get();
            } catch (const std::logic_error&) {
                if (!early)
                    lab::event("sum", packaged.get() + promised.get() + later.get() + lazy.get());
            }
        },
        [](const lab::Trace& trace) { return objection_of(exactly_once(trace, "sum", 14)); });
}

TEST_CASE("a promise that is never kept is never heard of") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            std::promise<void> promise;
            promise.get_future().wait();
        },
        options);
    CHECK(has(trace, Kind::never_woken));
    still_works(options);
}

TEST_CASE("call_once tries again when the initialiser throws") {
    const lab::Options options = each_handover();
    check_in_many(
        options,
        [] {
            std::once_flag flag;
            std::atomic<int> tries{0};
            std::vector<std::jthread> threads;
            for (int i = 0; i < 3; ++i)
                threads.emplace_back([&] {
                    try {
                        std::call_once(flag, [&] {
                            std::this_thread::yield();
                            if (++tries == 1) throw std::runtime_error("the first fails");
                            lab::event("initialised");
                        });
                        lab::event("went on");
                    } catch (const std::runtime_error&) {
                        lab::event("caught");
                    }
                });
        },
        [](const lab::Trace& trace) -> std::optional<std::string> {
            if (trace.marks("initialised").size() == 1 && trace.marks("caught").size() == 1 &&
                trace.marks("went on").size() == 2)
                return std::nullopt;
            return "the counts are wrong";
        });
}

TEST_CASE("a function's static is made once, and waited for") {
    const lab::Options options = each_handover();
    const auto body = [] {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 3; ++i)
            threads.emplace_back([] {
                static const Loaf loaf;
                lab::event("slices", loaf.slices);
            });
    };
    const lab::Trace trace = lab::observe(body, options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && happens_times("slices", 3));
    // It lives as long as the process: only one of the runs makes it.
    CHECK(trace.marks("baked").size() <= 1);
    for (const lab::Event& slices : trace.marks("slices")) CHECK(slices.value == 12);
    still_works(options);
}

TEST_CASE("a latch opens when all have arrived") {
    const lab::Options options = each_handover();
    check_in_many(
        options,
        [] {
            std::latch latch(3);
            std::vector<std::jthread> threads;
            for (int i = 1; i <= 3; ++i)
                threads.emplace_back([&latch, i] {
                    std::this_thread::sleep_for(i * 1ms);
                    latch.arrive_and_wait();
                    lab::event("through");
                });
            latch.wait();
            if (lab::now() == 3ms) lab::event("in time");
        },
        [](const lab::Trace& trace) { return objection_of(happens_times(trace, "in time", 1)); });
}

TEST_CASE("a barrier keeps its rounds apart") {
    const lab::Options options = each_handover();
    check_in_many(
        options,
        [] {
            int round = 0;
            std::barrier barrier(3, [&]() noexcept { ++round; });
            std::vector<std::jthread> threads;
            for (int i = 0; i < 3; ++i)
                threads.emplace_back([&] {
                    // The second wait keeps the others from the next round while we look.
                    for (int expected = 1; expected <= 7; expected += 2) {
                        barrier.arrive_and_wait();
                        if (round != expected) lab::event("wrong round");
                        barrier.arrive_and_wait();
                    }
                });
        },
        [](const lab::Trace& trace) {
            return objection_of(happens_times(trace, "wrong round", 0));
        });
}

TEST_CASE("semaphores let in as many as they say") {
    const lab::Options options = each_handover();
    check_in_many(
        options,
        [] {
            std::counting_semaphore<8> places(2);
            std::vector<std::jthread> threads;
            for (int i = 0; i < 5; ++i)
                threads.emplace_back([&] {
                    places.acquire();
                    {
                        const lab::Span span("inside");
                        std::this_thread::sleep_for(1ms);
                    }
                    places.release();
                });
        },
        [](const lab::Trace& trace) { return objection_of(peak_overlap_is(trace, "inside", 2)); });
}

TEST_CASE("semaphores keep their time") {
    const lab::Options options = each_handover();
    bool got = true;
    int posix = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            std::binary_semaphore none(0);
            got = none.try_acquire_for(20ms);
            sem_t semaphore;
            sem_init(&semaphore, 0, 0);
            timespec until{};
            clock_gettime(CLOCK_REALTIME, &until);
            until.tv_sec += 1;
            posix = sem_timedwait(&semaphore, &until) == -1 ? errno : 0;
            sem_destroy(&semaphore);
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(1020ms));
    CHECK_FALSE(got);
    CHECK(posix == ETIMEDOUT);
    still_works(options);
}

TEST_CASE("an atomic is waited for") {
    const lab::Options options = each_handover();
    check_in_many(
        options,
        [] {
            std::atomic<int> number{0};
            std::atomic<char> small{0};
            std::jthread other([&] {
                std::this_thread::sleep_for(2ms);
                number = 1;
                number.notify_all();
                small = 1;
                small.notify_one();
            });
            number.wait(0);
            small.wait(0);
            if (lab::now() == 2ms) lab::event("in time");
        },
        [](const lab::Trace& trace) { return objection_of(happens_times(trace, "in time", 1)); });
}

TEST_CASE("a stop token wakes who waits with it") {
    const lab::Options options = each_handover();
    check_in_many(
        options,
        [] {
            std::mutex mutex;
            std::condition_variable_any changed;
            std::jthread waiting([&](const std::stop_token& stop) {
                std::unique_lock lock(mutex);
                if (!changed.wait(lock, stop, [] { return false; })) lab::event("stopped");
            });
            std::this_thread::sleep_for(4ms);
        },
        [](const lab::Trace& trace) { return objection_of(happens_times(trace, "stopped", 1)); });
}
