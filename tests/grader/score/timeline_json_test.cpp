// Timelines on their way through JSON: what was written comes back, and nothing else is taken.
#include <lab/catch.hpp>
#include <score/strict_json.hpp>
#include <score/timeline_json.hpp>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

using Json = nlohmann::ordered_json;
using lab::timeline::Layout;
using lab::timeline::Point;
using lab::timeline::Row;
using lab::timeline::State;
using lockstep::Refusal;
using lockstep::timeline_from_json;
using lockstep::to_json;

namespace {

/// With every part that there is.
Layout full() {
    Row caller;
    caller.name = "main";
    caller.states = {{State::ready, 0, 10, "", ""}, {State::waits, 10, 4000, "join thread 1", ""}};
    Row worker;
    worker.name = "thread 1";
    worker.ended = true;
    worker.concurrent = true;
    worker.hidden_spans = 3;
    worker.states = {{State::absent, 0, 5, "", ""},
                     {State::waits_lock, 5, 7, "mutex #1", ""},
                     {State::computing, 7, 4000, "core 2", ""}};
    worker.lanes = {{{State::span, 5, 9, "fetch 1", ""}, {State::failed, 9, 4000, "fetch 3", ""}},
                    {{State::cancelled, 6, 6, "fetch 2", ""}}};
    worker.points = {{Point::Kind::event, 6, "put 1", false},
                     {Point::Kind::notification, 7, "", false},
                     {Point::Kind::problem, 8, "leak", false},
                     {Point::Kind::problem, 4000, "deadlock", true}};
    Layout layout;
    layout.axis = lab::Axis::time;
    layout.end = 4000;
    layout.tail = true;
    layout.rows = {caller, worker};
    layout.hidden_threads = 12;
    layout.problems = {{"deadlock after 4 µs", "two threads wait", {"main: waits", "thread 1"}}};
    layout.hidden_problems = 1;
    layout.left_out = 99;
    return layout;
}

/// What reading says; "" where it is taken.
std::string answer(const Json& json) {
    try {
        (void)timeline_from_json(json, "here");
        return "";
    } catch (const Refusal& refusal) {
        return refusal.what;
    }
}

}  // namespace

TEST_CASE("a timeline comes through JSON as it was") {
    const Json json = to_json(full());
    const Layout layout = timeline_from_json(json, "here");
    CHECK(to_json(layout) == json);
    CHECK(layout.axis == lab::Axis::time);
    CHECK(layout.tail);
    CHECK(layout.hidden_threads == 12);
    CHECK(layout.left_out == 99);
    REQUIRE(layout.rows.size() == 2);
    CHECK(layout.rows[0].states[0].end == 10);
    CHECK(layout.rows[0].states[1].end == 4000);
    CHECK(layout.rows[0].states[1].text == "join thread 1");
    CHECK(layout.rows[1].ended);
    CHECK(layout.rows[1].concurrent);
    CHECK(layout.rows[1].lanes[0][1].state == State::failed);
    CHECK(layout.rows[1].points[3].last);
    CHECK(layout.problems[0].lines.size() == 2);
    Layout steps = full();
    steps.axis = lab::Axis::steps;
    CHECK(timeline_from_json(to_json(steps), "here").axis == lab::Axis::steps);
}

TEST_CASE("what is false, zero or empty is not written") {
    Layout layout;
    layout.rows = {Row{}};
    layout.rows[0].name = "main";
    layout.rows[0].states = {{State::ready, 0, 1, "", ""}};
    CHECK(to_json(layout).dump() ==
          R"({"axis":"time","end":1,"rows":[{"name":"main","states":[["ready",0]]}]})");
}

TEST_CASE("whatever a run can come to is taken: two to the power of 62 nanoseconds") {
    Layout layout = full();
    layout.end = std::int64_t{1} << 62;
    CHECK(answer(to_json(layout)).empty());
}

TEST_CASE("texts that come from elsewhere are made clean") {
    Json json = to_json(full());
    json["rows"][0]["name"] = "\x1b[2Jmain\n";
    json["rows"][1]["lanes"][0][0][3] = "a\u202e" + std::string(100'000, 'b');
    json["problems"][0]["lines"][0] = "line\nbreak";
    const Layout layout = timeline_from_json(json, "here");
    CHECK(layout.rows[0].name == "main ");
    CHECK(layout.rows[1].lanes[0][0].text.substr(0, 2) == "ab");
    CHECK(layout.rows[1].lanes[0][0].text.size() < 2'000);
    CHECK(layout.problems[0].lines[0] == "line break");
}

TEST_CASE("what is no timeline is refused, and where is said") {
    const Json good = to_json(full());
    const auto refuses = [&](const char* where, const std::function<void(Json&)>& spoil) {
        Json bad = good;
        spoil(bad);
        CAPTURE(bad.dump());
        CHECK(answer(bad).starts_with(where));
    };
    const auto row = [](Json& bad) -> Json& { return bad["rows"][1]; };
    refuses("here ", [](Json& bad) { bad = nullptr; });
    refuses("here ", [](Json& bad) { bad["more"] = 1; });
    refuses("here ", [](Json& bad) { bad.erase("rows"); });
    refuses("here.axis", [](Json& bad) { bad["axis"] = "automatic"; });
    refuses("here.end", [](Json& bad) { bad["end"] = 0; });
    refuses("here.end", [](Json& bad) { bad["end"] = (std::uint64_t{1} << 62U) + 1; });
    refuses("here.end", [](Json& bad) { bad["end"] = 1.5; });
    refuses("here.tail", [](Json& bad) { bad["tail"] = 1; });
    refuses("here.left_out", [](Json& bad) { bad["left_out"] = -1; });
    refuses("here.rows", [](Json& bad) { bad["rows"] = Json::object(); });
    refuses("here.rows", [](Json& bad) {
        for (int i = 0; i < 200; ++i) bad["rows"].push_back(bad["rows"][0]);
    });
    refuses("here.rows[1]", [&](Json& bad) { row(bad).erase("name"); });
    refuses("here.rows[1].states", [&](Json& bad) { row(bad)["states"] = Json::array(); });
    refuses("here.rows[1].states", [&](Json& bad) { row(bad)["states"][0][1] = 1; });
    refuses("here.rows[1].states", [&](Json& bad) { row(bad)["states"][2][1] = 4001; });
    refuses("here.rows[1].states", [&](Json& bad) { row(bad)["states"][2][1] = 4; });
    refuses("here.rows[1].states", [&](Json& bad) { row(bad)["states"][2][0] = "span"; });
    refuses("here.rows[1].states", [&](Json& bad) { row(bad)["states"][2][0] = 7; });
    refuses("here.rows[1].states", [&](Json& bad) { row(bad)["states"][2].push_back(1); });
    refuses("here.rows[1].states", [&](Json& bad) {
        for (int i = 0; i < 20'000; ++i) row(bad)["states"].push_back({"ready", 4000});
    });
    refuses("here.rows[1].lanes[0]", [&](Json& bad) { row(bad)["lanes"][0][0][2] = 4; });
    refuses("here.rows[1].lanes[0]", [&](Json& bad) { row(bad)["lanes"][0][1][1] = 4; });
    refuses("here.rows[1].lanes[0]", [&](Json& bad) { row(bad)["lanes"][0][1][0] = "lock"; });
    refuses("here.rows[1].lanes", [&](Json& bad) { row(bad)["concurrent"] = false; });
    refuses("here.rows[1].points", [&](Json& bad) { row(bad)["points"][0][0] = "mark"; });
    refuses("here.rows[1].points", [&](Json& bad) { row(bad)["points"][1][1] = 5; });
    refuses("here.rows[1].points", [&](Json& bad) { row(bad)["points"][1][2] = nullptr; });
    refuses("here.problems[0]", [](Json& bad) { bad["problems"][0].erase("lines"); });
}
