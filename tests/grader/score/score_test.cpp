// Verdicts, points and exit codes, and findings on their way through JSON.
#include <base/error.hpp>
#include <lab/catch.hpp>
#include <score/finding_json.hpp>
#include <score/result.hpp>

#include <string>
#include <vector>

using lockstep::CheckFinding;
using lockstep::CheckResult;
using lockstep::costs_points;
using lockstep::ExerciseResult;
using lockstep::Finding;
using lockstep::GraderError;
using lockstep::read_findings;
using lockstep::Result;
using lockstep::Verdict;
using lockstep::verdict_named;
using lockstep::write_findings;

namespace {

const std::vector<std::string> words{"pass",      "wrong",    "todo",        "build_error",
                                     "crash",     "deadlock", "data_race",   "blocked_loop",
                                     "busy_wait", "leak",     "too_slow",    "over_limit",
                                     "timeout",   "skipped",  "grader_error"};

Result result_of(const std::vector<Verdict>& verdicts) {
    ExerciseResult exercise;
    for (const Verdict verdict : verdicts) {
        CheckResult check;
        check.max_points = 2;
        check.finding.verdict = verdict;
        exercise.checks.push_back(check);
    }
    Result result;
    result.exercises = {exercise, exercise};
    return result;
}

CheckFinding full_finding() {
    CheckFinding finding;
    finding.check = "overlap";
    finding.finding.verdict = Verdict::deadlock;
    finding.finding.expected = "Four at once.";
    finding.finding.happened = "One.";
    finding.finding.file = "downloads.cpp";
    finding.finding.line = 42;
    finding.finding.picture = "main |##|\n";
    finding.finding.hint = "Join after the loop.";
    finding.finding.detail = "stacks";
    finding.finding.recipe = "scenario 3, seed 9";
    return finding;
}

}  // namespace

TEST_CASE("every verdict has the design's name, and is found by it") {
    for (const std::string& word : words) {
        const auto verdict = verdict_named(word);
        REQUIRE(verdict);
        CHECK(name_of(*verdict) == word);
    }
    CHECK_FALSE(verdict_named("Pass"));
    CHECK_FALSE(verdict_named(""));
}

TEST_CASE("only pass, skipped and grader_error cost no points") {
    for (const std::string& word : words) {
        CAPTURE(word);
        CHECK(costs_points(*verdict_named(word)) !=
              (word == "pass" || word == "skipped" || word == "grader_error"));
    }
}

TEST_CASE("points add up over checks and exercises") {
    const Result result = result_of({Verdict::pass, Verdict::wrong, Verdict::skipped});
    CHECK(result.exercises[0].points() == 4);
    CHECK(result.exercises[0].max_points() == 6);
    CHECK(result.points() == 8);
    CHECK(result.max_points() == 12);
}

TEST_CASE("the exit code tells full marks, a failure and a failure of the grader apart") {
    CHECK(result_of({Verdict::pass, Verdict::pass}).exit_code() == 0);
    CHECK(result_of({Verdict::pass, Verdict::skipped}).exit_code() == 0);
    CHECK(result_of({Verdict::pass, Verdict::todo}).exit_code() == 1);
    CHECK(result_of({Verdict::wrong, Verdict::grader_error}).exit_code() == 3);
}

TEST_CASE("findings come through JSON as they were") {
    const CheckFinding sent = full_finding();
    CheckFinding bare;
    bare.check = "pages";
    bare.finding.verdict = Verdict::pass;

    const std::vector<CheckFinding> got = read_findings(write_findings({sent, bare}));
    REQUIRE(got.size() == 2);
    const Finding& finding = got[0].finding;
    CHECK(got[0].check == "overlap");
    CHECK(finding.verdict == Verdict::deadlock);
    CHECK(finding.expected == sent.finding.expected);
    CHECK(finding.happened == sent.finding.happened);
    CHECK(finding.file == sent.finding.file);
    CHECK(finding.line == 42);
    CHECK(finding.picture == sent.finding.picture);
    CHECK(finding.hint == sent.finding.hint);
    CHECK(finding.detail == sent.finding.detail);
    CHECK(finding.recipe == sent.finding.recipe);
    CHECK(got[1].finding.verdict == Verdict::pass);
    CHECK(got[1].finding.expected.empty());
    CHECK(write_findings(got) == write_findings({sent, bare}));
}

TEST_CASE("text that is not UTF-8 does not stop findings from being written") {
    CheckFinding finding = full_finding();
    finding.finding.detail = "half a character: \xe2\x82";
    const auto got = read_findings(write_findings({finding}));
    CHECK(got.at(0).finding.detail == "half a character: \uFFFD");
}

TEST_CASE("findings that the driver can't have written are refused") {
    const auto refuses = [](const std::string& text) {
        CAPTURE(text);
        CHECK_THROWS_AS(read_findings(text), GraderError);
    };
    refuses("");
    refuses("[]");
    refuses(R"({"findings": {}})");
    refuses(R"({"findings": [], "more": 1})");
    refuses(R"({"findings": [3]})");
    refuses(R"({"findings": [{"verdict": "pass"}]})");
    refuses(R"({"findings": [{"check": "pages"}]})");
    refuses(R"({"findings": [{"check": "pages", "verdict": "good"}]})");
    refuses(R"({"findings": [{"check": "pages", "verdict": "pass", "line": -1}]})");
    refuses(R"({"findings": [{"check": "pages", "verdict": "pass", "line": 4294967296}]})");
    refuses(R"({"findings": [{"check": "pages", "verdict": "pass", "points": 2}]})");
    refuses(R"({"findings": [{"check": "pages", "verdict": "pass", "hint": null}]})");
    refuses(
        R"({"findings": [{"check": "a", "verdict": "pass"}, {"check": "a", "verdict": "pass"}]})");
}
