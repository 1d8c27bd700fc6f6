// JUnit XML, for any CI: a <testsuite> for each exercise, a <testcase> for each check.
//
// <failure type="deadlock" message="one sentence"> is what costs points, <error> only what the
// grader failed at, <skipped> what was not judged. Points are properties of the suites. XML 1.0 has
// no way to write control characters, and so they are gone.
#pragma once

#include <report/formats.hpp>

#include <string>

namespace lockstep {

[[nodiscard]] std::string render_junit(const Result& result, const ReportContext& context);

}  // namespace lockstep
