#include <verify/trials.hpp>

#include <base/error.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <system_error>
#include <utility>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> folders_in(const fs::path& folder) {
    std::vector<fs::path> folders;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder, error}) {
        if (entry.is_directory()) {
            folders.push_back(entry.path());
        }
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

std::string fix_for(const Trial& trial) {
    switch (trial.kind) {
    case Trial::Kind::skeleton:
        return "Let the skeleton call todo() in everything that is to be written, or let the check "
               "depend on what is not written yet.";
    case Trial::Kind::solution:
        return fmt::format("Mend the solution, or the check in grader/hidden/{}.",
                           trial.exercise->id);
    case Trial::Kind::correct:
        return fmt::format(
            "Mend the check in grader/hidden/{}, which asks for more than the exercise "
            "does, or the submission if it is not correct after all.",
            trial.exercise->id);
    case Trial::Kind::wrong:
    case Trial::Kind::hostile: break;
    }
    return fmt::format("Mend the check in grader/hidden/{}, or the expectation in expect.toml.",
                       trial.exercise->id);
}

/// How a trial that went wrong is told, one line a check.
std::string difference(const CheckResult& check, Verdict expected) {
    const Finding& finding = check.finding;
    std::string line = fmt::format("{}: expected {}, got {}", check.id, name_of(expected),
                                   name_of(finding.verdict));
    if (!finding.happened.empty()) {
        line += ": " + finding.happened.substr(0, finding.happened.find('\n'));
    }
    if (!finding.recipe.empty()) {
        line += fmt::format(" [{}]", finding.recipe.substr(0, finding.recipe.find('\n')));
    }
    return line;
}

/// Adds the submissions in a folder, with the seed 1.
void add_corpus(std::vector<Trial>& trials, const fs::path& folder, Trial::Kind kind,
                const Kit& kit, const Exercise& exercise, KitComplaints& complaints) {
    for (const fs::path& path : folders_in(folder)) {
        const fs::path file = path / "expect.toml";
        if (!fs::exists(file)) continue;  // the layout's complaint
        const std::string about = file.lexically_relative(kit.source()).string();
        try {
            const Expectation expectation = read_expectation(file, exercise);
            const bool must_pass = kind == Trial::Kind::correct;
            if (expectation.verdicts.empty() != must_pass) {
                complaints.push_back({about,
                                      must_pass ? "expects checks of a correct variant to fail."
                                                : "expects every check to pass.",
                                      "Say which checks must not pass, or move the submission."});
            }
            trials.push_back({kind, &exercise, path.filename().string(), path, expectation, 1});
        } catch (const GraderError& error) {
            complaints.push_back({about, error.what(), "Mend it as README.md says."});
        }
    }
}

}  // namespace

std::vector<Trial> trials_of(const Kit& kit, const Exercise& exercise, const std::string& only,
                             unsigned seeds, KitComplaints& complaints) {
    std::vector<Trial> trials{{Trial::Kind::skeleton, &exercise, "skeleton", exercise.folder,
                               all_checks(exercise, Verdict::todo), 1}};
    for (unsigned seed = 1; seed <= seeds; ++seed)
        trials.push_back({Trial::Kind::solution, &exercise, "solution",
                          kit.solutions() / exercise.id, Expectation{}, seed});
    const fs::path corpus = kit.corpus() / exercise.id;
    add_corpus(trials, corpus / "correct", Trial::Kind::correct, kit, exercise, complaints);
    add_corpus(trials, corpus / "wrong", Trial::Kind::wrong, kit, exercise, complaints);
    if (!only.empty()) {
        for (Trial& trial : hostile_trials_of(kit, exercise, complaints))
            trials.push_back(std::move(trial));
        std::erase_if(trials, [&](const Trial& trial) { return trial.name != only; });
    }
    return trials;
}

std::vector<Trial> hostile_trials_of(const Kit& kit, const Exercise& exercise,
                                     KitComplaints& complaints) {
    std::vector<Trial> trials;
    add_corpus(trials, kit.corpus() / "hostile" / exercise.id, Trial::Kind::hostile, kit, exercise,
               complaints);
    return trials;
}

KitComplaints compare(const Trial& trial, const Result& result, const Kit& kit,
                      std::size_t& skipped) {
    std::string differences;
    std::set<std::string> graded;
    for (const ExerciseResult& exercise : result.exercises) {
        for (const CheckResult& check : exercise.checks) {
            graded.insert(check.id);
            const Verdict expected = trial.expectation.of(check.id);
            if (check.finding.verdict == Verdict::skipped) {
                ++skipped;
            } else if (check.finding.verdict != expected) {
                differences += (differences.empty() ? "" : "\n") + difference(check, expected);
            }
        }
    }
    for (const Check& check : trial.exercise->checks) {
        if (!graded.contains(check.id)) {
            differences +=
                fmt::format("{}{}: it was not graded", differences.empty() ? "" : "\n", check.id);
        }
    }
    if (differences.empty()) {
        return {};
    }
    return {{fmt::format("{} (seed {})", trial.folder.lexically_relative(kit.source()).string(),
                         trial.seed),
             differences, fix_for(trial)}};
}

KitComplaints inspect_coverage(const Exercise& exercise, const std::vector<Trial>& trials) {
    std::set<std::string> covered;
    for (const Trial& trial : trials) {
        if (trial.kind == Trial::Kind::wrong && trial.exercise == &exercise &&
            trial.expectation.verdicts.size() == 1) {
            covered.insert(trial.expectation.verdicts.begin()->first);
        }
    }
    KitComplaints complaints;
    for (const Check& check : exercise.checks) {
        if (!covered.contains(check.id)) {
            complaints.push_back(
                {fmt::format("{}: {}", exercise.id, check.id),
                 "no wrong submission is caught by this check alone: nothing shows what it is for.",
                 fmt::format("Add one to tests/submissions/{}/wrong, or drop the check.",
                             exercise.id)});
        }
    }
    return complaints;
}

}  // namespace lockstep
