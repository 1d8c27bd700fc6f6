#include <report/json.hpp>

#include <report/foreign.hpp>
#include <score/timeline_json.hpp>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

Json both(const Text& text) { return Json{{"en", text.en}, {"fr", text.fr}}; }

/// To the millisecond: more would be noise.
double rounded(double seconds) { return std::round(seconds * 1'000) / 1'000; }

/// Whatever text is in it, made clean.
Json cleaned(Json json) {
    if (json.is_string()) {
        return clean_sentence(json.get_ref<const std::string&>());
    }
    // To go through a number would be to come upon it for ever.
    if (json.is_structured()) {
        for (Json& part : json) {
            part = cleaned(std::move(part));
        }
    }
    return json;
}

void add_timeline(Json& object, const char* key,
                  const std::optional<lab::timeline::Layout>& timeline) {
    if (timeline) {
        object[key] = cleaned(to_json(*timeline));
    }
}

Json check_json(const CheckResult& check, Audience audience) {
    const Finding& finding = check.finding;
    Json object;
    object["id"] = check.id;
    object["title"] = both(check.title);
    object["shows"] = both(check.shows);
    object["task"] = check.task;
    object["verdict"] = name_of(finding.verdict);
    object["points"] = check.points();
    object["max_points"] = check.max_points;
    object["expected"] = clean_text(finding.expected);
    object["happened"] = clean_text(finding.happened);
    if (finding.file.empty()) {
        object["where"] = nullptr;
    } else {
        object["where"] = Json{{"file", clean_name(finding.file)}};
        object["where"]["line"] = finding.line == 0 ? Json(nullptr) : Json(finding.line);
    }
    object["picture"] = clean_text(finding.picture);
    object["hint"] = clean_text(finding.hint);
    add_timeline(object, "timeline", finding.timeline);
    if (audience == Audience::instructor) {
        add_timeline(object, "expected_timeline", finding.expected_timeline);
        object["detail"] = clean_text(finding.detail);
        object["recipe"] = clean_text(finding.recipe);
    }
    return object;
}

Json exercise_json(const ExerciseResult& exercise, Audience audience) {
    Json notes = Json::array();
    for (const std::string& note : exercise.notes) {
        notes.push_back(clean_text(note));
    }
    Json checks = Json::array();
    for (const CheckResult& check : exercise.checks) {
        checks.push_back(check_json(check, audience));
    }
    Json object;
    object["id"] = exercise.id;
    object["title"] = both(exercise.title);
    object["points"] = exercise.points();
    object["max_points"] = exercise.max_points();
    object["notes"] = std::move(notes);
    object["checks"] = std::move(checks);
    return object;
}

Json times_json(const Times& times) {
    Json exercises = Json::array();
    for (const Times::Exercise& exercise : times.exercises) {
        exercises.push_back(Json{{"id", exercise.id},
                                 {"compile_s", rounded(exercise.compile_s)},
                                 {"link_s", rounded(exercise.link_s)},
                                 {"judge_s", rounded(exercise.judge_s)},
                                 {"cached", exercise.cached}});
    }
    Json object;
    object["total_s"] = rounded(times.total_s);
    object["exercises"] = std::move(exercises);
    return object;
}

/// As `dump(2)` writes it, but what is part of a check stands on one line: the numbers of a
/// timeline on lines of their own would be three times as long, and no more readable.
void write(std::string& text, const Json& value, std::size_t level = 0) {
    constexpr std::size_t level_of_parts = 5;
    if (!value.is_structured() || value.empty() || level == level_of_parts) {
        text += value.dump(-1, ' ', false, Json::error_handler_t::replace);
        return;
    }
    const std::string line = '\n' + std::string(2 * (level + 1), ' ');
    const char* separator = "";
    text += value.is_object() ? '{' : '[';
    for (const auto& [key, part] : value.items()) {
        text += separator + line;
        if (value.is_object()) {
            text += Json(key).dump() + ": ";
        }
        write(text, part, level + 1);
        separator = ",";
    }
    text += '\n' + std::string(2 * level, ' ');
    text += value.is_object() ? '}' : ']';
}

}  // namespace

std::string render_json(const Result& result, Audience audience) {
    Json exercises = Json::array();
    for (const ExerciseResult& exercise : result.exercises) {
        exercises.push_back(exercise_json(exercise, audience));
    }
    Json document;
    document["schema"] = result_schema;
    document["audience"] = audience == Audience::instructor ? "instructor" : "student";
    document["submission"] = clean_name(result.submission);
    if (audience == Audience::instructor) {
        // As text: many readers of JSON round numbers past 2^53.
        document["seed"] = std::to_string(result.seed);
    }
    document["isolation"] = clean_text(result.isolation);
    document["points"] = result.points();
    document["max_points"] = result.max_points();
    document["exit_code"] = result.exit_code();
    document["exercises"] = std::move(exercises);
    document["times"] = times_json(result.times);
    std::string text;
    write(text, document);
    return text += '\n';
}

}  // namespace lockstep
