// What is graded to prove the kit, and what each must get.
#pragma once

#include <exercise/kit.hpp>
#include <score/result.hpp>
#include <verify/complaint.hpp>
#include <verify/expectation.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

/// One submission under one seed.
struct Trial {
    enum class Kind { skeleton, solution, correct, wrong, hostile };

    Kind kind = Kind::wrong;
    const Exercise* exercise = nullptr;
    std::string name;              ///< "skeleton", "solution", or the folder's name
    std::filesystem::path folder;  ///< what is graded
    Expectation expectation;
    std::uint64_t seed = 1;
};

/// The skeleton once, the solution `seeds` times, each submission of the corpus once, but for
/// hostile ones; seeds count up from 1. An expectation that can't be read is a complaint. `only`:
/// those of this name, hostile ones too; "" for all.
[[nodiscard]] std::vector<Trial> trials_of(const Kit& kit, const Exercise& exercise,
                                           const std::string& only, unsigned seeds,
                                           KitComplaints& complaints);

/// The submissions in tests/submissions/hostile: most of them take as long as their limits allow.
[[nodiscard]] std::vector<Trial> hostile_trials_of(const Kit& kit, const Exercise& exercise,
                                                   KitComplaints& complaints);

/// Nothing when the result is what the trial must get; else one complaint, a line for each check.
/// Checks that this machine could not judge (`skipped`) count as right, and are added to `skipped`.
[[nodiscard]] KitComplaints compare(const Trial& trial, const Result& result, const Kit& kit,
                                    std::size_t& skipped);

/// A check is worth its points only when some wrong submission fails it and no other check: a
/// complaint for each that has none.
[[nodiscard]] KitComplaints inspect_coverage(const Exercise& exercise,
                                             const std::vector<Trial>& trials);

}  // namespace lockstep
