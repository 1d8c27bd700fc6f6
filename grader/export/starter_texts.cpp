#include <export/starter_texts.hpp>

#include <base/error.hpp>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/replace.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

/// "base" is what the others inherit from, once for configuring and once for testing.
constexpr std::array<std::string_view, 3> presets_for_students{"base", "student", "asan"};

constexpr std::array<const char*, 4> kinds_of_presets{"configurePresets", "buildPresets",
                                                      "testPresets", "workflowPresets"};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

/// What a line of exercises/CMakeLists.txt adds; empty for other lines.
std::string_view added_by(std::string_view line) {
    constexpr std::string_view call = "lockstep_add_exercise(";
    if (!line.starts_with(call)) {
        return {};
    }
    line.remove_prefix(call.size());
    if (line.find(')') == std::string_view::npos) {
        throw GraderError(
            "A call of lockstep_add_exercise in exercises/CMakeLists.txt is longer than its line: "
            "write it on one, so that a starter can leave it out.");
    }
    return line.substr(0, line.find_first_of(" )"));
}

std::string filled(std::string_view line, const Exercise& exercise) {
    std::string text{line};
    boost::replace_all(text, "@NN@", exercise.id.substr(0, exercise.id.find('-')));
    boost::replace_all(text, "@ID@", exercise.id);
    boost::replace_all(text, "@TITLE@", exercise.title.en);
    boost::replace_all(text, "@SUMMARY@", exercise.summary.en);
    return text;
}

}  // namespace

std::string student_presets(std::string_view presets) {
    Json document = Json::parse(presets, nullptr, false);
    if (!document.is_object()) {
        throw GraderError("CMakePresets.json is no JSON object: correct it.");
    }
    for (const char* kind : kinds_of_presets) {
        Json kept = Json::array();
        for (const Json& preset : document.value(kind, Json::array())) {
            const std::string name = preset.value("name", "");
            if (std::find(presets_for_students.begin(), presets_for_students.end(), name) !=
                presets_for_students.end()) {
                kept.push_back(preset);
            }
        }
        document[kind] = std::move(kept);
    }
    for (const char* kind : kinds_of_presets) {
        const Json& kept = document[kind];
        if (std::none_of(kept.begin(), kept.end(),
                         [](const Json& preset) { return preset["name"] == "student"; })) {
            throw GraderError(fmt::format(
                "CMakePresets.json has no preset 'student' among its {}: add one.", kind));
        }
    }
    return document.dump(2) + '\n';
}

std::string without_other_exercises(std::string_view list, const std::vector<Exercise>& exercises) {
    std::string text;
    std::size_t found = 0;
    for (const std::string_view line : lines_of(list)) {
        const std::string_view id = added_by(line);
        const bool wanted = std::any_of(exercises.begin(), exercises.end(),
                                        [id](const Exercise& each) { return each.id == id; });
        if (id.empty() || wanted) {
            text += line;
        }
        found += wanted ? 1 : 0;
    }
    if (found != exercises.size()) {
        throw GraderError(
            "exercises/CMakeLists.txt does not add each of these exercises once, with "
            "lockstep_add_exercise: correct it.");
    }
    return text;
}

std::string for_each_exercise(std::string_view text, const std::vector<Exercise>& exercises) {
    constexpr std::array<std::string_view, 4> names{"@NN@", "@ID@", "@TITLE@", "@SUMMARY@"};
    std::string result;
    for (const std::string_view line : lines_of(text)) {
        if (std::none_of(names.begin(), names.end(), [line](std::string_view name) {
                return line.find(name) != std::string_view::npos;
            })) {
            result += line;
            continue;
        }
        for (const Exercise& exercise : exercises) {
            result += filled(line, exercise);
        }
    }
    return result;
}

}  // namespace lockstep
