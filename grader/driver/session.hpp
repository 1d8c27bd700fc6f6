// The driver's run of Catch2, whichever generation: which checks there are, and what each came to.
#pragma once

#include <build/flavour.hpp>
#include <score/finding_json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace lockstep {

/// Runs the hidden checks of an exercise that need a flavour of worker, in the order in which they
/// were defined: TEST_CASE("EXERCISE/CHECK", "[EXERCISE][FLAVOUR]"). `begun` is told each check's
/// id before it runs. A test case that fails without a finding is a `grader_error`. The examination
/// must be set.
[[nodiscard]] std::vector<CheckFinding> run_checks(
    const std::string& exercise, Flavour flavour,
    const std::function<void(const std::string&)>& begun);

}  // namespace lockstep
