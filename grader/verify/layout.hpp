// The kit's files: all that must be there is, and nothing else.
#pragma once

#include <exercise/kit.hpp>
#include <verify/complaint.hpp>

namespace lockstep {

/// Whether the exercise's folder, its solution, its hidden checks and its part of the corpus hold
/// what they must and nothing that is not known there.
[[nodiscard]] KitComplaints inspect_layout(const Kit& kit, const Exercise& exercise);

/// Whether solutions/ and tests/submissions/ hold folders of exercises only.
[[nodiscard]] KitComplaints inspect_folders(const Kit& kit);

}  // namespace lockstep
