// Forbids a contained program, and all that it starts, the system calls that none of the exercises
// needs and that break out of weak isolation, or make the kernel a larger target.
#pragma once

#include <sys/types.h>

#include <vector>

namespace lockstep {

/// For this thread and everything it executes from now on; there is no way back. Needs
/// PR_SET_NO_NEW_PRIVS. `protected_processes`: may not be signalled; where it isn't empty, "all
/// processes" (kill(-1)) may not either. Where the kernel has no such filters, nothing happens.
void forbid_system_calls(const std::vector<pid_t>& protected_processes) noexcept;

}  // namespace lockstep
