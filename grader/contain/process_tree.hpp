// The processes of a contained program, seen through /proc.
#pragma once

#include <contain/descriptor.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace lockstep {

/// What a tree of processes uses at one moment.
struct Use {
    unsigned processes = 0;           ///< alive
    std::size_t resident_bytes = 0;   ///< the sum; a shared page counts once a process
    std::chrono::nanoseconds cpu{0};  ///< with that of ended ones, in the kernel's ticks
};

class ProcessTree {
public:
    /// All processes below `root`, which is not one of them, in this process's own /proc.
    [[nodiscard]] static ProcessTree below(pid_t root);
    /// All processes of a sandbox but its first, by a descriptor of its /proc.
    [[nodiscard]] static ProcessTree of_sandbox(Descriptor proc);

    /// Zombies included.
    [[nodiscard]] std::vector<pid_t> members() const;
    [[nodiscard]] Use use() const;
    /// How long the threads that are alive have waited for a processor, in sum: what others on this
    /// machine have taken of their time. Zero where the kernel does not count it; nothing where
    /// nobody is alive. Reads a file for each thread.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> queued() const;

private:
    ProcessTree(Descriptor proc, pid_t root, bool is_sandbox);

    Descriptor proc_;
    pid_t root_;  ///< as `proc_` numbers it
    bool is_sandbox_;
};

/// As long as it lives, no other process gets this number; readable when the process has ended.
/// None where there is no such process, and before Linux 5.3.
[[nodiscard]] Descriptor hold(pid_t process) noexcept;

/// Sends `signal` to all processes below `root`.
void signal_below(pid_t root, int signal);

}  // namespace lockstep
