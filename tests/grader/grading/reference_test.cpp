// What the reference solution does, beside what was handed in: for instructors, and for nobody
// else.
#include "graded.hpp"
#include "samples.hpp"

#include <lab/catch.hpp>

#include <report/formats.hpp>
#include <report/json.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace lockstep;
using Json = nlohmann::ordered_json;

const graded::fs::path corpus = graded::fs::path{KIT} / "tests/submissions/01-threaded-io";
/// No other number in a report is like it.
constexpr std::uint64_t seed = 9'182'736'455'463'728'191U;

Result grade_beside(const std::string& name, bool with_reference = true) {
    return graded::grading().grade(corpus / name, {.exercises = {"01-threaded-io"},
                                                   .seed = seed,
                                                   .with_reference = with_reference,
                                                   .progress = {}});
}

Json as_json(const Result& result, Audience audience) {
    Json json = Json::parse(render_json(result, audience));
    json.erase("times");
    return json;
}

/// Every position on a timeline.
void collect_numbers(const Json& json, std::set<std::string>& numbers) {
    if (json.is_number()) numbers.insert(json.dump());
    if (json.is_structured())
        for (const Json& part : json) collect_numbers(part, numbers);
}

/// What a student gets in this format, with what is packed in it unpacked.
std::string handed_back(const ReportFormat& format, const Result& result) {
    std::string text = format.of_result(result, samples::context(Audience::student));
    if (format.name == "classroom")
        for (const std::string& line : samples::lines_of(text))
            text += samples::from_base64(line.substr(line.find('=') + 1));
    return text;
}

/// The lines of the hidden checks' sources that are too long to be anything else by chance.
std::vector<std::string> hidden_lines() {
    std::vector<std::string> lines;
    for (const auto& entry :
         graded::fs::recursive_directory_iterator{graded::fs::path{KIT} / "grader/hidden"}) {
        std::ifstream file{entry.path()};
        for (std::string line; std::getline(file, line);) {
            line.erase(0, line.find_first_not_of(" \t/"));
            if (line.size() >= 30) lines.push_back(line);
        }
    }
    return lines;
}

TEST_CASE("a run that was objected to stands beside the reference solution's, the same each time") {
    const auto* const name = GENERATE("wrong/fixed_slices", "wrong/serial_join_in_the_loop");
    const Result result = grade_beside(name);
    std::size_t shown = 0;
    for (const CheckResult& check : result.exercises.at(0).checks) {
        CAPTURE(check.id);
        CHECK((check.finding.verdict == Verdict::pass || check.finding.timeline.has_value()));
        CHECK(check.finding.timeline.has_value() == check.finding.expected_timeline.has_value());
        shown += check.finding.expected_timeline ? 1 : 0;
    }
    CHECK(shown > 0);
    CHECK(as_json(grade_beside(name), Audience::instructor) ==
          as_json(result, Audience::instructor));
    // And what is not asked for changes nothing else.
    const Result without = grade_beside(name, false);
    CHECK(as_json(without, Audience::student) == as_json(result, Audience::student));
    for (const CheckResult& check : without.exercises.at(0).checks)
        CHECK_FALSE(check.finding.expected_timeline);
}

TEST_CASE("no student's report holds a hidden check's source, an expected value or the seed") {
    const Result result = grade_beside("wrong/fixed_slices");
    // What the reference solution's timeline says, and the student's own does not.
    std::set<std::string> own;
    std::set<std::string> expected;
    const Json instructors = as_json(result, Audience::instructor);
    for (const Json& check : instructors["exercises"][0]["checks"]) {
        if (check.contains("timeline")) collect_numbers(check["timeline"], own);
        if (check.contains("expected_timeline"))
            collect_numbers(check["expected_timeline"], expected);
    }
    std::vector<std::string> secrets{std::to_string(seed), "--seed", "round robin",
                                     "expected_timeline", "reference solution, with"};
    for (const std::string& number : expected)
        if (number.size() > 6 && !own.contains(number)) secrets.push_back(number);
    REQUIRE(secrets.size() > 5);
    const std::vector<std::string> source = hidden_lines();
    REQUIRE(source.size() > 1'000);
    secrets.insert(secrets.end(), source.begin(), source.end());

    for (const ReportFormat& format : report_formats()) {
        if (format.of_result == nullptr) continue;
        const std::string text = handed_back(format, result);
        CHECK_FALSE(text.empty());
        for (const std::string& secret : secrets) {
            if (text.find(secret) == std::string::npos) continue;
            CAPTURE(format.name, secret);
            CHECK(text.find(secret) == std::string::npos);
        }
    }
    // They are in what an instructor gets, or the test would be for nothing.
    const std::string told = instructors.dump();
    for (std::size_t i = 0; i < secrets.size() - source.size(); ++i)
        if (secrets[i] != "--seed" && secrets[i] != "reference solution, with")
            CHECK(told.find(secrets[i]) != std::string::npos);
}

}  // namespace
