// A look at a process and all that it has started, from outside.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace lockstep {

struct Thread {
    pid_t process = 0;
    pid_t thread = 0;
    char state = '?';            ///< R, S, D, Z, …: proc(5)
    unsigned long switches = 0;  ///< how often it has gone to sleep, or was made to wait

    [[nodiscard]] bool asleep() const noexcept;  ///< it waits, was stopped, or is dead
    friend bool operator==(const Thread&, const Thread&) = default;
};

struct Process {
    pid_t id = 0;
    pid_t parent = 0;
    std::vector<Thread> threads;

    [[nodiscard]] bool dead() const noexcept;    ///< it has ended, and nobody has waited for it
    [[nodiscard]] bool asleep() const noexcept;  ///< every thread of it waits, or it is dead
    friend bool operator==(const Process&, const Process&) = default;
};

/// `root`, unless it is gone, and everything below it, by number. A dead one has no threads.
[[nodiscard]] std::vector<Process> processes_below(pid_t root);

/// Whether this is for good: nothing in two looks has run, or could.
///
/// Who sleeps is woken by somebody who runs, by a clock, or from outside. Where all of a tree sleep
/// and not one has run between two looks, only the last two are left; so this does not depend on
/// how much else the machine has to do.
[[nodiscard]] bool all_asleep(const std::vector<Process>& before,
                              const std::vector<Process>& now) noexcept;

/// What a sleeping process waits for: "waits for a child process to end". Of its first thread.
[[nodiscard]] std::string what_it_waits_for(pid_t process);

}  // namespace lockstep
