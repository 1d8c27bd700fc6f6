// The report for programs, held against its schema.
#include "samples.hpp"

#include <lab/catch.hpp>
#include <report/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using Json = nlohmann::ordered_json;
using lockstep::Audience;
using lockstep::render_json;
using lockstep::Result;
using lockstep::Verdict;
namespace fs = std::filesystem;

namespace {

class Scratch {
public:
    Scratch() : folder_{fs::temp_directory_path() / ("json_test." + std::to_string(getpid()))} {
        fs::create_directory(folder_);
    }
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] fs::path operator/(const std::string& name) const { return folder_ / name; }

private:
    fs::path folder_;
};

/// What the validator says of each document; empty, with a warning, where it can't be had.
std::vector<std::string> validated(const std::vector<std::string>& documents) {
    const Scratch scratch;
    std::string command = "python3 '" SCHEMA_VALIDATOR "' '" RESULT_SCHEMA "'";
    for (const std::string& document : documents) {
        const fs::path file = scratch / (std::to_string(command.size()) + ".json");
        std::ofstream{file} << document;
        command += " '" + file.string() + "'";
    }
    const fs::path answers = scratch / "answers";
    const int status = std::system((command + " > '" + answers.string() + "'").c_str());
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == 77 || code == 127) {
        WARN(
            "Skipped: without Python and its package jsonschema there is nothing to validate "
            "with.");
        return {};
    }
    REQUIRE(code == 0);
    std::vector<std::string> lines;
    std::ifstream stream{answers};
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    REQUIRE(lines.size() == documents.size());
    return lines;
}

}  // namespace

TEST_CASE("results satisfy their schema, for both audiences") {
    std::vector<std::string> documents;
    for (const Audience audience : {Audience::student, Audience::instructor}) {
        documents.push_back(render_json(samples::every_verdict(), audience));
        documents.push_back(render_json(samples::hostile(), audience));
        documents.push_back(render_json(samples::all_with(Verdict::pass), audience));
    }
    for (const std::string& answer : validated(documents)) {
        CHECK(answer == "ok");
    }
}

TEST_CASE("the schema refuses what is no result") {
    const Json good = Json::parse(render_json(samples::every_verdict(), Audience::student));
    std::vector<std::string> documents;
    const auto spoilt = [&](const std::function<void(Json&)>& spoil) {
        Json bad = good;
        spoil(bad);
        documents.push_back(bad.dump());
    };
    spoilt([](Json& bad) { bad["schema"] = "lockstep/result/v2"; });
    spoilt([](Json& bad) { bad["more"] = 1; });
    spoilt([](Json& bad) { bad.erase("points"); });
    spoilt([](Json& bad) { bad["points"] = 1.5; });
    spoilt([](Json& bad) { bad["seed"] = "3"; });
    spoilt([](Json& bad) { bad["audience"] = "instructor"; });
    spoilt([](Json& bad) { bad["exercises"][0]["checks"][0]["verdict"] = "good"; });
    spoilt([](Json& bad) { bad["exercises"][1]["checks"][0]["recipe"] = "seed 3"; });
    spoilt([](Json& bad) { bad["exercises"][1]["checks"][1]["where"]["line"] = 0; });
    const auto timeline = [](Json& bad) -> Json& {
        return bad["exercises"][1]["checks"][1]["timeline"];
    };
    spoilt(
        [&](Json& bad) { bad["exercises"][1]["checks"][1]["expected_timeline"] = timeline(bad); });
    spoilt([&](Json& bad) { timeline(bad)["axis"] = "real time"; });
    spoilt([&](Json& bad) { timeline(bad)["rows"][0]["states"][0][0] = "span"; });
    spoilt([&](Json& bad) { timeline(bad)["rows"][0]["states"][0][1] = -1; });
    spoilt([&](Json& bad) { timeline(bad)["rows"][1]["lanes"][0][0].push_back(1); });
    spoilt([&](Json& bad) { timeline(bad)["rows"][0]["points"][0].erase(2); });
    spoilt([&](Json& bad) { timeline(bad)["svg"] = "<svg/>"; });
    spoilt([](Json& bad) { bad["times"]["exercises"][0].erase("cached"); });
    for (const std::string& answer : validated(documents)) {
        CHECK(answer != "ok");
    }
}

TEST_CASE("all that a program reads is there, and adds up") {
    const Json json = Json::parse(render_json(samples::every_verdict(), Audience::instructor));
    CHECK(json["schema"] == "lockstep/result/v1");
    CHECK(json["points"] == 12);
    CHECK(json["max_points"] == 60);
    CHECK(json["exit_code"] == 3);
    CHECK(json["seed"] == "18446744073709551615");
    const Json& check = json["exercises"][0]["checks"][5];
    CHECK(check["verdict"] == "deadlock");
    CHECK(check["points"] == 0);
    CHECK(check["where"]["file"] == "downloads.cpp");
    CHECK(check["where"]["line"] == 15);
    CHECK(check["title"]["fr"] == "le titre de deadlock");
    CHECK(check["recipe"] == "workload 7, random walk, seed 3 (deadlock)");
    CHECK(json["exercises"][0]["checks"][0]["where"].is_null());
    CHECK(check["timeline"]["rows"][0]["name"] == "main of deadlock");
    CHECK(check["expected_timeline"]["end"] == 2'000'000'000);
    CHECK_FALSE(json["exercises"][0]["checks"][0].contains("timeline"));
    CHECK(json["times"]["exercises"][1]["compile_s"] == 1.235);
}

TEST_CASE("a student's document holds no seed, no recipe and no stacks") {
    const std::string text = render_json(samples::every_verdict(), Audience::student);
    for (const char* secret : {"18446744073709551615", "random walk", "The stacks of", "\"seed\"",
                               "expected_timeline", "as only the reference does"}) {
        CAPTURE(secret);
        CHECK(text.find(secret) == std::string::npos);
    }
}

TEST_CASE("the same result gives the same bytes, but for its times") {
    Result result = samples::every_verdict();
    Json first = Json::parse(render_json(result, Audience::instructor));
    CHECK(render_json(result, Audience::instructor) ==
          render_json(samples::every_verdict(), Audience::instructor));
    result.times.total_s = 99;
    Json second = Json::parse(render_json(result, Audience::instructor));
    CHECK(first != second);
    first.erase("times");
    second.erase("times");
    CHECK(first.dump() == second.dump());
}

TEST_CASE("a check's parts stand on lines of their own, and none of them on several") {
    const std::string text = render_json(samples::every_verdict(), Audience::instructor);
    std::size_t timelines = 0;
    for (const std::string& line : samples::lines_of(text)) {
        if (line.starts_with(R"(          "timeline": {"axis":)")) {
            ++timelines;
            CHECK(line.ends_with("},"));
        }
    }
    CHECK(timelines == 28);
    CHECK(samples::has(text, "\n          \"verdict\": \"deadlock\",\n"));
    CHECK(samples::has(text, "\n  \"points\": 12,\n"));
}

TEST_CASE("a document of hostile texts is UTF-8 without controls or commands") {
    const std::string text = render_json(samples::hostile(), Audience::instructor);
    CHECK_NOTHROW(Json::parse(text));
    CHECK(text.find("\\u00") == std::string::npos);
    CHECK(text.find("##[") == std::string::npos);
    CHECK(text.find("\"::") == std::string::npos);
    CHECK(text.find("\\n::") == std::string::npos);
}
