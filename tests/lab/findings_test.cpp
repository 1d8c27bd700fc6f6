// Each finding, where it holds and where it does not, and what it says then.
#include "sketch.hpp"

#include <lab/catch.hpp>
#include <lab/finding.hpp>

#include <limits>

using namespace sketch;
using lab::Diagnosis;
using lab::Finding;

namespace {

/// Two fetches that overlap for a second.
Sketch overlapping() {
    Sketch sketch{3};
    sketch.start(0, -1).start(1).start(2).begin(1, "fetch", 1).at(1s).begin(2, "fetch", 2);
    sketch.at(2s).finish(1, "fetch", 1).end(1).at(3s).finish(2, "fetch", 2).end(2);
    return sketch;
}

}  // namespace

TEST_CASE("a clean run has no diagnosis", "[findings]") {
    CHECK(lab::no_diagnosis(overlapping().trace()));
    Sketch sketch{2};
    sketch.diagnose(Diagnosis::Kind::not_released, "mutex #1 is still locked", {{1, "holds it"}});
    const Finding finding = lab::no_diagnosis(sketch.trace());
    CHECK_FALSE(finding.holds);
    CHECK(finding.explanation ==
          "expected: no diagnosis\n"
          "actual:   not_released (at step 0): mutex #1 is still locked\n"
          "  thread 1: holds it");
}

TEST_CASE("a diagnosis is found by its kind", "[findings]") {
    Sketch sketch{2};
    sketch.diagnose(Diagnosis::Kind::lost_wakeup, "nobody wakes thread 1");
    CHECK(lab::has_diagnosis(sketch.trace(), Diagnosis::Kind::lost_wakeup));
    const Finding other = lab::has_diagnosis(sketch.trace(), Diagnosis::Kind::lock_cycle);
    CHECK_FALSE(other.holds);
    CHECK(other.explanation == "expected: the diagnosis lock_cycle\nactual:   lost_wakeup");
    const Finding none = lab::has_diagnosis(Sketch{}.trace(), Diagnosis::Kind::lock_cycle);
    CHECK(none.explanation == "expected: the diagnosis lock_cycle\nactual:   no diagnosis");
}

TEST_CASE("a run to the end leaves no thread", "[findings]") {
    CHECK(lab::runs_to_the_end(overlapping().trace()));
    Sketch left{2};
    left.start(0, -1).start(1).block(1, Wait::sleep);
    const Finding finding = lab::runs_to_the_end(left.trace());
    CHECK_FALSE(finding.holds);
    CHECK(finding.explanation ==
          "expected: the body returns, and every thread ends\n"
          "actual:   still there at the end: thread 1\n"
          "events:   step 3: thread 1 sleeps");
    left.parts().completed = false;
    CHECK_THAT(lab::runs_to_the_end(left.trace()).explanation,
               lab::contains("the body did not return"));
}

TEST_CASE("overlap is compared with the most spans open at one time", "[findings]") {
    const lab::Trace trace = overlapping().trace();
    CHECK(lab::peak_overlap_is(trace, "fetch", 2));
    CHECK_FALSE(lab::peak_overlap_is(trace, "fetch", 1));
    CHECK_FALSE(lab::peak_overlap_is(trace, "fetch", 3));
    CHECK(lab::peak_overlap_at_most(trace, "fetch", 2));
    CHECK(lab::peak_overlap_at_most(trace, "nothing", 2));
    CHECK_FALSE(lab::peak_overlap_at_most(trace, "fetch", 1));
    CHECK(lab::peak_overlap_at_least(trace, "fetch", 2));
    CHECK_FALSE(lab::peak_overlap_at_least(trace, "fetch", 3));
    CHECK_FALSE(lab::peak_overlap_at_least(trace, "nothing", 1));
    CHECK(lab::peak_overlap_at_most(trace, "fetch", 1).explanation ==
          "expected: no more than 1 of \"fetch\" at one time\n"
          "actual:   at most 2 of \"fetch\" at one time\n"
          "events:   step 4, 0 s: thread 1 begins \"fetch 1\"\n"
          "          step 5, 1 s: thread 2 begins \"fetch 2\"\n"
          "          step 6, 2 s: thread 1 ends \"fetch 1\"\n"
          "          step 8, 3 s: thread 2 ends \"fetch 2\"");
}

TEST_CASE("the makespan is exact", "[findings]") {
    const lab::Trace trace = overlapping().trace();
    CHECK(lab::makespan_is(trace, 3s));
    CHECK_FALSE(lab::makespan_is(trace, 3s + 1ns));
    CHECK(lab::makespan_at_most(trace, 3s));
    CHECK_FALSE(lab::makespan_at_most(trace, 2999ms));
    CHECK(lab::makespan_is(trace, 4s).explanation ==
          "expected: 4 s from start to end\nactual:   3 s from start to end");
}

TEST_CASE("latency needs both events, the second after the first", "[findings]") {
    const lab::Trace trace =
        Sketch{}.mark(0, "stopped").at(1s).mark(0, "cancel").at(3s).mark(0, "stopped").trace();
    CHECK(lab::latency_is(trace, "cancel", "stopped", 2s));
    CHECK_FALSE(lab::latency_is(trace, "cancel", "stopped", 1s));
    CHECK(lab::latency_at_most(trace, "cancel", "stopped", 2s));
    CHECK_FALSE(lab::latency_at_most(trace, "cancel", "stopped", 1s));
    CHECK_FALSE(lab::latency_at_most(trace, "never", "stopped", 9s));
    CHECK(lab::latency_at_most(trace, "cancel", "cancel", 9s).explanation ==
          "expected: at most 9 s from \"cancel\" to \"cancel\"\n"
          "actual:   \"cancel\" never happened after \"cancel\"\n"
          "events:   step 2, 1 s: main \"cancel\"");
    CHECK_THAT(lab::latency_is(trace, "cancel", "stopped", 1s).explanation,
               lab::contains("actual:   2 s from \"cancel\" to \"stopped\""));
}

TEST_CASE("the speed-up is at least what it is, whatever the rounding", "[findings]") {
    Sketch sketch{3};
    sketch.compute(0, 0).compute(1, 1).compute(2, 2).at(10ns);
    sketch.computed(0, 10ns).computed(1, 10ns).computed(2, 10ns);
    CHECK(lab::speed_up_at_least(sketch.trace(), 3.0));
    CHECK_FALSE(lab::speed_up_at_least(sketch.trace(), 3.1));
    CHECK(lab::speed_up_at_least(sketch.trace(), 4.0).explanation ==
          "expected: a speed-up of at least 4.00\n"
          "actual:   a speed-up of 3.00: 30 ns of work in 10 ns");
    CHECK_FALSE(lab::speed_up_at_least(Sketch{}.trace(), 1.0));
}

TEST_CASE("order is that of events, also at one instant", "[findings]") {
    const lab::Trace trace = Sketch{}.mark(0, "a").mark(0, "b").mark(0, "a").trace();
    CHECK(lab::happens_before(trace, "a", "b"));
    CHECK_FALSE(lab::happens_before(trace, "b", "a"));
    CHECK_FALSE(lab::happens_before(trace, "a", "a"));
    CHECK_FALSE(lab::happens_before(trace, "a", "never"));
    CHECK_FALSE(lab::happens_before(trace, "never", "a"));
    CHECK(lab::happens_before(trace, "b", "a").explanation ==
          "expected: \"b\" happens before \"a\"\n"
          "actual:   \"b\" happens after \"a\"\n"
          "events:   step 1: main \"a\"\n"
          "          step 2: main \"b\"");
    CHECK_THAT(lab::happens_before(trace, "a", "never").explanation,
               lab::contains("\"never\" never happened"));
}

TEST_CASE("spans end before an event, or are named", "[findings]") {
    Sketch sketch;
    sketch.begin(0, "work", 1).finish(0, "work", 1).begin(0, "work", 2);
    CHECK_FALSE(lab::spans_ended_before(sketch.trace(), "work", "over"));
    Sketch early = sketch;
    const Finding finding = lab::spans_ended_before(early.mark(0, "over").trace(), "work", "over");
    CHECK_FALSE(finding.holds);
    CHECK(finding.explanation ==
          "expected: each \"work\" has ended before \"over\"\n"
          "actual:   1 of \"work\" still open at \"over\"\n"
          "events:   step 3: main begins \"work 2\"\n"
          "          step 4: main \"over\"");
    sketch.finish(0, "work", 2).mark(0, "over").begin(0, "work", 3);
    CHECK(lab::spans_ended_before(sketch.trace(), "work", "over"));
    CHECK(lab::spans_ended_before(sketch.trace(), "nothing", "over"));
}

TEST_CASE("threads end before an event, or are named", "[findings]") {
    Sketch sketch{3};
    sketch.start(0, -1).start(1).start(2).end(1).block(2, Wait::sleep);
    Sketch early = sketch;
    const Finding finding = lab::all_threads_ended_before(early.mark(0, "back").trace(), "back");
    CHECK_FALSE(finding.holds);
    CHECK(finding.explanation ==
          "expected: every other thread has ended before \"back\"\n"
          "actual:   still running at \"back\": thread 2\n"
          "events:   step 5: thread 2 sleeps\n"
          "          step 6: main \"back\"");
    CHECK_FALSE(lab::all_threads_ended_before(sketch.trace(), "back"));
    sketch.resume(2).end(2).mark(0, "back").start(1);
    CHECK(lab::all_threads_ended_before(sketch.trace(), "back"));
}

TEST_CASE("occurrences are counted by label", "[findings]") {
    const lab::Trace trace = overlapping().trace();
    CHECK(lab::happens_times(trace, "fetch", 2));
    CHECK_FALSE(lab::happens_times(trace, "fetch", 3));
    CHECK(lab::happens_times(trace, "nothing", 0));
    CHECK_THAT(
        lab::happens_times(trace, "fetch", 1).explanation,
        lab::contains("expected: \"fetch\" happens 1 time\nactual:   \"fetch\" happens 2 times"));
}

TEST_CASE("exactly once is neither never nor twice", "[findings]") {
    const lab::Trace trace = Sketch{}.mark(0, "put", 1).mark(0, "put", 2).mark(0, "put", 2).trace();
    CHECK(lab::exactly_once(trace, "put", 1));
    CHECK_FALSE(lab::exactly_once(trace, "put", 2));
    CHECK(lab::exactly_once(trace, "put", 3).explanation ==
          "expected: \"put 3\" happens once\n"
          "actual:   \"put 3\" never happened, \"put\" with other values 3 times");
    CHECK(lab::exactly_once(trace, "put", 2).explanation ==
          "expected: \"put 2\" happens once\n"
          "actual:   \"put 2\" happens 2 times\n"
          "events:   step 2: main \"put 2\"\n"
          "          step 3: main \"put 2\"");
}

TEST_CASE("each value of a range happens once, and no other", "[findings]") {
    Sketch sketch;
    sketch.mark(0, "put", 2).mark(0, "put", 1).mark(0, "put", 3);
    CHECK(lab::each_exactly_once(sketch.trace(), "put", 1, 3));
    CHECK(lab::each_exactly_once(sketch.trace(), "none", 1, 0));
    CHECK_FALSE(lab::each_exactly_once(sketch.trace(), "put", 1, 0));
    CHECK_FALSE(lab::each_exactly_once(sketch.trace(), "put", 1, 2));
    CHECK_FALSE(lab::each_exactly_once(sketch.trace(), "put", 0, 3));
    sketch.mark(0, "put", 3).mark(0, "put", 9);
    CHECK(lab::each_exactly_once(sketch.trace(), "put", 0, 5).explanation ==
          "expected: \"put\" happens once for each of 0 to 5\n"
          "actual:   never: 0, 4, 5; more than once: 3; not expected at all: 9\n"
          "events:   step 3: main \"put 3\"\n"
          "          step 4: main \"put 3\"\n"
          "          step 5: main \"put 9\"");
    CHECK_THAT(lab::each_exactly_once(sketch.trace(), "put", 1, 1'000'000'000'000).explanation,
               lab::contains("never: 4, 5, 6, 7, 8, 10 and 999999999990 more"));
    constexpr auto first = std::numeric_limits<std::int64_t>::min();
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    CHECK_FALSE(lab::each_exactly_once(sketch.trace(), "put", first, last));
    sketch.mark(0, "edge", last);
    CHECK(lab::each_exactly_once(sketch.trace(), "edge", last, last));
}

TEST_CASE("a thread waits for the holder of its lock, or for the one it joins", "[findings]") {
    Sketch sketch{3};
    const ObjectId mutex = sketch.object(ObjectKind::mutex);
    sketch.lock(1, mutex).block(2, Wait::mutex, mutex).join(0, 2);
    const lab::Trace trace = sketch.trace();
    CHECK(lab::waits_for(trace, 2, 1));
    CHECK(lab::waits_for(trace, 0, 2));
    CHECK_FALSE(lab::waits_for(trace, 0, 1));
    CHECK(lab::waits_for(trace, 2, 0).explanation ==
          "expected: thread 2 waits for main at the end\n"
          "actual:   thread 2 waits for mutex #1, held by thread 1\n"
          "events:   step 2: thread 2 waits for mutex #1 (held by thread 1)");
    CHECK(lab::waits_for(trace, 1, 2).explanation ==
          "expected: thread 1 waits for thread 2 at the end\n"
          "actual:   thread 1 waits for nothing\n"
          "events:   step 1: thread 1 locks mutex #1");
    sketch.block(1, Wait::sleep);
    CHECK_THAT(lab::waits_for(sketch.trace(), 1, 2).explanation,
               lab::contains("thread 1 waits for time to pass"));
}

TEST_CASE("many events are cut to the first few", "[findings]") {
    Sketch sketch;
    for (int i = 0; i < 20; ++i) {
        sketch.mark(0, "put", i);
    }
    CHECK_THAT(lab::happens_times(sketch.trace(), "put", 3).explanation,
               lab::contains("\n          and 14 more"));
}

TEST_CASE("labels in explanations are clean", "[findings]") {
    const std::string explanation =
        lab::happens_times(Sketch{}.mark(0, "\x1b[2Jbad\n").trace(), "\x1b[2Jbad\n", 2).explanation;
    CHECK(explanation.find('\x1b') == std::string::npos);
    CHECK_THAT(explanation, lab::contains("\"bad \""));
}
