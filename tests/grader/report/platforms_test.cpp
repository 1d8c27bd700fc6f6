// Gradescope, PrairieLearn and Autolab, field by field.
#include "samples.hpp"

#include <lab/catch.hpp>
#include <report/autolab.hpp>
#include <report/gradescope.hpp>
#include <report/prairielearn.hpp>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

using Json = nlohmann::ordered_json;
using lockstep::Audience;
using lockstep::Result;
using lockstep::Verdict;
using samples::context;
using samples::has;

namespace {

/// Twenty megabytes of output in three checks.
Result loud() {
    Result result = samples::all_with(Verdict::wrong);
    for (auto& check : result.exercises[0].checks) {
        for (int line = 0; line < 3'000; ++line) {
            check.finding.happened += std::string(2'300, 'x') + "\n";
        }
    }
    return result;
}

}  // namespace

TEST_CASE("Gradescope's results have its fields, and hide no test") {
    for (const Result& result : samples::all()) {
        const Json document = Json::parse(render_gradescope(result, context(Audience::student)));
        CHECK(document["score"].is_number_integer());
        CHECK(document["execution_time"].is_number());
        CHECK(document["visibility"] == "visible");
        CHECK(document["stdout_visibility"] == "hidden");
        CHECK(document["output"].is_string());
        std::set<std::string> numbers;
        for (const Json& test : document["tests"]) {
            CHECK(test["visibility"] == "visible");
            CHECK(test["output_format"] == "text");
            CHECK((test["status"] == "passed" || test["status"] == "failed"));
            CHECK((test["status"] == "passed") == (test["score"] == test["max_score"]));
            CHECK(test["output"].is_string());
            CHECK(test["tags"].size() == 3);
            CHECK(numbers.insert(test["number"].get<std::string>()).second);
        }
    }
    const Json failed =
        Json::parse(render_gradescope(samples::real("fixed_slices"), context(Audience::student)));
    CHECK(has(failed["output"], "16 of 18 points"));
    CHECK(has(failed.dump(), "Balance the load"));
}

TEST_CASE("PrairieLearn's results are a share of 1, with tests, below a megabyte") {
    for (const Result& result : samples::all()) {
        const Json document = Json::parse(render_prairielearn(result, context(Audience::student)));
        CHECK(document["gradable"] == (result.exit_code() != 3));
        CHECK(document.contains("format_errors") == (result.exit_code() == 3));
        CHECK(document["score"].get<double>() >= 0);
        CHECK(document["score"].get<double>() <= 1);
        for (const Json& test : document["tests"]) {
            CHECK(test["name"].is_string());
            CHECK(test["points"].is_number_integer());
            CHECK(test["max_points"].is_number_integer());
            CHECK(test["message"].is_string());
            CHECK(test["output"].is_string());
        }
    }
    const std::string text = render_prairielearn(loud(), context(Audience::instructor));
    CHECK(text.size() < 1'000'000);
    CHECK(text.size() > 100'000);
    CHECK(has(text, "…"));
}

TEST_CASE("Autolab finds the scores in the last line, whatever was said before") {
    const auto lines =
        samples::lines_of(render_autolab(samples::every_verdict(), context(Audience::student)));
    CHECK(lines.back() == R"({"scores":{"01-first":6,"02-second":6}})");
    CHECK(has(lines.front(), "12 of 60 points"));
    auto coloured = context(Audience::student);
    coloured.style.colour = true;
    CHECK_FALSE(has(render_autolab(samples::every_verdict(), coloured), "\x1b"));

    Result forger = samples::all_with(Verdict::wrong);
    forger.exercises[0].checks[2].finding.happened = "x\n{\"scores\":{\"01-first\":100}}\n";
    const auto said = samples::lines_of(render_autolab(forger, context(Audience::student)));
    CHECK(said.back() == R"({"scores":{"01-first":0}})");
}
