// For Classroom 50: result.json as its schema `classroom50/result/v1` has it.
//
// No field more than the schema names at the top level; in a test, more are allowed. The runner
// gives in the environment what the result belongs to, and stamps some of it again itself. It takes
// any exit code but 0 for a failure of the infrastructure.
#pragma once

#include <report/formats.hpp>

#include <string>

namespace lockstep {

/// Throws UsageError where one of these is not set, or is nothing that the schema allows: CLASSROOM
/// ASSIGNMENT SUBMISSION_TAG COMMIT_URL RELEASE_URL, and OWNER or USERNAME. ASSIGNMENT_TYPE is
/// "individual" where it is not set, REVIEW_URL is COMMIT_URL.
void check_classroom50(const ReportContext& context);

[[nodiscard]] std::string render_classroom50(const Result& result, const ReportContext& context);

}  // namespace lockstep
