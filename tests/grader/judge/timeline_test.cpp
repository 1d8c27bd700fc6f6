// What is kept of a run to be drawn: small, and never what its reader would refuse.
#include "any_trace.hpp"

#include <lab/catch.hpp>

#include <judge/timeline.hpp>
#include <score/timeline_json.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace {

using lockstep::timeline_from_json;
using lockstep::timeline_of;

TEST_CASE("whatever a worker plays, what is kept of it is small and can be read back") {
    std::mt19937 random{20'251'127};
    int kept = 0;
    for (int i = 0; i < 600; ++i) {
        const lab::Trace trace = sketch::random_trace(random);
        // A trace whose steps or times go back does not get past the driver.
        const auto later = [](const lab::Event& a, const lab::Event& b) {
            return a.step < b.step || a.at < b.at;
        };
        if (!std::is_sorted(trace.events().begin(), trace.events().end(), later)) continue;
        const auto timeline = timeline_of(trace);
        if (!timeline) continue;
        ++kept;
        INFO("trace " << i);
        const auto json = lockstep::to_json(*timeline);
        REQUIRE(json.dump().size() < 40'000);
        REQUIRE(lockstep::to_json(timeline_from_json(json, "it")) == json);
    }
    CHECK(kept > 200);
}

TEST_CASE("the longest of runs is kept in a few kilobytes") {
    sketch::Sketch sketch{40};
    for (lab::ThreadId thread = 1; thread < 40; ++thread) sketch.start(thread);
    for (int i = 0; i < 50'000; ++i) {
        const auto thread = static_cast<lab::ThreadId>(1 + i % 39);
        sketch.at(lab::Duration{std::int64_t{i} << 46U})
            .begin(thread, "a label as long as labels may get to be, or nearly", i)
            .mark(thread, "put", i)
            .finish(thread, "a label as long as labels may get to be, or nearly", i);
        if (i % 50 == 0)
            sketch.diagnose(lab::Diagnosis::Kind::lock_cycle, std::string(1'000, 'x'),
                            {{thread, std::string(1'000, 'y')}});
    }
    const auto timeline = timeline_of(sketch.trace());
    REQUIRE(timeline);
    CHECK(timeline->rows.size() <= 16);
    CHECK(timeline->left_out > 0);
    CHECK(timeline->hidden_problems > 0);
    const auto json = lockstep::to_json(*timeline);
    CHECK(json.dump().size() < 40'000);
    CHECK(lockstep::to_json(timeline_from_json(json, "it")) == json);
}

TEST_CASE("one thread in which nothing takes time is no timeline") {
    CHECK_FALSE(timeline_of(sketch::Sketch{}.start(0, -1).end(0).trace()));
    CHECK(timeline_of(sketch::Sketch{}.start(0, -1).begin(0, "a").finish(0, "a").end(0).trace()));
    CHECK(timeline_of(sketch::Sketch{2}.start(0, -1).start(1).end(1).end(0).trace()));
}

}  // namespace
