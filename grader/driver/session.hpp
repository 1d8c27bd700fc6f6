// The driver's run of Catch2, whichever generation: which checks there are, and what each came to.
#pragma once

#include <score/finding_json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace lockstep {

/// Runs the hidden checks of an exercise: the test cases named "EXERCISE/CHECK", in the order in
/// which they were defined. With the tag `tag` ("[tsan]"), or those without it when it is
/// "~[tsan]". `begun` is told each check's id before it runs. A test case that fails without a
/// finding is a `grader_error`. The examination must be set.
[[nodiscard]] std::vector<CheckFinding> run_checks(
    const std::string& exercise, const std::string& tag,
    const std::function<void(const std::string&)>& begun);

}  // namespace lockstep
