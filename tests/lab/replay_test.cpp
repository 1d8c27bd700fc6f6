// One program, one policy, one seed: one trace, byte for byte.
#include "runs.hpp"

#include <csignal>
#include <memory>
#include <set>
#include <vector>

using namespace runs;
using namespace lab::matchers;

namespace {

// Enough of everything that the order could depend on: locks, conditions, sleeps, cores, futexes.
void busy_kitchen() {
    std::mutex mutex;
    std::condition_variable changed;
    std::atomic<int> tickets{0};
    std::vector<int> shelf;
    int eaten = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&, i] {
            for (int n = 0; n < 3; ++n) {
                lab::compute(1ms);
                {
                    const std::lock_guard lock(mutex);
                    shelf.push_back(10 * i + n);
                    lab::event("put", shelf.back());
                }
                changed.notify_one();
            }
            ++tickets;
            tickets.notify_all();
        });
    for (int i = 0; i < 2; ++i)
        threads.emplace_back([&] {
            std::unique_lock lock(mutex);
            while (eaten < 9) {
                if (shelf.empty()) {
                    changed.wait_for(lock, 10ms);
                    continue;
                }
                lab::event("eat", shelf.back());
                shelf.pop_back();
                ++eaten;
            }
            changed.notify_all();
        });
    for (int seen = 0; seen < 3; seen = tickets) tickets.wait(seen);
}

// Two philosophers: whether they meet depends on the schedule.
void dinner() {
    std::mutex left;
    std::mutex right;
    std::jthread other([&] {
        const std::lock_guard first(right);
        const std::lock_guard second(left);
    });
    const std::lock_guard first(left);
    const std::lock_guard second(right);
}

std::vector<lab::Policy> policies() {
    return {lab::Policy::round_robin(), lab::Policy::random_walk(), lab::Policy::pct(3, 100)};
}

lab::Options with(lab::Options options, lab::Policy policy, std::uint64_t seed) {
    options.policy = std::move(policy);
    options.seed = seed;
    return options;
}

std::string diagnoses_of(const lab::Trace& trace) {
    std::string text;
    for (const lab::Diagnosis& diagnosis : trace.diagnoses()) text += diagnosis.explain();
    return text;
}

std::vector<lab::ThreadId> choices_of(const lab::Trace& trace) {
    return {trace.schedule().begin(), trace.schedule().end()};
}

lab::ExploreOptions exploring(const lab::Options& options) {
    lab::ExploreOptions exploring;
    static_cast<lab::Options&>(exploring) = options;
    return exploring;
}

/// Real processes that keep every processor busy as long as this lives.
class Spinners {
public:
    explicit Spinners(int number) {
        for (int i = 0; i < number; ++i) {
            const pid_t child = fork();
            if (child == 0)
                for (volatile unsigned turns = 0;;) turns = turns + 1;
            children_.push_back(child);
        }
    }
    ~Spinners() {
        for (const pid_t child : children_) {
            kill(child, SIGKILL);
            waitpid(child, nullptr, 0);
        }
    }
    Spinners(const Spinners&) = delete;
    Spinners& operator=(const Spinners&) = delete;

private:
    std::vector<pid_t> children_;
};

}  // namespace

TEST_CASE("the same seed gives the same trace, another seed another") {
    lab::Options options = each_handover();
    for (const lab::Policy& policy : policies()) {
        std::set<std::string> texts;
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            const std::string text = lab::observe(busy_kitchen, with(options, policy, seed)).text();
            CHECK(lab::observe(busy_kitchen, with(options, policy, seed)).text() == text);
            texts.insert(text);
        }
        CHECK(texts.size() == (policy.kind == lab::Policy::Kind::round_robin ? 1 : 5));
    }
    still_works(options);
}

TEST_CASE("both hand-overs give the same trace") {
    lab::Options options;
    options.spurious_wakeups = GENERATE(0U, 8U);
    for (const lab::Policy& policy : policies())
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            options.handover = lab::Handover::user_level;
            const lab::Trace one = lab::observe(busy_kitchen, with(options, policy, seed));
            options.handover = lab::Handover::futex;
            const lab::Trace other = lab::observe(busy_kitchen, with(options, policy, seed));
            CHECK(one.text() == other.text());
            CHECK_THAT(one, runs_to_the_end() && no_diagnosis());
        }
    still_works(options);
}

TEST_CASE("recording stacks changes nothing but the stacks") {
    lab::Options options = each_handover();
    const std::string told = lab::observe(busy_kitchen, options).text();
    options.stacks = lab::Stacks::none;
    CHECK(lab::observe(busy_kitchen, options).text() == told);
    still_works(options);
}

TEST_CASE("a schedule played again gives the same trace, also with spurious wake-ups") {
    lab::Options options = each_handover();
    options.spurious_wakeups = GENERATE(0U, 8U);
    for (const lab::Policy& policy : policies())
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            lab::Options first = with(options, policy, seed);
            // Round robin has no spurious wake-ups, a replay has those of its seed.
            if (policy.kind == lab::Policy::Kind::round_robin) first.spurious_wakeups = 0;
            const lab::Trace trace = lab::observe(busy_kitchen, first);
            lab::Options again = first;
            again.policy = lab::Policy::replay(choices_of(trace));
            const lab::Trace replayed = lab::observe(busy_kitchen, again);
            CHECK(replayed.text() == trace.text());
            CHECK_THAT(replayed, runs_to_the_end() && no_diagnosis());
            CHECK(choices_of(replayed) == choices_of(trace));
        }
    still_works(options);
}

TEST_CASE("a failure played again is the same failure") {
    const lab::Options options = each_handover();
    const lab::Exploration exploration = lab::explore(dinner, exploring(options));
    REQUIRE(exploration.failed());
    const lab::Trace& failure = *exploration.failure;
    REQUIRE(has(failure, Kind::lock_cycle));

    const lab::Trace same_seed =
        lab::observe(dinner, with(options, failure.policy(), failure.seed()));
    CHECK(same_seed.text() == failure.text());
    CHECK(diagnoses_of(same_seed) == diagnoses_of(failure));

    const lab::Trace replayed = lab::observe(
        dinner, with(options, lab::Policy::replay(choices_of(failure)), failure.seed()));
    CHECK(replayed.text() == failure.text());
    CHECK(diagnoses_of(replayed) == diagnoses_of(failure));
    still_works(options);
}

TEST_CASE("a replay of another program is reported") {
    const lab::Options options = each_handover();
    std::vector<lab::ThreadId> choices = choices_of(lab::observe(busy_kitchen, options));
    const lab::Trace other =
        lab::observe(dinner, with(options, lab::Policy::replay(choices), options.seed));
    CHECK(has(other, Kind::diverged));

    choices.resize(choices.size() / 2);
    const lab::Trace shorter =
        lab::observe(busy_kitchen, with(options, lab::Policy::replay(choices), options.seed));
    CHECK(has(shorter, Kind::diverged));
    CHECK(shorter.completed());
    still_works(options);
}

TEST_CASE("explore finds, explains, and says how to play it again") {
    const lab::Options options = each_handover();
    const lab::Exploration exploration = lab::explore(dinner, exploring(options));
    REQUIRE(exploration.failed());
    CHECK(exploration.schedules >= 1);
    CHECK(exploration.steps >= exploration.failure->steps());
    CHECK(exploration.objection.empty());
    const std::string told = exploration.explain();
    CHECK_THAT(told, lab::contains("lock_cycle") && lab::contains("replay_test.cpp") &&
                         lab::contains("seed " + std::to_string(exploration.failure->seed())) &&
                         lab::contains(exploration.failure->policy().describe()));
    still_works(options);
}

TEST_CASE("explore reports nothing of a correct body") {
    lab::ExploreOptions options = exploring(each_handover());
    options.schedules = 50;
    const lab::Exploration exploration = lab::explore(busy_kitchen, options);
    INFO(exploration.explain());
    CHECK_FALSE(exploration.failed());
    CHECK(exploration.schedules == 50);
    CHECK_THAT(exploration.explain(), lab::contains("50 schedules"));
    still_works(options);
}

TEST_CASE("a judge's objection is a failure") {
    lab::ExploreOptions options = exploring(each_handover());
    options.explain = GENERATE(false, true);
    const lab::Exploration exploration =
        lab::explore(busy_kitchen, options, [](const lab::Trace& trace) {
            return trace.marks("eat").front().value == 20
                       ? std::optional<std::string>("the third baker's loaf went first")
                       : std::nullopt;
        });
    REQUIRE(exploration.failed());
    CHECK(exploration.objection == "the third baker's loaf went first");
    CHECK(exploration.failure->clean());
    CHECK(exploration.failure->marks("eat").front().value == 20);
    CHECK_THAT(exploration.explain(), lab::contains("the third baker's loaf went first"));
    still_works(options);
}

TEST_CASE("no schedule is begun when the time is up") {
    lab::ExploreOptions options = exploring(each_handover());
    options.schedules = 1'000'000'000;
    options.budget = 50ms;
    const auto begin = std::chrono::steady_clock::now();
    const lab::Exploration exploration = lab::explore(busy_kitchen, options);
    CHECK_FALSE(exploration.failed());
    CHECK(exploration.schedules >= 1);
    CHECK(std::chrono::steady_clock::now() - begin < 20s);
    still_works(options);
}

TEST_CASE("explore keeps to a fixed policy") {
    lab::ExploreOptions options = exploring(each_handover());
    options.schedules = 20;
    options.fixed_policy = true;
    options.policy = lab::Policy::pct(2, 40);
    std::set<std::uint64_t> seeds;
    bool kept = true;
    const lab::Exploration exploration =
        lab::explore(dinner, options, [&](const lab::Trace& trace) -> std::optional<std::string> {
            kept &= trace.policy() == options.policy;
            seeds.insert(trace.seed());
            return std::nullopt;
        });
    CHECK(kept);
    CHECK(seeds.size() + (exploration.failed() ? 1 : 0) == exploration.schedules);
    still_works(options);
}

TEST_CASE("a thousand runs of one seed are one trace, however busy the machine is") {
    const lab::Options options = each_handover();
    const Spinners spinners(2);
    const std::string text = lab::observe(busy_kitchen, options).text();
    int different = 0;
    for (int i = 0; i < 1'000; ++i)
        if (lab::observe(busy_kitchen, options).text() != text) ++different;
    CHECK(different == 0);
    still_works(options);
}
