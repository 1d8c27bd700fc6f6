// One contained program watched from its start to its end. See supervisor.cpp for the whole.
#pragma once

#include <contain/wire.hpp>

namespace lockstep {

/// Comes back when the program, and all that it started, are gone. `control` leads to the grader:
/// when it ends, so does the program. `channel` is passed on, and closed here; -1: none.
[[nodiscard]] Outcome supervise(const Order& order, int control, int channel);

}  // namespace lockstep
