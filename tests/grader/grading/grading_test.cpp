#include "graded.hpp"

#include <lab/catch.hpp>

#include <base/error.hpp>
#include <report/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace {

using namespace lockstep;
using graded::grade;
using graded::grade_text;

const graded::fs::path corpus = graded::fs::path{KIT} / "tests/submissions/01-threaded-io";

std::string without_times(const Result& result) {
    auto json = nlohmann::ordered_json::parse(render_json(result, Audience::instructor));
    REQUIRE(json.erase("times") == 1);
    return json.dump();
}

TEST_CASE("the same submission with the same seed gives the same result, byte for byte") {
    const auto* const name = GENERATE("wrong/every_nth_url", "wrong/join_with_the_lock_held",
                                      "wrong/race_on_push_back", "correct/async_with_slots");
    const Result first = grade(corpus / name, 5);
    const Result second = grade(corpus / name, 5);
    CHECK(without_times(first) == without_times(second));
    CHECK(first.seed == 5);
}

TEST_CASE("the reference solution gets everything, with any seed") {
    const std::uint64_t seed = GENERATE(1U, 77U, 123'456'789U);
    const Result result = grade(graded::kit().solutions(), seed);
    CHECK(result.points() == result.max_points());
    CHECK(result.exit_code() == 0);
}

TEST_CASE("the skeleton gets nothing, and each check says that it is not written yet") {
    const Result result = grade(graded::fs::path{KIT} / "exercises");
    CHECK(result.points() == 0);
    CHECK(result.exit_code() == 1);
    REQUIRE(result.exercises.size() == 1);
    for (const CheckResult& check : result.exercises[0].checks) {
        CHECK(check.finding.verdict == Verdict::todo);
        CHECK(check.finding.happened.find("not written yet: downloads.cpp:") == 0);
        CHECK(check.finding.file == "downloads.cpp");
        CHECK(check.finding.line > 0);
    }
}

TEST_CASE("what does not compile is a build error of every check, with its place") {
    const Result result = grade_text("#include \"downloads.hpp\"\nint x = ;\n");
    CHECK(result.points() == 0);
    REQUIRE(result.exercises.size() == 1);
    for (const CheckResult& check : result.exercises[0].checks) {
        CHECK(check.finding.verdict == Verdict::build_error);
        CHECK(check.finding.file == "downloads.cpp");
        CHECK(check.finding.line == 2);
    }
}

TEST_CASE("progress names every check that runs") {
    std::vector<std::string> steps;
    GradingOptions options;
    options.exercises = {"01-threaded-io"};
    options.progress = [&](const Progress& progress) { steps.push_back(progress.step); };
    (void)graded::grading().grade(graded::kit().solutions(), options);
    for (const Check& check : graded::kit().exercise("01").checks)
        CHECK(std::ranges::find(steps, "running " + check.id) != steps.end());
}

TEST_CASE("a worker for ThreadSanitizer is built only where a check needs one") {
    const auto built = [](const std::string& exercise) {
        std::size_t number = 0;
        GradingOptions options;
        options.exercises = {exercise};
        options.progress = [&](const Progress& progress) {
            if (progress.step == "compiling") ++number;
        };
        (void)graded::grading().grade(graded::kit().solutions(), options);
        return number;
    };
    CHECK(built("01-threaded-io") == 2);
    CHECK(built("04-timeout") == 1);
}

TEST_CASE("a submission with nothing in it is the caller's mistake, not a zero") {
    const graded::Folder folder;
    CHECK_THROWS_AS(grade(folder.path()), UsageError);
    CHECK_THROWS_AS(grade(folder.path() / "nothing"), UsageError);
}

}  // namespace
