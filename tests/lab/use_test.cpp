// Where the lab is not there, and what it does not accept.
#include "runs.hpp"

#include <cstdlib>
#include <future>
#include <limits>
#include <vector>

using namespace runs;

namespace {

std::string complaint_about(const lab::Options& options) {
    try {
        static_cast<void>(lab::observe([] {}, options));
    } catch (const lab::Error& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("outside a run the simulated world is silent") {
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(lab::observing());
    lab::event("nothing", 1);
    lab::Span span("nothing");
    span.end(lab::Outcome::failed);
    lab::compute(1h);
    lab::out_of_bounds("nothing");
    CHECK(lab::now() == 0s);
    CHECK(std::chrono::steady_clock::now() - begin < 1min);
    still_works(each_handover());
}

TEST_CASE("outside a run threads, locks and clocks behave as ever") {
    const unsigned processors = std::thread::hardware_concurrency();
    still_works(each_handover());
    CHECK(std::thread::hardware_concurrency() == processors);

    const auto begin = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(2ms);
    CHECK(std::chrono::steady_clock::now() - begin >= 2ms);

    std::mutex mutex;
    std::condition_variable changed;
    int sum = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            CHECK_FALSE(lab::observing());
            const std::lock_guard lock(mutex);
            ++sum;
            changed.notify_all();
        });
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return sum == 4; });
        CHECK_FALSE(changed.wait_for(lock, 1ms, [] { return false; }));
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(std::async(std::launch::async, [] { return 7; }).get() == 7);
}

TEST_CASE("real threads go on beside a run and are no part of it") {
    const lab::Options options = each_handover();
    std::atomic<bool> stop{false};
    std::mutex mutex;
    long turns = 0;
    std::thread bystander([&] {
        while (!stop) {
            const std::lock_guard lock(mutex);
            ++turns;
            if (lab::observing()) std::abort();
            lab::event("not of the run");
        }
    });
    for (int i = 0; i < 20; ++i) {
        const lab::Trace trace = lab::observe([] { std::this_thread::sleep_for(1s); }, options);
        CHECK_THAT(trace, lab::matchers::runs_to_the_end());
        CHECK(trace.marks("not of the run").empty());
    }
    stop = true;
    bystander.join();
    still_works(options);
}

TEST_CASE("observing is true on a run's own threads") {
    const lab::Options options = each_handover();
    bool in_body = false;
    bool in_thread = false;
    static_cast<void>(lab::observe(
        [&] {
            in_body = lab::observing();
            std::thread([&] { in_thread = lab::observing(); }).join();
        },
        options));
    CHECK(in_body);
    CHECK(in_thread);
    CHECK_FALSE(lab::observing());
}

TEST_CASE("a body cannot be observed within another, and the outer run goes on") {
    const lab::Options options = each_handover();
    std::string said_to_body;
    std::string said_to_thread;
    const auto try_it = [](std::string& said) {
        try {
            static_cast<void>(lab::observe([] {}));
        } catch (const lab::Error& error) {
            said = error.what();
        }
    };
    const lab::Trace trace = lab::observe(
        [&] {
            try_it(said_to_body);
            std::thread([&] { try_it(said_to_thread); }).join();
            lab::event("went on");
        },
        options);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    CHECK(trace.marks("went on").size() == 1);
    CHECK_THAT(said_to_body, lab::contains("observe was called inside a run"));
    CHECK_THAT(said_to_thread, lab::contains("observe was called inside a run"));

    const lab::Trace uncaught =
        lab::observe([] { static_cast<void>(lab::explore([] {})); }, options);
    CHECK(has(uncaught, Kind::body_threw));
    still_works(options);
}

TEST_CASE("bodies that are observed at the same time take turns") {
    const lab::Options options = each_handover();
    std::vector<std::string> texts(4);
    std::vector<std::thread> observers;
    for (std::string& text : texts)
        observers.emplace_back([&text, &options] {
            for (int i = 0; i < 10; ++i)
                text = lab::observe(
                           [] {
                               std::mutex mutex;
                               std::jthread other([&] { const std::lock_guard lock(mutex); });
                               const std::lock_guard lock(mutex);
                           },
                           options)
                           .text();
        });
    for (std::thread& observer : observers) observer.join();
    for (const std::string& text : texts) CHECK(text == texts.front());
    CHECK_FALSE(texts.front().empty());
    still_works(options);
}

TEST_CASE("options out of range are refused with a sentence that names them") {
    lab::Options options = each_handover();
    const lab::Options good = options;
    std::string name;
    SECTION("no cores") {
        options.cores = 0;
        name = "cores";
    }
    SECTION("too many cores") {
        options.cores = 1025;
        name = "cores";
    }
    SECTION("no steps") {
        options.max_steps = 0;
        name = "max_steps";
    }
    SECTION("no spins") {
        options.max_spin = 0;
        name = "max_spin";
    }
    SECTION("no horizon") {
        options.horizon = 0s;
        name = "horizon";
    }
    SECTION("a horizon in the past") {
        options.horizon = -1s;
        name = "horizon";
    }
    SECTION("little patience") {
        options.patience = 9ms;
        name = "patience";
    }
    SECTION("no patience") {
        options.patience = -1ms;
        name = "patience";
    }
    SECTION("no depth") {
        options.policy = lab::Policy::pct(0, 10);
        name = "depth";
    }
    CHECK_THAT(complaint_about(options), lab::contains(name));
    still_works(good);
}

TEST_CASE("options at the ends of their ranges are accepted") {
    lab::Options options = each_handover();
    SECTION("one core") { options.cores = 1; }
    SECTION("very many cores") { options.cores = 1024; }
    SECTION("the longest horizon") { options.horizon = lab::Duration::max(); }
    SECTION("endless patience") { options.patience = std::chrono::hours{24}; }
    SECTION("the longest patience") { options.patience = std::chrono::milliseconds::max(); }
    SECTION("PCT of no length") { options.policy = lab::Policy::pct(3, 0); }
    SECTION("the greatest seed") { options.seed = std::numeric_limits<std::uint64_t>::max(); }
    SECTION("most steps") { options.max_steps = std::numeric_limits<std::uint32_t>::max(); }
    SECTION("always spurious") { options.spurious_wakeups = 2; }
    still_works(options);
}

TEST_CASE("the environment may choose the hand-over, but not just anything") {
    lab::Options options;
    setenv("LAB_HANDOVER", "carrier pigeon", 1);
    CHECK_THAT(complaint_about(options), lab::contains("carrier pigeon"));
    setenv("LAB_HANDOVER", "futex", 1);
    still_works(options);
    setenv("LAB_HANDOVER", "", 1);
    still_works(options);
    unsetenv("LAB_HANDOVER");
}
