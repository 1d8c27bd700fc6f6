// For PrairieLearn: /grade/results/results.json, at most 1 MB.
//
// `gradable` is false where a check came to grader_error: the student then loses neither points nor
// an attempt.
#pragma once

#include <report/formats.hpp>

#include <string>

namespace lockstep {

[[nodiscard]] std::string render_prairielearn(const Result& result, const ReportContext& context);

}  // namespace lockstep
