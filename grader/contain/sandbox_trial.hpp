// Whether this machine allows a sandbox.
#pragma once

#include <contain/containment.hpp>

namespace lockstep {

/// What it takes that a program of nothing but an exit, run in a sandbox, came to `outcome`.
[[nodiscard]] Isolation isolation_from_trial(const Outcome& outcome);

}  // namespace lockstep
