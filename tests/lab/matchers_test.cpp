// The matchers ask what the findings ask, and print well.
#include "sketch.hpp"

#include <lab/matchers.hpp>

using namespace sketch;
using namespace lab::matchers;
using lab::Diagnosis;

namespace {

lab::Trace two_fetches() {
    Sketch sketch{2};
    sketch.parts().seed = 42;
    sketch.start(0, -1).start(1).begin(0, "fetch", 1).begin(1, "fetch", 2);
    sketch.at(1s).finish(0, "fetch", 1).at(2s).finish(1, "fetch", 2).end(1).join(0, 1).resume(0);
    return sketch.end(0).trace();
}

}  // namespace

TEST_CASE("each matcher asks its finding's question", "[matchers]") {
    const lab::Trace trace = two_fetches();
    CHECK_THAT(trace, no_diagnosis());
    CHECK_THAT(trace, !has_diagnosis(Diagnosis::Kind::lock_cycle));
    CHECK_THAT(trace, runs_to_the_end());
    CHECK_THAT(trace, peak_overlap_is("fetch", 2));
    CHECK_THAT(trace, peak_overlap_at_most("fetch", 2));
    CHECK_THAT(trace, peak_overlap_at_least("fetch", 2));
    CHECK_THAT(trace, !peak_overlap_at_least("fetch", 3));
    CHECK_THAT(trace, makespan_is(2s) && makespan_at_most(2s));
    CHECK_THAT(trace, !makespan_at_most(1s));
    CHECK_THAT(trace, latency_is("fetch", "fetch", 0s) && latency_at_most("fetch", "fetch", 1s));
    CHECK_THAT(trace, !speed_up_at_least(1.0));
    CHECK_THAT(trace, !happens_before("fetch", "fetch"));
    CHECK_THAT(trace, !spans_ended_before("fetch", "over"));
    CHECK_THAT(trace, !all_threads_ended_before("over"));
    CHECK_THAT(trace, happens_times("fetch", 2));
    CHECK_THAT(trace, exactly_once("fetch", 1));
    CHECK_THAT(trace, each_exactly_once("fetch", 1, 2) || makespan_is(9s));
    CHECK_THAT(trace, !waits_for(0, 1));
}

TEST_CASE("any question can be made a matcher", "[matchers]") {
    const auto short_run = holds("is short", [](const lab::Trace& trace) {
        return lab::Finding{trace.events().size() < 3, "too many events"};
    });
    CHECK_THAT(two_fetches(), !short_run);
    CHECK_THAT(Sketch{}.trace(), short_run);
}

TEST_CASE("a matcher describes its question, and once asked its answer", "[matchers]") {
    const auto matcher = peak_overlap_at_most("fetch", 1);
    CHECK_FALSE(matcher.match(two_fetches()));
    CHECK_THAT(matcher.toString(), lab::contains("overlaps no more than it may"));
    CHECK_THAT(matcher.toString(),
               lab::contains("expected: no more than 1 of \"fetch\" at one time\n"
                             "actual:   at most 2 of \"fetch\" at one time\n"));
    CHECK(makespan_is(1s).toString() == "takes the right time");
}

TEST_CASE("a matcher outlives the label it was made from", "[matchers]") {
    std::string label = "fetch";
    const auto matcher = happens_times(label, 2);
    label = "something else";
    CHECK_THAT(two_fetches(), matcher);
}

TEST_CASE("a printed trace is a summary in ASCII, narrow enough for Catch2", "[matchers]") {
    const std::string text = Catch::StringMaker<lab::Trace>::convert(two_fetches());
    CHECK_THAT(text, lab::contains("random walk, seed 42"));
    CHECK_THAT(text, lab::contains("[ fetch 1 ="));
    std::size_t column = 0;
    for (const char c : text) {
        column = c == '\n' ? 0 : column + 1;
        REQUIRE(column <= 74);
        REQUIRE(static_cast<unsigned char>(c) < 0x80);
    }
}
