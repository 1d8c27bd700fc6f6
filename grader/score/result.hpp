// The result of grading one submission: the one value that every report renders.
#pragma once

#include <base/text.hpp>
#include <lab/timeline/layout.hpp>
#include <score/verdict.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

/// What a check has to say for itself: made by the judge, as one JSON object a check.
struct Finding {
    Verdict verdict = Verdict::grader_error;
    std::string expected;  ///< one sentence; "" for `pass`
    std::string happened;  ///< one or more sentences: what was seen instead
    std::string file;      ///< the student's own file name; "" when no place is known
    unsigned line = 0;
    std::string picture;  ///< the timeline, drawn for 80 columns; "" where none helps
    std::string hint;     ///< one sentence that names the chapter's idea
    /// What `picture` shows, to be drawn by whoever can draw better; thinned.
    std::optional<lab::timeline::Layout> timeline;
    // For instructors only:
    /// That of the reference solution: the same scenario, workload, policy and seed.
    std::optional<lab::timeline::Layout> expected_timeline;
    std::string detail;  ///< diagnoses with stacks, output of the program
    std::string recipe;  ///< scenario, workload, policy and seed that play it again
};

struct CheckResult {
    std::string id;
    Text title;
    Text shows;
    int task = 0;
    int max_points = 0;
    Finding finding;

    [[nodiscard]] int points() const noexcept {
        return costs_points(finding.verdict) ? 0 : max_points;
    }
};

struct ExerciseResult {
    std::string id;
    Text title;
    std::vector<CheckResult> checks;
    std::vector<std::string> notes;  ///< what was not taken, what this machine could not check

    [[nodiscard]] int points() const noexcept;
    [[nodiscard]] int max_points() const noexcept;
};

/// How long it took, in real time: apart, for it is the one thing that differs from run to run.
struct Times {
    struct Exercise {
        std::string id;
        double compile_s = 0;
        double link_s = 0;
        double judge_s = 0;
        bool cached = false;
    };
    std::vector<Exercise> exercises;
    double total_s = 0;
};

struct Result {
    std::string submission;  ///< as named on the command line, its last component
    std::uint64_t seed = 0;
    std::string isolation;  ///< "sandbox", or what is missing
    std::vector<ExerciseResult> exercises;
    Times times;

    [[nodiscard]] int points() const noexcept;
    [[nodiscard]] int max_points() const noexcept;
    /// 0: full marks; 1: something failed; 3: a check could not be graded.
    [[nodiscard]] int exit_code() const noexcept;
};

}  // namespace lockstep
