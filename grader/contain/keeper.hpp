// The keeper: the parent of a contained program. See supervisor.cpp for the whole.
#pragma once

#include <sys/types.h>

#include <vector>

namespace lockstep {

/// The life of a keeper. `lifeline` leads to the supervisor: an Order comes in, Reports go out; any
/// further message, and its end, mean that the program must die. `channel`: the program's, or -1.
/// `protected_processes`: which processes, beside the keeper and the supervisor, the program may
/// not signal where there is no sandbox. Returns the exit code.
enum class Surroundings { sandbox, machine };
int keep(int lifeline, int channel, Surroundings surroundings,
         std::vector<pid_t> protected_processes);

}  // namespace lockstep
