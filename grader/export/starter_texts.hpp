// Files of the starter that are made from the kit's own.
#pragma once

#include <exercise/manifest.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// The presets of CMakePresets.json that make sense without the kit's own parts. Throws GraderError
/// when one of them is not there.
[[nodiscard]] std::string student_presets(std::string_view presets);

/// exercises/CMakeLists.txt, which has a line for each exercise, with the lines of these only.
/// Throws GraderError when one of them has none.
[[nodiscard]] std::string without_other_exercises(std::string_view list,
                                                  const std::vector<Exercise>& exercises);

/// The text, with every line that names @NN@, @ID@, @TITLE@ or @SUMMARY@ once for each exercise.
[[nodiscard]] std::string for_each_exercise(std::string_view text,
                                            const std::vector<Exercise>& exercises);

}  // namespace lockstep
