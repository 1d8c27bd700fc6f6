#include <exercise/kit.hpp>

#include <base/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <system_error>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

std::vector<Exercise> read_exercises(const fs::path& folder) {
    std::vector<Exercise> exercises;
    std::error_code error;
    for (fs::directory_iterator entry{folder, error}, end; entry != end; entry.increment(error)) {
        if (error) break;
        if (fs::exists(entry->path() / "exercise.toml")) {
            exercises.push_back(read_manifest(entry->path()));
        }
    }
    if (error) {
        throw GraderError(
            fmt::format("The exercises in {} can't be read ({}): run the grader from "
                        "its build folder, or set LOCKSTEP_SOURCE to the kit's folder.",
                        folder.string(), error.message()));
    }
    if (exercises.empty()) {
        throw GraderError(
            fmt::format("There is no exercise in {}: set LOCKSTEP_SOURCE to the kit's "
                        "folder.",
                        folder.string()));
    }
    std::sort(exercises.begin(), exercises.end(),
              [](const Exercise& a, const Exercise& b) { return a.number < b.number; });
    const auto twins = std::adjacent_find(
        exercises.begin(), exercises.end(),
        [](const Exercise& a, const Exercise& b) { return a.number == b.number; });
    if (twins != exercises.end()) {
        throw GraderError(fmt::format("The exercises {} and {} have the same number: renumber one.",
                                      twins->id, std::next(twins)->id));
    }
    return exercises;
}

/// BUILD, when this program is BUILD/bin/NAME or below.
fs::path build_of_this_program() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    for (fs::path folder = program.parent_path(); !error && folder.has_relative_path();
         folder = folder.parent_path()) {
        if (fs::exists(folder / "source_folder", error)) return folder;
    }
    throw GraderError(
        "This program does not lie in a build folder of the kit: run it from there, or set "
        "LOCKSTEP_BUILD to the build folder and LOCKSTEP_SOURCE to the kit's folder.");
}

fs::path source_of(const fs::path& build) {
    std::ifstream in{build / "source_folder"};
    std::string source;
    std::getline(in, source);
    if (source.empty()) {
        throw GraderError(fmt::format(
            "{} is no build folder of the kit: set LOCKSTEP_BUILD to one.", build.string()));
    }
    return source;
}

fs::path from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value && *value ? fs::absolute(value) : fs::path{};
}

std::string short_name(const Exercise& exercise) { return exercise.id.substr(3); }

}  // namespace

Kit::Kit(fs::path source, fs::path build)
    : source_{std::move(source)},
      build_{std::move(build)},
      exercises_{read_exercises(source_ / "exercises")} {}

Kit Kit::find() {
    fs::path build = from_environment("LOCKSTEP_BUILD");
    if (build.empty()) build = build_of_this_program();
    fs::path source = from_environment("LOCKSTEP_SOURCE");
    if (source.empty()) source = source_of(build);
    return {std::move(source), std::move(build)};
}

const Exercise& Kit::exercise(std::string_view name) const {
    for (const Exercise& exercise : exercises_) {
        if (name == exercise.id || name == short_name(exercise) ||
            name == fmt::format("{}", exercise.number) ||
            name == fmt::format("{:02}", exercise.number)) {
            return exercise;
        }
    }
    std::vector<std::string_view> ids;
    for (const Exercise& exercise : exercises_) ids.push_back(exercise.id);
    throw UsageError(
        fmt::format("There is no exercise '{}': there are {}.", name, fmt::join(ids, ", ")));
}

std::vector<std::string> Kit::ids_of(const std::vector<std::string>& names) const {
    std::vector<std::string> ids;
    for (const std::string& name : names) ids.push_back(exercise(name).id);
    return ids;
}

fs::path Kit::program(std::string_view name) const { return build_ / "bin" / name; }

}  // namespace lockstep
