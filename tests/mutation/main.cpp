// Holds the hidden checks against mutants of the reference solutions: each must be found wrong, or
// be equivalent, with the reason in survivors.toml.
//
//     mutate [--exercise ID]… [--jobs N] [--seed N] [--list]
//
// Exit codes: 0 every mutant is killed or known to be equivalent; 1 some are not, or an entry of
// survivors.toml is of no use any more; 2, 3 as the grader's.
#include "mutants.hpp"
#include "survivors.hpp"

#include <base/error.hpp>
#include <base/read_file.hpp>
#include <base/scratch_folder.hpp>
#include <build/cache.hpp>
#include <exercise/kit.hpp>
#include <grading/grading.hpp>
#include <verify/parallel.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fs = std::filesystem;

namespace mutation {
namespace {

using lockstep::GraderError;

struct Asked {
    std::vector<std::string> exercises;
    unsigned jobs = 0;
    std::uint64_t seed = 1;
    bool list = false;
};

/// A mutant of one file of a solution, and what became of it.
struct Case {
    const lockstep::Exercise* exercise = nullptr;
    std::string file;
    Mutant mutant;
    enum class Fate { killed, not_compiled, survived, not_judged } fate;
    std::string by;  ///< the first check that failed, and its verdict
};

std::string read(const fs::path& path) {
    std::optional<std::string> bytes = lockstep::read_bytes(path);
    if (!bytes) throw GraderError{fmt::format("{} can't be read.", path.string())};
    return *std::move(bytes);
}

void write(const fs::path& path, const std::string& text) {
    std::ofstream file{path, std::ios::binary};
    file << text;
    if (!file.flush()) throw GraderError{fmt::format("{} can't be written.", path.string())};
}

std::vector<Case> cases_of(const lockstep::Kit& kit, const lockstep::Exercise& exercise) {
    std::vector<Case> cases;
    for (const std::string& file : exercise.files)
        for (Mutant& mutant : mutants_of(read(kit.solutions() / exercise.id / file)))
            cases.push_back({&exercise, file, std::move(mutant), Case::Fate::not_judged, ""});
    return cases;
}

void judge(Case& mutated, const lockstep::Kit& kit, const lockstep::Grading& grading,
           std::uint64_t seed) {
    const lockstep::ScratchFolder folder;
    for (const std::string& file : mutated.exercise->files)
        write(folder.path() / file, file == mutated.file
                                        ? mutated.mutant.source
                                        : read(kit.solutions() / mutated.exercise->id / file));
    const lockstep::Result result = grading.grade(
        folder.path(), {.exercises = {mutated.exercise->id}, .seed = seed, .progress = {}});
    mutated.fate = Case::Fate::survived;
    for (const lockstep::ExerciseResult& exercise : result.exercises)
        for (const lockstep::CheckResult& check : exercise.checks) {
            const lockstep::Verdict verdict = check.finding.verdict;
            if (verdict == lockstep::Verdict::pass) continue;
            mutated.by = fmt::format("{} {}", check.id, name_of(verdict));
            mutated.fate = verdict == lockstep::Verdict::build_error ? Case::Fate::not_compiled
                           : costs_points(verdict)                   ? Case::Fate::killed
                                                                     : Case::Fate::not_judged;
            if (mutated.fate != Case::Fate::not_judged) return;
        }
}

const char* word(Case::Fate fate) {
    switch (fate) {
    case Case::Fate::killed: return "killed";
    case Case::Fate::not_compiled: return "does not compile";
    case Case::Fate::survived: return "SURVIVED";
    case Case::Fate::not_judged: break;
    }
    return "not judged";
}

void tell(const Case& mutated, const std::string& more) {
    const Mutant& mutant = mutated.mutant;
    fmt::print("{:<16} {}/{}:{} {}\n    - {}\n", word(mutated.fate), mutated.exercise->id,
               mutated.file, mutant.line, mutant.kind, mutant.was);
    if (!mutant.becomes.empty()) fmt::print("    + {}\n", mutant.becomes);
    if (!more.empty()) fmt::print("    {}\n", more);
}

void tell_table(const std::vector<Case>& cases) {
    struct Row {
        std::size_t made = 0, killed = 0, not_compiled = 0, survived = 0;
    };
    std::map<std::string, Row> rows;
    for (const Case& mutated : cases)
        for (const std::string& name : {mutated.exercise->id, std::string{"total"}}) {
            Row& row = rows[name];
            ++row.made;
            row.killed += mutated.fate == Case::Fate::killed ? 1U : 0U;
            row.not_compiled += mutated.fate == Case::Fate::not_compiled ? 1U : 0U;
            row.survived += mutated.fate == Case::Fate::survived ? 1U : 0U;
        }
    fmt::print("\n{:<24} {:>8} {:>8} {:>14} {:>10}\n", "exercise", "mutants", "killed",
               "don't compile", "survived");
    for (const auto& [name, row] : rows)
        fmt::print("{:<24} {:>8} {:>8} {:>14} {:>10}\n", name, row.made, row.killed,
                   row.not_compiled, row.survived);
}

int mutate(const Asked& asked) {
    const lockstep::Kit kit = lockstep::Kit::find();
    const lockstep::Grading grading{kit, lockstep::default_cache()};
    Survivors survivors{kit.source() / "tests/mutation/survivors.toml"};

    std::vector<Case> cases;
    for (const lockstep::Exercise& exercise : kit.exercises()) {
        bool wanted = asked.exercises.empty();
        for (const std::string& name : asked.exercises)
            wanted = wanted || &kit.exercise(name) == &exercise;
        if (!wanted) continue;
        for (Case& mutated : cases_of(kit, exercise)) cases.push_back(std::move(mutated));
    }
    if (asked.list) {
        for (const Case& mutated : cases) tell(mutated, "");
        return 0;
    }

    std::mutex access;
    std::size_t done = 0;
    lockstep::in_parallel(cases.size(), asked.jobs, [&](std::size_t number) {
        Case& mutated = cases[number];
        judge(mutated, kit, grading, asked.seed);
        const std::scoped_lock lock{access};
        fmt::print(stderr, "{}/{} {} {}:{} {} {}\n", ++done, cases.size(), mutated.exercise->id,
                   mutated.file, mutated.mutant.line, word(mutated.fate), mutated.by);
    });

    bool fine = true;
    for (const Case& mutated : cases) {
        if (mutated.fate != Case::Fate::survived && mutated.fate != Case::Fate::not_judged)
            continue;
        const std::string why = survivors.why(mutated.exercise->id, mutated.file, mutated.mutant);
        fine = fine && !why.empty();
        tell(mutated, why.empty() ? "Not known to be equivalent: add a check that kills it, or the "
                                    "reason to survivors.toml."
                                  : "Equivalent: " + why);
    }
    if (asked.exercises.empty())
        for (const std::string& entry : survivors.unused()) {
            fine = false;
            fmt::print("survivors.toml: {} did not survive: take the entry out.\n", entry);
        }
    tell_table(cases);
    return fine ? 0 : 1;
}

int run(int argc, char** argv) {
    Asked asked;
    CLI::App app{"Grades mutants of the reference solutions.", "mutate"};
    app.add_option("--exercise", asked.exercises, "only this one; may be given again");
    app.add_option("--jobs", asked.jobs, "how many at a time (default: one per usable core)");
    app.add_option("--seed", asked.seed, "what hidden workloads are drawn from (default: 1)");
    app.add_flag("--list", asked.list, "only list the mutants");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return mutate(asked);
}

}  // namespace
}  // namespace mutation

int main(int argc, char** argv) {
    try {
        return mutation::run(argc, argv);
    } catch (const lockstep::UsageError& error) {
        std::fprintf(stderr, "mutate: %s\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mutate: %s\n", error.what());
    }
    return 3;
}
