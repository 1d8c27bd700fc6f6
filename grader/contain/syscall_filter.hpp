// Forbids a contained program, and all that it starts, the system calls that none of the exercises
// needs and that break out of weak isolation, or make the kernel a larger target.
#pragma once

#include <sys/types.h>

#include <vector>

namespace lockstep {

/// For this thread and everything it executes from now on; there is no way back. Needs
/// PR_SET_NO_NEW_PRIVS. Where the kernel has no such filters, nothing happens.
///
/// `protected_processes`: none in a sandbox, where any process that is seen may be signalled. Else
/// the descriptor given back is for a SignalGate, which decides for each. Where the kernel can't
/// ask (before Linux 5.5, or within another such filter), it is -1, and those processes may not be
/// signalled, nor all at once (kill(-1)).
[[nodiscard]] int forbid_system_calls(const std::vector<pid_t>& protected_processes) noexcept;

}  // namespace lockstep
