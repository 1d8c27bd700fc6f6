#include <collect/submission.hpp>

#include <base/error.hpp>
#include <collect/tree.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <system_error>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

bool has_any(const Tree& tree, const Exercise& exercise, const std::string& below) {
    return std::any_of(exercise.files.begin(), exercise.files.end(),
                       [&](const std::string& file) { return tree.has(below + file); });
}

/// The one folder that holds everything, as archives have it: "NAME/"; "" if there is none.
std::string enclosing_folder(const Tree& tree) {
    std::string only;
    for (const std::string& folder : tree.folders()) {
        // What macOS and programs leave beside it.
        if (folder == "__MACOSX" || folder.starts_with('.')) continue;
        if (!only.empty()) return "";
        only = folder + "/";
    }
    return only;
}

/// What comes before an exercise's files in this submission, where they have a folder of their own.
std::optional<std::string> folder_of(const Tree& tree, const Exercise& exercise,
                                     const std::string& enclosing) {
    for (const std::string& outer : {std::string{}, enclosing}) {
        for (const char* inner : {"exercises/", ""}) {
            std::string below = outer + inner + exercise.id + "/";
            if (has_any(tree, exercise, below)) return below;
        }
    }
    return std::nullopt;
}

Submission take(const Tree& tree, const Exercise& exercise, const std::string& below) {
    Submission submission{&exercise, {}, {}};
    for (const std::string& file : exercise.files) {
        if (!tree.has(below + file)) {
            submission.problems.push_back(
                fmt::format("{} is missing: exercise {} is graded with all of its files ({}).",
                            file, exercise.id, fmt::join(exercise.files, ", ")));
            continue;
        }
        Taken taken = tree.read(below + file);
        if (!taken.refusal.empty()) {
            submission.problems.push_back(fmt::format("{} {}", file, taken.refusal));
        } else {
            submission.files.push_back({file, std::move(taken.bytes)});
        }
    }
    return submission;
}

std::set<std::string> all_names(const std::vector<const Exercise*>& exercises) {
    std::set<std::string> names;
    for (const Exercise* exercise : exercises) {
        names.insert(exercise->files.begin(), exercise->files.end());
    }
    return names;
}

std::unique_ptr<Tree> open(const fs::path& path, const std::set<std::string>& names) {
    std::error_code error;
    // The path itself is the caller's own word, so here a link is followed.
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) {
        throw UsageError(
            fmt::format("There is no {}: name the folder or the archive that was "
                        "handed in.",
                        path.string()));
    }
    if (status.type() == fs::file_type::none) {
        throw UsageError(fmt::format("{} can't be read ({}): give yourself the right to.",
                                     path.string(), error.message()));
    }
    if (fs::is_directory(status)) return open_folder(path);
    if (fs::is_regular_file(status)) return open_archive(path, names);
    throw UsageError(
        fmt::format("{} is neither a folder nor an archive: hand in one of these.", path.string()));
}

/// Flat files say nothing about the exercise they are for.
const Exercise* flat_exercise(const Tree& tree, const std::string& below,
                              const std::vector<const Exercise*>& exercises, const fs::path& path) {
    std::vector<const Exercise*> fitting;
    for (const Exercise* exercise : exercises) {
        if (has_any(tree, *exercise, below)) fitting.push_back(exercise);
    }
    if (fitting.size() > 1) {
        throw UsageError(
            fmt::format("The files in {} may be for {} or for {}: say which with "
                        "--exercise.",
                        path.string(), fitting[0]->id, fitting[1]->id));
    }
    return fitting.empty() ? nullptr : fitting.front();
}

std::vector<const Exercise*> exercises_of(const Kit& kit, const std::vector<std::string>& wanted) {
    std::set<const Exercise*> named;
    for (const std::string& name : wanted) named.insert(&kit.exercise(name));
    std::vector<const Exercise*> exercises;
    for (const Exercise& exercise : kit.exercises()) {
        if (wanted.empty() || named.contains(&exercise)) exercises.push_back(&exercise);
    }
    return exercises;
}

[[noreturn]] void nothing_of(const std::vector<const Exercise*>& exercises, const fs::path& path) {
    std::vector<std::string> places;
    for (const Exercise* exercise : exercises) {
        places.push_back(fmt::format("exercises/{}/{}", exercise->id, exercise->files.front()));
    }
    throw UsageError(fmt::format("There is no exercise in {}: it needs {}.", path.string(),
                                 fmt::join(places, " or ")));
}

}  // namespace

std::vector<Submission> collect(const fs::path& path, const Kit& kit,
                                const std::vector<std::string>& wanted) {
    const std::vector<const Exercise*> exercises = exercises_of(kit, wanted);
    const std::set<std::string> names = all_names(exercises);
    const std::unique_ptr<Tree> tree = open(path, names);
    const std::string enclosing = enclosing_folder(*tree);

    std::vector<std::optional<std::string>> places;
    for (const Exercise* exercise : exercises) {
        places.push_back(folder_of(*tree, *exercise, enclosing));
    }
    const auto found = [](const auto& place) { return place.has_value(); };
    if (std::none_of(places.begin(), places.end(), found)) {
        for (const std::string& below : {std::string{}, enclosing}) {
            const Exercise* flat = flat_exercise(*tree, below, exercises, path);
            if (flat) return {take(*tree, *flat, below)};
        }
        nothing_of(exercises, path);
    }

    std::vector<Submission> submissions;
    for (std::size_t i = 0; i < exercises.size(); ++i) {
        // One that was asked for and is not there has all of its files missing.
        if (places[i] || !wanted.empty()) {
            const std::string nowhere = "exercises/" + exercises[i]->id + "/";
            submissions.push_back(take(*tree, *exercises[i], places[i].value_or(nowhere)));
        }
    }
    return submissions;
}

}  // namespace lockstep
