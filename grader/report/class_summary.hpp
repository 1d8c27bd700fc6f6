// What there is to see in the results of a class: computed once, rendered by many.
#pragma once

#include <report/class_results.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace lockstep {

/// A check that some student's result has.
struct CheckColumn {
    std::string exercise;
    std::string check;
    Text exercise_title;
    Text title;
    Text shows;
    std::size_t passed = 0;
    std::size_t failed = 0;  ///< what costs points
    std::size_t other = 0;   ///< skipped, or the grader failed
};

/// "14 students block the loop."
struct Diagnosis {
    Verdict verdict = Verdict::wrong;
    std::size_t column = 0;
    std::size_t students = 0;
    /// In every check of the exercise that the column belongs to, and therefore counted once: what
    /// does not build fails them all.
    bool everywhere = false;
};

struct ClassSummary {
    /// In the order of the exercises' ids, and within one as its results have them.
    std::vector<CheckColumn> columns;
    /// For each attempt, in each column, its check; null where there is none.
    std::vector<std::vector<const CheckResult*>> map;
    /// How many results earn 0 to 9 % of their own maximum, 10 to 19 %, …; all of it comes last.
    std::array<std::size_t, 11> distribution{};
    std::vector<Diagnosis> diagnoses;  ///< the most common first
    std::size_t results = 0;           ///< attempts that have one
    std::size_t empty = 0;             ///< attempts in which there was nothing to grade
    std::size_t broken = 0;  ///< other attempts without one, or with a check that was not judged
    int max_points = 0;      ///< the largest there is
    int median = 0;          ///< of points; the lower one of two
};

/// Points into `results`, which must outlive it.
[[nodiscard]] ClassSummary summarise(const ClassResults& results);

/// An index into ClassSummary::distribution.
[[nodiscard]] std::size_t bin_of(const Result& result) noexcept;

}  // namespace lockstep
