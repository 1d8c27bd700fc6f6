// What the commands for whole classes have in common.
#pragma once

#include <base/error.hpp>
#include <gradebook/gradebook.hpp>
#include <grading/grading.hpp>
#include <report/foreign.hpp>

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace lockstep {

/// One student's program could reach another's marks. Throws GraderError.
inline void insist_on_isolation(const Grading& grading, bool allow_weak) {
    if (grading.isolation().sandbox || allow_weak) return;
    throw GraderError{fmt::format(
        "A class is not graded without a sandbox. {} To grade all the same, with programs that can "
        "reach what this user can, say --allow-weak-isolation.",
        grading.isolation().limitation)};
}

/// "  alice      12 of 18" or "  alice      why there is no mark"; a line.
inline std::string line_of(const Row& row) {
    const std::string what =
        row.judged() ? fmt::format("{} of {}", row.points, row.max_points) : row.error;
    return fmt::format("  {:<24} {}\n", clean_name(row.student), clean_sentence(what));
}

}  // namespace lockstep
