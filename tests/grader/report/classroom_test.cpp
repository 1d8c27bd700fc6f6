// GitHub Classroom's payload and Classroom 50's result, field by field.
#include "samples.hpp"

#include <base/error.hpp>
#include <lab/catch.hpp>
#include <report/classroom.hpp>
#include <report/classroom50.hpp>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

using Json = nlohmann::ordered_json;
using lockstep::Audience;
using lockstep::Result;
using lockstep::Verdict;
using samples::context;
using samples::has;

namespace {

/// The runners of a report, and what each is given.
std::vector<std::pair<std::string, std::string>> runners_of(const Result& result) {
    std::vector<std::pair<std::string, std::string>> runners;
    for (const std::string& line :
         samples::lines_of(render_classroom(result, context(Audience::student)))) {
        const std::size_t equals = line.find('=');
        REQUIRE(equals != std::string::npos);
        runners.emplace_back(line.substr(0, equals), samples::from_base64(line.substr(equals + 1)));
    }
    return runners;
}

std::set<std::string> keys_of(const Json& object) {
    std::set<std::string> keys;
    for (const auto& [key, ignored] : object.items()) {
        keys.insert(key);
    }
    return keys;
}

}  // namespace

TEST_CASE("base64 is the standard's") {
    CHECK(lockstep::base64("").empty());
    CHECK(lockstep::base64("f") == "Zg==");
    CHECK(lockstep::base64("fo") == "Zm8=");
    CHECK(lockstep::base64("foobar") == "Zm9vYmFy");
    CHECK(samples::from_base64("Zg==") == "f");
}

TEST_CASE("the names of runners are what the reporter and an environment take") {
    std::set<std::string> names;
    for (const auto& [name, ignored] : runners_of(samples::every_verdict())) {
        CHECK(std::regex_match(name, std::regex{"[a-z][a-z0-9]*"}));
        CHECK(names.insert(name).second);
    }
    CHECK(names ==
          std::set<std::string>{"exercise01", "exercise01part2", "exercise02", "exercise02part2"});
    CHECK(runners_of(samples::real("fixed_slices")).size() == 1);
}

TEST_CASE("each row of a payload has every field that the reporter reads, of its type") {
    for (const Result& result : samples::all()) {
        for (const auto& [name, text] : runners_of(result)) {
            const Json payload = Json::parse(text);
            CHECK(keys_of(payload) ==
                  std::set<std::string>{"version", "status", "max_score", "tests"});
            CHECK(payload["version"] == 1);
            CHECK(payload["max_score"].is_number_integer());
            CHECK(payload["tests"].is_array());
            CHECK(payload["tests"].size() <= 9);
            for (const Json& row : payload["tests"]) {
                CHECK(keys_of(row) == std::set<std::string>{"name", "status", "score", "message",
                                                            "test_code", "filename", "line_no",
                                                            "duration"});
                CHECK(row["name"].is_string());
                CHECK(row["score"].is_number_integer());
                CHECK(row["line_no"].is_number_integer());
                CHECK(row["message"].is_string());
                CHECK(row["test_code"].is_string());
                // Only an error shows its message, so nobody else's may be of any use.
                CHECK((row["status"] == "error") == !row["message"].get<std::string>().empty());
            }
        }
    }
}

TEST_CASE("rows are all or nothing, of equal weight, and the status is the worst of them") {
    for (const Result& result : {samples::real("fixed_slices"), samples::real("blocks_the_loop")}) {
        for (const auto& [name, text] : runners_of(result)) {
            const Json payload = Json::parse(text);
            const auto rows = static_cast<int>(payload["tests"].size());
            const int weight = payload["max_score"].get<int>() / rows;
            CHECK(payload["max_score"] == weight * rows);
            for (const Json& row : payload["tests"]) {
                CHECK(row["score"] == (row["status"] == "pass" ? weight : 0));
            }
        }
    }
    const auto status = [](Verdict verdict) {
        return Json::parse(runners_of(samples::all_with(verdict)).at(0).second)["status"];
    };
    CHECK(status(Verdict::pass) == "pass");
    CHECK(status(Verdict::skipped) == "pass");
    CHECK(status(Verdict::wrong) == "fail");
    CHECK(status(Verdict::grader_error) == "error");
}

TEST_CASE("what a student needs to know stands in test_code, which is always shown") {
    const auto runners = runners_of(samples::real("fixed_slices"));
    const Json payload = Json::parse(runners.at(0).second);
    std::size_t failed = 0;
    for (const Json& row : payload["tests"]) {
        const auto code = row["test_code"].get<std::string>();
        if (row["status"] == "fail") {
            ++failed;
            CHECK(has(code, "Balance the load"));
            CHECK(has(code, "thread 1"));
            CHECK(row["filename"] == "downloads.cpp");
            CHECK(row["line_no"] == 24);
        } else {
            CHECK(code.empty());
        }
    }
    CHECK(failed == 1);
}

TEST_CASE("a payload fits into an environment variable, however much there is to say") {
    Result result = samples::hostile();
    for (const auto& check : std::vector(9, result.exercises[0].checks[0])) {
        result.exercises[0].checks.push_back(check);
    }
    result.exercises[0].checks.resize(9);
    for (auto& check : result.exercises[0].checks) {
        for (int line = 0; line < 40; ++line) {
            check.finding.happened += std::string(1'900, line % 2 == 0 ? '"' : 'e') + "\n";
        }
    }
    const auto runners = runners_of(result);
    REQUIRE(runners.size() == 1);
    CHECK(runners[0].second.size() < 98'300);
    CHECK(runners[0].second.size() > 20'000);
    CHECK(Json::parse(runners[0].second)["tests"].size() == 9);
    CHECK_FALSE(has(runners[0].second, "\\n::"));
    CHECK_FALSE(has(runners[0].second, "\"::"));
}

TEST_CASE("Classroom 50's result has the fields of its schema, and no others at the top") {
    for (const Result& result : samples::all()) {
        const Json document = Json::parse(render_classroom50(result, context(Audience::student)));
        CHECK(keys_of(document) == std::set<std::string>{"schema", "classroom", "assignment",
                                                         "assignment_type", "owner", "submission",
                                                         "commit", "release", "review", "datetime",
                                                         "score", "max-score", "tests"});
        CHECK(document["schema"] == "classroom50/result/v1");
        CHECK(document["assignment_type"] == "individual");
        CHECK(document["owner"] == "ada");
        CHECK(document["review"] == document["commit"]);
        CHECK(document["datetime"] == "2023-11-14T22:13:20Z");
        CHECK(document["score"].is_number_integer());
        CHECK(document["score"].get<int>() <= document["max-score"].get<int>());
        for (const Json& test : document["tests"]) {
            CHECK_FALSE(test["test-name"].get<std::string>().empty());
            CHECK(test["passed"].is_boolean());
            CHECK(test["score"].is_number_integer());
            CHECK(test["score"].get<int>() <= test["max-score"].get<int>());
            CHECK(test["passed"] == (test["score"] == test["max-score"]));
        }
    }
}

TEST_CASE("Classroom 50's result is refused where the environment does not say whose it is") {
    const auto without = [](const std::string& missing, const std::string& instead) {
        auto changed = context(Audience::student);
        changed.environment = [missing, instead,
                               before = changed.environment](std::string_view name) {
            return name == missing ? instead : before(name);
        };
        return changed;
    };
    for (const char* name :
         {"CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL", "OWNER"}) {
        CAPTURE(name);
        CHECK_THROWS_AS(check_classroom50(without(name, "")), lockstep::UsageError);
    }
    CHECK_THROWS_AS(check_classroom50(without("SUBMISSION_TAG", "v1")), lockstep::UsageError);
    CHECK_THROWS_AS(check_classroom50(without("ASSIGNMENT_TYPE", "solo")), lockstep::UsageError);
    CHECK_NOTHROW(check_classroom50(without("ASSIGNMENT_TYPE", "group")));
    CHECK_NOTHROW(check_classroom50(context(Audience::student)));
}
