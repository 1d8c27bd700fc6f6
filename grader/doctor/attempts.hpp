// The single attempts of `examine_machine`.
#pragma once

#include <doctor/doctor.hpp>

namespace lockstep {

[[nodiscard]] Symptom fine(std::string id, std::string says);

// limits.cpp: what it takes to contain a program.
[[nodiscard]] Symptom try_sandbox(const Containment& containment);
/// Each limit is put to a program that breaks it.
[[nodiscard]] Symptom try_limits(const Containment& containment);
/// As many at a time as the first exercise's limits allow.
[[nodiscard]] Symptom try_processes(const Kit& kit, const Containment& containment);
[[nodiscard]] Symptom try_race_detector(const Kit& kit, const Containment& containment);
/// Builds the first exercise's skeleton, in a cache of its own, so that it is really compiled.
[[nodiscard]] Symptom try_compiler(const Kit& kit, const Containment& containment);

// machine.cpp: what there is to run on.
[[nodiscard]] Symptom try_cache(const std::filesystem::path& cache);
[[nodiscard]] Symptom try_disk(const std::filesystem::path& cache);
[[nodiscard]] Symptom try_cores(const Kit& kit);
[[nodiscard]] Symptom try_clock();

}  // namespace lockstep
