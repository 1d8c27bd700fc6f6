// What can be asked of a trace, the texts it writes, and the cleaning of others' texts.
#include "sketch.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>

#include <limits>

using namespace sketch;
using lab::Diagnosis;
using lab::Policy;

namespace {

std::string line_of(const std::string& text, std::string_view part) {
    const std::size_t at = text.find(part);
    if (at == std::string::npos) {
        return "";
    }
    const std::size_t begin = text.rfind('\n', at) + 1;
    return text.substr(begin, text.find('\n', at) - begin);
}

}  // namespace

TEST_CASE("policies say what they are", "[trace]") {
    CHECK(Policy::round_robin().describe() == "round robin");
    CHECK(Policy::random_walk().describe() == "random walk");
    CHECK(Policy::pct(3, 256).describe() == "PCT (depth 3, length 256)");
    CHECK(Policy::replay({0, 1, 0}).describe() == "replay (3 choices)");
    CHECK(Policy::pct(2, 10) == Policy::pct(2, 10));
    CHECK_FALSE(Policy::pct(2, 10) == Policy::pct(3, 10));
}

TEST_CASE("diagnoses that end a run are fatal, and others are not", "[trace]") {
    CHECK(lab::fatal(Diagnosis::Kind::lock_cycle));
    CHECK(lab::fatal(Diagnosis::Kind::stuck));
    CHECK(lab::fatal(Diagnosis::Kind::exited));
    CHECK(lab::fatal(Diagnosis::Kind::out_of_bounds));
    CHECK_FALSE(lab::fatal(Diagnosis::Kind::blocked_loop));
    CHECK_FALSE(lab::fatal(Diagnosis::Kind::data_race));
    CHECK_FALSE(lab::fatal(Diagnosis::Kind::body_threw));
    CHECK_FALSE(lab::fatal(static_cast<Diagnosis::Kind>(200)));
    CHECK(lab::name_of(Diagnosis::Kind::lost_wakeup) == "lost_wakeup");
    CHECK(lab::name_of(static_cast<Diagnosis::Kind>(200)) == "unknown");
}

TEST_CASE("a diagnosis explains who did what, where", "[trace]") {
    Diagnosis diagnosis;
    diagnosis.kind = Diagnosis::Kind::never_woken;
    diagnosis.summary = "nobody is left to wake thread 1";
    diagnosis.step = 12;
    diagnosis.at_ns = 1'500'000'000;
    lab::Witness witness;
    witness.thread = 1;
    witness.name = "thread 1";
    witness.state = "waits for condition variable #1";
    witness.place = {"Queue::get", "src/queue.hpp", 14, lab::Owner::program};
    witness.stack = {{"std::condition_variable::wait", "", 0, lab::Owner::library},
                     witness.place,
                     {"consume", "src/main.cpp", 30, lab::Owner::program}};
    diagnosis.witnesses.push_back(witness);
    CHECK(diagnosis.explain() ==
          "never_woken (at step 12, after 1.5 s): nobody is left to wake thread 1\n"
          "  thread 1: waits for condition variable #1  [queue.hpp:14]\n"
          "      in Queue::get  queue.hpp:14\n"
          "      from consume  main.cpp:30\n");
}

TEST_CASE("lookups of what is not there answer something harmless", "[trace]") {
    Sketch sketch;
    sketch.start(0, -1);
    sketch.parts().labels.clear();
    sketch.parts().objects.clear();
    sketch.parts().stacks.clear();
    const lab::Trace trace = sketch.trace();
    lab::Event event;
    event.label = 7;
    event.kind = EventKind::blocked;
    event.value = static_cast<std::int64_t>(Wait::join);
    event.object = 99;
    CHECK(trace.label(event).empty());
    CHECK(trace.thread_name(3) == "an unknown thread");
    CHECK(trace.object_name(0) == "nothing");
    CHECK(trace.object_name(99) == "nothing");
    CHECK(trace.object_kind(99) == ObjectKind::none);
    CHECK(trace.joined_thread(event) == lab::no_thread);
    CHECK(trace.stack(0).empty());
    CHECK(trace.stack(99).empty());
    CHECK_FALSE(trace.place(99).known());
    CHECK_FALSE(trace.pending_wait(99).has_value());
}

TEST_CASE("a trace whose stacks came looked up keeps their places", "[trace]") {
    const lab::Place library{"std::mutex::lock", "mutex", 100, lab::Owner::library};
    const lab::Place program{"Queue::get", "queue.hpp", 14, lab::Owner::program};
    const std::vector<std::vector<lab::Place>> places{{}, {library, program}, {library}};
    Sketch sketch;
    sketch.parts().stacks = {{}, {&sketch}, {&sketch}};
    sketch.parts().places = places;
    lab::Trace trace = sketch.trace();
    CHECK(trace.stack(0).empty());
    CHECK(trace.stack(1) == places[1]);
    CHECK(trace.place(1) == program);
    CHECK_FALSE(trace.place(2).known());
    CHECK(trace.stack(3).empty());

    lab::TraceParts parts = lab::TraceBuilder::take_apart(std::move(trace));
    CHECK(parts.places == places);
    const lab::Trace again = lab::TraceBuilder::build(std::move(parts));
    CHECK(again.stack(2) == places[2]);
}

TEST_CASE("a trace is taken apart into what it was built from", "[trace]") {
    Sketch sketch{2};
    const ObjectId mutex = sketch.object(ObjectKind::mutex);
    sketch.start(0, -1).start(1).lock(1, mutex).at(5ns).mark(1, "mark", -3).end(1);
    sketch.parts().policy = Policy::pct(3, 256);
    sketch.parts().seed = 17;
    sketch.parts().spurious_wakeups = 32;
    sketch.parts().memory_points = false;
    sketch.parts().completed = false;
    sketch.parts().touched_outside = true;
    const lab::Trace first = sketch.trace();
    lab::Trace copy = first;
    const lab::Trace second =
        lab::TraceBuilder::build(lab::TraceBuilder::take_apart(std::move(copy)));
    CHECK(second.text() == first.text());
    CHECK(second.recipe() == first.recipe());
    CHECK(second.steps() == first.steps());
    CHECK(second.makespan() == first.makespan());
    CHECK_FALSE(second.completed());
    CHECK(second.touched_outside());
}

TEST_CASE("threads without a name get one", "[trace]") {
    const lab::Trace trace = Sketch{3}.name(2, "worker").trace();
    CHECK(trace.thread_name(0) == "main");
    CHECK(trace.thread_name(1) == "thread 1");
    CHECK(trace.thread_name(2) == "worker");
}

TEST_CASE("objects are named by kind and number", "[trace]") {
    Sketch sketch;
    const ObjectId first = sketch.object(ObjectKind::mutex);
    const ObjectId condition = sketch.object(ObjectKind::condition);
    const ObjectId second = sketch.object(ObjectKind::mutex);
    const lab::Trace trace = sketch.trace();
    CHECK(trace.object_name(first) == "mutex #1");
    CHECK(trace.object_name(condition) == "condition variable #1");
    CHECK(trace.object_name(second) == "mutex #2");
}

TEST_CASE("a span ends with the next end of its label and value on its thread", "[trace]") {
    const lab::Trace trace = Sketch{2}
                                 .begin(0, "fetch", 1)
                                 .begin(1, "fetch", 1)
                                 .begin(0, "fetch", 2)
                                 .at(1s)
                                 .finish(1, "fetch", 1)
                                 .finish(0, "fetch", 2, Outcome::cancelled)
                                 .at(3s)
                                 .finish(0, "fetch", 1, Outcome::failed)
                                 .begin(1, "other")
                                 .at(4s)
                                 .trace();
    const auto spans = trace.spans();
    REQUIRE(spans.size() == 4);
    CHECK(spans[0].end == 3s);
    CHECK(spans[0].outcome == Outcome::failed);
    CHECK(spans[1].thread == 1);
    CHECK(spans[1].end == 1s);
    CHECK(spans[1].outcome == Outcome::done);
    CHECK(spans[2].value == 2);
    CHECK(spans[2].outcome == Outcome::cancelled);
    CHECK(spans[3].open);
    CHECK(spans[3].end == 4s);
    CHECK(trace.spans("fetch").size() == 3);
    CHECK(trace.spans("nothing").empty());
}

TEST_CASE("a span may end on another thread, as a coroutine's does", "[trace]") {
    const lab::Trace trace =
        Sketch{2}.begin(0, "step").at(1s).finish(1, "step").finish(1, "step").at(2s).trace();
    const auto spans = trace.spans();
    REQUIRE(spans.size() == 1);
    CHECK(spans[0].thread == 0);
    CHECK(spans[0].end == 1s);
    CHECK_FALSE(spans[0].open);
}

TEST_CASE("spans that only touch do not overlap", "[trace]") {
    const lab::Trace touching =
        Sketch{2}.begin(0, "a").at(1s).finish(0, "a").begin(1, "a").at(2s).finish(1, "a").trace();
    CHECK(touching.peak_overlap("a") == 1);
    const lab::Trace overlapping =
        Sketch{2}.begin(0, "a").at(1s).begin(1, "a").finish(0, "a").at(2s).finish(1, "a").trace();
    CHECK(overlapping.peak_overlap("a") == 2);
    CHECK(overlapping.peak_overlap("b") == 0);
}

TEST_CASE("an end without a beginning takes nothing from the overlap", "[trace]") {
    const lab::Trace trace =
        Sketch{}.finish(0, "a", 1).begin(0, "a", 2).begin(0, "a", 3).finish(0, "a", 9).trace();
    CHECK(trace.peak_overlap("a") == 2);
}

TEST_CASE("marks are events and span beginnings of a label", "[trace]") {
    const lab::Trace trace =
        Sketch{}.mark(0, "put", 1).begin(0, "put", 2).finish(0, "put", 2).mark(0, "get", 1).trace();
    const auto marks = trace.marks("put");
    REQUIRE(marks.size() == 2);
    CHECK(marks[0].value == 1);
    CHECK(marks[1].value == 2);
    CHECK(trace.marks("none").empty());
}

TEST_CASE("latency counts from the first event to the first after it", "[trace]") {
    const lab::Trace trace = Sketch{}
                                 .mark(0, "stopped")
                                 .at(1s)
                                 .mark(0, "cancel")
                                 .at(3s)
                                 .mark(0, "cancel")
                                 .mark(0, "stopped")
                                 .at(9s)
                                 .mark(0, "stopped")
                                 .trace();
    CHECK(trace.latency("cancel", "stopped") == 2s);
    CHECK(trace.latency("cancel", "cancel") == 2s);
    CHECK(trace.latency("cancel", "never") < 0s);
    CHECK(trace.latency("never", "stopped") < 0s);
}

TEST_CASE("the speed-up is work over makespan", "[trace]") {
    Sketch sketch{2};
    sketch.compute(0, 0).compute(1, 1).at(2s).computed(0, 2s).computed(1, 2s);
    CHECK(sketch.trace().work() == 4s);
    CHECK(sketch.trace().speed_up() == lab::Approx(2.0));
    CHECK(Sketch{}.at(1s).trace().speed_up() == 0.0);
    CHECK(Sketch{}.computed(0, 1s).trace().speed_up() == 0.0);
    const auto most = Duration{std::numeric_limits<std::int64_t>::max()};
    Sketch forged;
    forged.parts().threads.clear();
    forged.event(0, EventKind::computed, 0, most.count());
    forged.event(0, EventKind::computed, 0, most.count());
    forged.event(0, EventKind::computed, 0, -1);
    CHECK(forged.trace().work() == Duration::max());
}

TEST_CASE("a wait is pending until its thread goes on", "[trace]") {
    Sketch sketch{2};
    const ObjectId mutex = sketch.object(ObjectKind::mutex);
    sketch.lock(0, mutex).block(1, Wait::mutex, mutex);
    const auto wait = sketch.trace().pending_wait(1);
    REQUIRE(wait.has_value());
    CHECK(wait->object == mutex);
    CHECK_FALSE(sketch.trace().pending_wait(0).has_value());
    CHECK(sketch.trace().holders(mutex) == std::vector<ThreadId>{0});
    sketch.unlock(0, mutex).resume(1, Wake::granted, mutex).lock(1, mutex);
    CHECK_FALSE(sketch.trace().pending_wait(1).has_value());
    CHECK(sketch.trace().holders(mutex) == std::vector<ThreadId>{1});
}

TEST_CASE("a lock taken twice is held until it is released twice", "[trace]") {
    Sketch sketch;
    const ObjectId mutex = sketch.object(ObjectKind::mutex);
    sketch.lock(0, mutex).lock(0, mutex).unlock(0, mutex);
    CHECK(sketch.trace().holders(mutex).size() == 1);
    sketch.unlock(0, mutex).unlock(0, mutex);
    CHECK(sketch.trace().holders(mutex).empty());
}

TEST_CASE("the canonical text has every event, and nothing of the policy", "[trace]") {
    Sketch sketch{2};
    const ObjectId mutex = sketch.object(ObjectKind::mutex);
    sketch.start(0, -1).start(1).lock(1, mutex).at(5ns).mark(1, "a\n\"é\"", -3).end(1);
    sketch.diagnose(Diagnosis::Kind::not_released, "in a place", {{1, "holds mutex #1"}});
    const std::string text = sketch.trace().text();
    CHECK(text ==
          "trace steps 5 makespan 5\n"
          "thread 0 \"main\" creator -1 cpu 0\n"
          "thread 1 \"thread 1\" creator 0 cpu 0 ended\n"
          "object 1 mutex #1\n"
          "schedule 0 1 1 1 1\n"
          "1 0 0 thread_started 0 -1\n"
          "2 0 1 thread_started 0 0\n"
          "3 0 1 locked 1 0\n"
          "4 5 1 marked 0 -3 \"a\\x0a\\\"\\xc3\\xa9\\\"\"\n"
          "5 5 1 thread_ended 0 0\n"
          "diagnosis 5 5 not_released 1\n");
    sketch.parts().seed = 99;
    sketch.parts().policy = Policy::replay({0});
    CHECK(sketch.trace().text() == text);
    sketch.mark(0, "one more");
    CHECK(sketch.trace().text() != text);
}

TEST_CASE("the story tells the schedule in aligned columns", "[trace]") {
    Sketch sketch{2};
    const ObjectId mutex = sketch.object(ObjectKind::mutex);
    sketch.start(0, -1).start(1).lock(0, mutex).block(1, Wait::mutex, mutex).join(0, 1);
    CHECK(sketch.trace().story() ==
          "step 1  main      starts\n"
          "step 2  thread 1  starts (made by main)\n"
          "step 3  main      locks mutex #1\n"
          "step 4  thread 1  waits for mutex #1 (held by main)\n"
          "step 5  main      waits for thread 1 to end\n");
}

TEST_CASE("the story shows times where there are any, and values where they differ", "[trace]") {
    const std::string story = Sketch{}
                                  .begin(0, "fetch", 0)
                                  .block(0, Wait::sleep)
                                  .at(1500ms)
                                  .resume(0, Wake::timed_out)
                                  .finish(0, "fetch", 0, Outcome::cancelled)
                                  .begin(0, "fetch", 1)
                                  .mark(0, "plain")
                                  .trace()
                                  .story();
    CHECK(story ==
          "step 1  0 s    main  begins \"fetch 0\"\n"
          "step 2  0 s    main  sleeps\n"
          "step 3  1.5 s  main  goes on: its time is up\n"
          "step 4  1.5 s  main  ends \"fetch 0\" (cancelled)\n"
          "step 5  1.5 s  main  begins \"fetch 1\"\n"
          "step 6  1.5 s  main  \"plain\"\n");
}

TEST_CASE("a short story keeps the last lines, and knows what came before", "[trace]") {
    Sketch sketch{2};
    const ObjectId mutex = sketch.object(ObjectKind::mutex);
    sketch.start(0, -1).start(1).lock(0, mutex).mark(0, "x").block(1, Wait::mutex, mutex);
    CHECK(sketch.trace().story(2) ==
          "(4 earlier events not shown)\n"
          "step 5  thread 1  waits for mutex #1 (held by main)\n");
    CHECK(sketch.trace().story(5) == sketch.trace().story());
    CHECK(sketch.trace().story(1) == "(5 earlier events not shown)\n");
}

TEST_CASE("every kind of event, and none, has words", "[trace]") {
    Sketch sketch{2};
    for (int kind = 0; kind < 30; ++kind) {
        for (const std::int64_t value : {-1, 0, 1, 5, 1'000'000}) {
            sketch.event(1, static_cast<EventKind>(kind), 77, value, "label");
        }
    }
    const std::string story = sketch.trace().story();
    CHECK(line_of(story, "something unknown") != "");
    CHECK_FALSE(sketch.trace().text().empty());
}

TEST_CASE("untrusted text is cleaned to one line of valid UTF-8", "[printable]") {
    using lab::printable::clean;
    CHECK(clean("plain") == "plain");
    CHECK(clean("\x1b[31mred\x1b[0m") == "red");
    CHECK(clean("\x1b]0;title\x07 after") == " after");
    CHECK(clean("\x1bPdevice\x1b\\ after") == " after");
    CHECK(clean("a\n\tb\r\nc") == "a b c");
    CHECK(clean("nul\0byte") == "nul");
    CHECK(clean(std::string_view{"nul\0byte", 8}) == "nulbyte");
    CHECK(clean("\xff\xc3(") == "\xef\xbf\xbd\xef\xbf\xbd(");
    CHECK(clean("\xc0\xaf \xed\xa0\x80") ==
          "\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(clean("right\u202eto\u2066left\u200b") == "righttoleft");
    CHECK(clean("\u0301é") == "é");
    CHECK(clean("e\u0301\u0301\u0301\u0301") == "e\u0301\u0301");
    CHECK(clean("\u009b31m") == "31m");
    CHECK(clean("abcdef", 4) == "abc…");
    CHECK(clean("abcd", 4) == "abcd");
    CHECK(clean("", 4).empty());
    CHECK(clean(std::string(1'000'000, 'x')).size() == 63 + std::string_view{"…"}.size());
}

TEST_CASE("columns are counted as a terminal shows them", "[printable]") {
    using namespace lab::printable;
    CHECK(columns("abc") == 3);
    CHECK(columns("été") == 3);
    CHECK(columns("e\u0301") == 1);
    CHECK(columns("线程") == 4);
    CHECK(columns("😀") == 2);
    CHECK(columns("█─…") == 3);
    CHECK(fit("线程", 3) == "线…");
    CHECK(fit("线程", 2) == "… ");
    CHECK(fit("ab", 4) == "ab  ");
    CHECK(cut("abc", 0).empty());
    CHECK(ascii("线a…µ") == "??a>u");
}

TEST_CASE("durations are written exactly", "[printable]") {
    using lab::printable::human;
    CHECK(human(0s) == "0 s");
    CHECK(human(7ns) == "7 ns");
    CHECK(human(1500ns) == "1.5 µs");
    CHECK(human(250ms) == "250 ms");
    CHECK(human(3s) == "3 s");
    CHECK(human(3s + 1ns) == "3.000000001 s");
    CHECK(human(90s) == "1 min 30 s");
    CHECK(human(2h) == "2 h");
    CHECK(human(2h + 5s) == "2 h 5 s");
    CHECK(human(-2s) == "-2 s");
    CHECK_FALSE(human(Duration::min()).empty());
}

TEST_CASE("text is wrapped between words, and within those that are too long", "[printable]") {
    using lab::printable::wrap;
    CHECK(wrap("one two three", 9, 2) == "one two\n  three\n");
    CHECK(wrap("onetwothree", 8) == "onetwoth\nree\n");
    CHECK(wrap("  indented text", 10, 4) == "  indented\n    text\n");
    CHECK(wrap("线程线程线", 8) == "线程线程\n线\n");
    CHECK(wrap("", 8) == "\n");
}
