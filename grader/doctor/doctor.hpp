// The state of this machine, as far as grading goes.
#pragma once

#include <build/workshop.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

enum class Health {
    fine,
    degraded,  ///< graded, with less: some check is skipped, or isolation is weaker
    broken,    ///< nothing can be graded
};

[[nodiscard]] std::string_view name_of(Health health) noexcept;

/// What one attempt came to.
struct Symptom {
    std::string id;  ///< "sandbox"
    Health health = Health::fine;
    std::string says;         ///< one sentence: what was found
    std::string consequence;  ///< one sentence; "" when fine
    std::string fix;          ///< one sentence; "" when fine
};

/// Tries everything; takes a few seconds. Never throws for what it finds.
[[nodiscard]] std::vector<Symptom> examine_machine(const Kit& kit,
                                                   const std::filesystem::path& cache);

/// The worst there is.
[[nodiscard]] Health overall(const std::vector<Symptom>& symptoms) noexcept;

}  // namespace lockstep
