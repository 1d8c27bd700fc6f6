// Result files read back: what was written comes back, and nothing else is taken.
#include "samples.hpp"

#include <base/error.hpp>
#include <base/scratch_folder.hpp>
#include <lab/catch.hpp>
#include <report/json.hpp>
#include <report/read_class.hpp>
#include <report/read_result.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <sys/stat.h>
#include <vector>

using Json = nlohmann::ordered_json;
using lockstep::Audience;
using lockstep::read_class;
using lockstep::read_result;
using lockstep::render_json;
using lockstep::Result;
using lockstep::UsageError;
using samples::has;

namespace {

/// What reading the text says; "" where it is taken.
std::string answer(const std::string& text) {
    try {
        (void)read_result(text, "ada.json");
        return "";
    } catch (const UsageError& error) {
        return error.what();
    }
}

bool is_one_sentence(const std::string& text) {
    return has(text, "'ada.json'") && text.ends_with('.') && !has(text, "\n") && text.size() < 600;
}

/// Calls `use` with every document that differs from `document` in one value.
void spoil(const Json& document, const std::function<void(const std::string&)>& use) {
    std::vector<Json::json_pointer> places{Json::json_pointer{}};
    for (std::size_t i = 0; i < places.size(); ++i) {
        const Json& value = document.at(places[i]);
        if (value.is_object()) {
            for (const auto& [key, ignored] : value.items()) {
                places.push_back(places[i] / key);
            }
        } else if (value.is_array()) {
            for (std::size_t entry = 0; entry < std::min<std::size_t>(2, value.size()); ++entry) {
                places.push_back(places[i] / entry);
            }
        }
    }
    const std::vector<Json> others{
        nullptr, true, -1, 1.5, 1e300, "\n", Json::array({Json::array()}), Json{{"more", 1}}};
    for (const Json::json_pointer& place : places) {
        for (const Json& other : others) {
            Json bad = document;
            bad.at(place) = other;
            if (bad != document) {
                CAPTURE(place.to_string());
                use(bad.dump());
            }
        }
        if (!place.empty() && document.at(place.parent_pointer()).is_object()) {
            Json bad = document;
            bad.at(place.parent_pointer()).erase(place.back());
            CAPTURE(place.to_string());
            use(bad.dump());
        }
    }
}

}  // namespace

TEST_CASE("what was written comes back, for both audiences") {
    for (const Result& result : samples::all()) {
        for (const Audience audience : {Audience::student, Audience::instructor}) {
            const std::string text = render_json(result, audience);
            const auto read = read_result(text, "ada.json");
            CHECK(read.audience == audience);
            CHECK(render_json(read.result, audience) == text);
            CHECK(read.result.points() == result.points());
        }
    }
}

TEST_CASE("a document that differs in one value is refused in one sentence, or holds other text") {
    const Json good = Json::parse(render_json(samples::every_verdict(), Audience::instructor));
    std::size_t refused = 0;
    std::size_t taken = 0;
    spoil(good, [&](const std::string& text) {
        const std::string says = answer(text);
        if (says.empty()) {
            // Only what is free text, a name of that, or a time can be anything.
            ++taken;
        } else {
            ++refused;
            CAPTURE(says);
            CHECK(is_one_sentence(says));
        }
    });
    CHECK(refused > 1'000);
    CHECK(taken < refused / 4);
}

TEST_CASE("numbers, names and verdicts that do not fit are refused, and where is said") {
    const Json good = Json::parse(render_json(samples::every_verdict(), Audience::instructor));
    const auto says = [&](const std::function<void(Json&)>& change) {
        Json bad = good;
        change(bad);
        return answer(bad.dump());
    };
    const auto check = [](Json& bad) -> Json& { return bad["exercises"][0]["checks"][1]; };
    CHECK(has(says([&](Json& bad) { check(bad)["points"] = 2; }), "exercises[0].checks[1].points"));
    CHECK(has(says([](Json& bad) { bad["points"] = 13; }), "points does not fit"));
    CHECK(has(says([](Json& bad) { bad["exit_code"] = 0; }), "exit_code"));
    CHECK(has(says([&](Json& bad) { check(bad)["verdict"] = "good"; }), "no verdict"));
    CHECK(has(says([&](Json& bad) { check(bad)["id"] = "../../etc"; }), "no plain name"));
    CHECK(has(says([&](Json& bad) { check(bad)["id"] = "pass"; }), "id of another check"));
    CHECK(
        has(says([&](Json& bad) { bad["exercises"][1]["id"] = "01-first"; }), "another exercise"));
    CHECK(has(says([&](Json& bad) { check(bad)["max_points"] = 1'000'000; }), "max_points"));
    CHECK(has(says([&](Json& bad) { check(bad)["where"]["line"] = 0; }), "lines begin with 1"));
    CHECK(has(says([](Json& bad) { bad["seed"] = "18446744073709551616"; }), "seed"));
    CHECK(has(says([](Json& bad) { bad.erase("seed"); }), "seed"));
    CHECK(has(says([](Json& bad) { bad["schema"] = "lockstep/result/v2"; }), "lockstep/result/v2"));
    CHECK(has(says([](Json& bad) { bad["audience"] = "student"; }), "seed"));
    CHECK(has(says([&](Json& bad) { check(bad)["hint"] = std::string(5 << 20, 'x'); }), "longer"));
    CHECK(has(says([](Json& bad) { bad["times"]["total_s"] = -1; }), "time"));
}

TEST_CASE(
    "a timeline that is none is refused with its check, and one that is missing is not missed") {
    Json document = Json::parse(render_json(samples::every_verdict(), Audience::instructor));
    Json& check = document["exercises"][0]["checks"][1];
    Json other = document;
    check["timeline"]["rows"][0]["states"][1][1] = 3'000'000'000;
    CHECK(has(answer(document.dump()), "exercises[0].checks[1].timeline.rows[0].states"));
    Json& lacking = other["exercises"][0]["checks"][1];
    lacking.erase("timeline");
    lacking.erase("expected_timeline");
    CHECK(answer(other.dump()).empty());
    lacking["timeline"] = nullptr;
    CHECK(has(answer(other.dump()), "exercises[0].checks[1].timeline"));

    Json student = Json::parse(render_json(samples::every_verdict(), Audience::student));
    student["exercises"][0]["checks"][1]["expected_timeline"] =
        student["exercises"][0]["checks"][1]["timeline"];
    CHECK(has(answer(student.dump()), "\"expected_timeline\""));
}

TEST_CASE("what is no JSON, or goes on for ever, is refused") {
    CHECK(has(answer(""), "no JSON"));
    CHECK(has(answer("\xff\xfe"), "no JSON"));
    CHECK(has(answer("1e999"), "no JSON"));
    CHECK(has(answer(R"({"schema": 1, "schema": 2})"), "twice"));
    CHECK(has(answer(std::string(1'000'000, '[')), "levels deep"));
    CHECK(has(answer("[]"), "schema"));
    CHECK(has(answer("{}"), "schema"));
    std::string deep;
    for (int level = 0; level < 100'000; ++level) {
        deep += R"({"a":)";
    }
    CHECK(has(answer(deep), "levels deep"));
}

TEST_CASE("no beginning of a document and no byte gone wrong does worse than be refused") {
    const std::string good =
        render_json(samples::all_with(lockstep::Verdict::wrong), Audience::instructor);
    for (std::size_t size = 0; size + 2 < good.size(); size += 7) {
        CHECK(is_one_sentence(answer(good.substr(0, size))));
    }
    std::mt19937 random{1};
    std::size_t refused = 0;
    for (int round = 0; round < 3'000; ++round) {
        std::string bad = good;
        for (int times = 0; times < 1 + round % 3; ++times) {
            bad[random() % bad.size()] = static_cast<char>(random());
        }
        const std::string says = answer(bad);
        if (!says.empty()) {
            ++refused;
            CHECK(is_one_sentence(says));
        }
    }
    CHECK(refused > 1'000);
}

TEST_CASE("titles that come from a file are cleaned") {
    Json document =
        Json::parse(render_json(samples::all_with(lockstep::Verdict::wrong), Audience::student));
    document["exercises"][0]["checks"][0]["title"]["en"] = "\x1b[2Jtitle\n::error::x";
    const Result result = read_result(document.dump(), "ada.json").result;
    CHECK(result.exercises[0].checks[0].title.en == "title ::error::x");
}

TEST_CASE("a folder is a class, and one bad file in it is one student's") {
    const lockstep::ScratchFolder folder;
    const auto write = [&](const std::string& name, const std::string& text) {
        std::ofstream{folder.path() / name} << text;
    };
    CHECK_THROWS_AS(read_class(folder.path(), Audience::instructor), UsageError);
    write("bob.json", render_json(samples::real("fixed_slices"), Audience::instructor));
    write("ada.json", render_json(samples::real("blocks_the_loop"), Audience::instructor));
    write("cleo.json", "not JSON");
    write("dan.json", render_json(samples::real("fixed_slices"), Audience::student));
    write("notes.txt", "no result");
    write(".hidden.json", "no result");
    std::filesystem::create_directory(folder.path() / "folder.json");
    const auto results = read_class(folder.path(), Audience::instructor);
    REQUIRE(results.attempts.size() == 4);
    CHECK(results.title == folder.path().filename());
    CHECK(results.attempts[0].student == "ada");
    CHECK(results.attempts[0].judged());
    CHECK(results.attempts[1].result->points() == 16);
    CHECK(has(results.attempts[2].grader_error, "'cleo.json'"));
    CHECK_FALSE(results.attempts[2].judged());
    CHECK(has(results.attempts[3].grader_error, "written for a student"));
    CHECK(read_class(folder.path(), Audience::student).attempts[3].judged());

    const auto one = read_class(folder.path() / "bob.json", Audience::instructor);
    REQUIRE(one.attempts.size() == 1);
    CHECK(one.attempts[0].student == "fixed_slices");
    CHECK_THROWS_AS(read_class(folder.path() / "cleo.json", Audience::student), UsageError);
    CHECK_THROWS_AS(read_class(folder.path() / "dan.json", Audience::instructor), UsageError);
    CHECK_THROWS_AS(read_class(folder.path() / "nobody.json", Audience::student), UsageError);
    REQUIRE(mkfifo((folder.path() / "fifo").c_str(), 0600) == 0);
    CHECK_THROWS_AS(read_class(folder.path() / "fifo", Audience::student), UsageError);
}
