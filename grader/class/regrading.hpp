// Grading anew what has marks already, and what that would change.
#pragma once

#include <class/class_grading.hpp>

#include <string>
#include <vector>

namespace lockstep {

struct Change {
    Row before;
    Row after;
};

struct Regrading {
    std::vector<Change> lowered;
    std::vector<Change> raised;
    std::vector<Change> failed;  ///< had a mark, and could not be graded now: keeps it
    std::size_t same = 0;
    std::vector<Row> rows;  ///< to be stored if that is what is wanted: without those that failed
};

/// Grades the latest attempt of every student (of `students`, where there are any) anew, from where
/// it was found then. Stores nothing. Throws GraderError after `stop`.
[[nodiscard]] Regrading regrade(ClassGrading& grading, const Kit& kit, const Gradebook& gradebook,
                                const std::vector<std::string>& students,
                                const ClassOptions& options);

}  // namespace lockstep
