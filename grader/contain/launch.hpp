// From a fresh process to the program: limits, user, descriptors, then exec.
#pragma once

#include <contain/descriptor.hpp>
#include <contain/wire.hpp>

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace lockstep {

/// The user nobody, by the number that it has on every Linux: no file belongs to it.
inline constexpr unsigned nobody = 65534;

/// Gives up root, for good. False, with errno, where that is refused.
bool become_nobody() noexcept;

struct Launched {
    pid_t process = -1;
    Descriptor asks_to_signal;  ///< for a SignalGate; none in a sandbox
    std::string failure;        ///< where `process` is -1: why, a sentence
};

/// Starts the order's program as a child of this process. `channel` becomes its descriptor 3, -1 is
/// none. `protected_processes`: what it may not signal, see forbid_system_calls; empty inside a
/// sandbox, where it sees none.
[[nodiscard]] Launched launch(const Order& order, int channel,
                              const std::vector<pid_t>& protected_processes);

}  // namespace lockstep
