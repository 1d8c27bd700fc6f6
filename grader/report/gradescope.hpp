// For Gradescope: /autograder/results/results.json.
//
// Each test is visible, for a hidden one would hide the total from the student as well; what stands
// in it is what the report's audience may see. What the container printed stays hidden.
#pragma once

#include <report/formats.hpp>

#include <string>

namespace lockstep {

[[nodiscard]] std::string render_gradescope(const Result& result, const ReportContext& context);

}  // namespace lockstep
