#include <report/read_result.hpp>

#include <base/error.hpp>
#include <base/read_file.hpp>
#include <report/foreign.hpp>
#include <report/json.hpp>
#include <score/strict_json.hpp>
#include <score/timeline_json.hpp>

#include <charconv>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace lockstep {
namespace {

constexpr std::size_t most_exercises = 100;
constexpr std::size_t most_checks = 100;  ///< of an exercise
constexpr std::size_t most_notes = 1'000;
/// So that no sum of points overflows.
constexpr int most_points = 100'000;

Text read_text(const Node& node) {
    node.object({"en", "fr"});
    return {clean_sentence(node["en"].text()), clean_sentence(node["fr"].text())};
}

void read_where(const Node& node, Finding& finding) {
    if (node.is_null()) {
        return;
    }
    node.object({"file", "line"});
    finding.file = clean_name(node["file"].text());
    if (finding.file.empty()) {
        refuse(node["file"].path(), "is empty");
    }
    if (!node["line"].is_null()) {
        const int line = node["line"].number(std::numeric_limits<int>::max());
        if (line == 0) {
            refuse(node["line"].path(), "is 0, and lines begin with 1");
        }
        finding.line = static_cast<unsigned>(line);
    }
}

std::optional<lab::timeline::Layout> read_timeline(const Node& check, const char* key) {
    return check.has(key) ? std::optional{timeline_from_json(check[key].value(), check[key].path())}
                          : std::nullopt;
}

CheckResult read_check(const Node& node, Audience audience) {
    // Not every finding has a timeline, and older documents have none.
    if (audience == Audience::instructor) {
        node.object({"id", "title", "shows", "task", "verdict", "points", "max_points", "expected",
                     "happened", "where", "picture", "hint", "detail", "recipe"},
                    {"timeline", "expected_timeline"});
    } else {
        node.object({"id", "title", "shows", "task", "verdict", "points", "max_points", "expected",
                     "happened", "where", "picture", "hint"},
                    {"timeline"});
    }
    CheckResult check;
    check.id = node["id"].id();
    check.title = read_text(node["title"]);
    check.shows = read_text(node["shows"]);
    check.task = node["task"].number(most_points);
    check.max_points = node["max_points"].number(most_points);
    const std::optional<Verdict> verdict = verdict_named(node["verdict"].text());
    if (!verdict) {
        refuse(node["verdict"].path(),
               fmt::format("is \"{}\", which is no verdict", clean_name(node["verdict"].text())));
    }
    Finding& finding = check.finding;
    finding.verdict = *verdict;
    node["points"].must_be(check.points());
    finding.expected = node["expected"].text();
    finding.happened = node["happened"].text();
    read_where(node["where"], finding);
    finding.picture = node["picture"].text();
    finding.hint = node["hint"].text();
    finding.timeline = read_timeline(node, "timeline");
    finding.expected_timeline = read_timeline(node, "expected_timeline");
    if (audience == Audience::instructor) {
        finding.detail = node["detail"].text();
        finding.recipe = node["recipe"].text();
    }
    return check;
}

ExerciseResult read_exercise(const Node& node, Audience audience) {
    node.object({"id", "title", "points", "max_points", "notes", "checks"});
    ExerciseResult exercise;
    exercise.id = node["id"].id();
    exercise.title = read_text(node["title"]);
    for (const Node& note : node["notes"].list(most_notes)) {
        exercise.notes.push_back(note.text());
    }
    std::set<std::string> seen;
    for (const Node& check : node["checks"].list(most_checks)) {
        exercise.checks.push_back(read_check(check, audience));
        if (!seen.insert(exercise.checks.back().id).second) {
            refuse(check.path(), "has the id of another check");
        }
    }
    node["points"].must_be(exercise.points());
    node["max_points"].must_be(exercise.max_points());
    return exercise;
}

Times read_times(const Node& node) {
    node.object({"total_s", "exercises"});
    Times times;
    times.total_s = node["total_s"].seconds();
    for (const Node& part : node["exercises"].list(most_exercises)) {
        part.object({"id", "compile_s", "link_s", "judge_s", "cached"});
        times.exercises.push_back({part["id"].id(), part["compile_s"].seconds(),
                                   part["link_s"].seconds(), part["judge_s"].seconds(),
                                   part["cached"].flag()});
    }
    return times;
}

std::uint64_t read_seed(const Node& node) {
    const std::string& text = node.text();
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        refuse(node.path(), "is no whole number below 2^64, written as text");
    }
    return seed;
}

Audience read_audience(const Node& node) {
    if (node.text() == "instructor") {
        return Audience::instructor;
    }
    if (node.text() != "student") {
        refuse(node.path(), R"(is neither "student" nor "instructor")");
    }
    return Audience::student;
}

ReadResult read_document(const Node& document) {
    // First of all: another version may have other parts.
    if (!document.has("schema")) {
        refuse("it", "lacks \"schema\"");
    }
    if (document["schema"].text() != result_schema) {
        refuse("schema", fmt::format(R"(is "{}", and this grader reads "{}")",
                                     clean_name(document["schema"].text()), result_schema));
    }
    document.object({"schema", "audience", "submission", "isolation", "points", "max_points",
                     "exit_code", "exercises", "times"},
                    {"seed"});
    ReadResult read;
    read.audience = read_audience(document["audience"]);
    if (document.has("seed") != (read.audience == Audience::instructor)) {
        refuse("seed", "is for instructors' documents, and for each of them");
    }
    Result& result = read.result;
    if (document.has("seed")) {
        result.seed = read_seed(document["seed"]);
    }
    result.submission = clean_name(document["submission"].text());
    result.isolation = document["isolation"].text();
    std::set<std::string> seen;
    for (const Node& exercise : document["exercises"].list(most_exercises)) {
        result.exercises.push_back(read_exercise(exercise, read.audience));
        if (!seen.insert(result.exercises.back().id).second) {
            refuse(exercise.path(), "has the id of another exercise");
        }
    }
    document["points"].must_be(result.points());
    document["max_points"].must_be(result.max_points());
    document["exit_code"].must_be(result.exit_code());
    result.times = read_times(document["times"]);
    return read;
}

}  // namespace

ReadResult read_result(std::string_view text, std::string_view name) {
    try {
        if (text.size() > most_bytes_of_result) {
            refuse("it", "is longer than any result");
        }
        const nlohmann::ordered_json document = parse_strictly(text);
        return read_document(Node{document, "it"});
    } catch (const Refusal& refusal) {
        throw UsageError(fmt::format(
            "'{}' holds no result that can be read: {}. Have it written anew by 'grader grade "
            "--format json --audience instructor'.",
            clean_name(name), refusal.what));
    }
}

ReadResult read_result_file(const std::filesystem::path& file) {
    return read_result(read_file(file, most_bytes_of_result), file.filename().string());
}

}  // namespace lockstep
