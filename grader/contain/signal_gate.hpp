// Without a sandbox a program sees everybody's processes, and may signal those of its user: the
// grader's own among them. Here the keeper says which ones it may.
#pragma once

#include <contain/descriptor.hpp>

namespace lockstep {

/// Answers what the system call filter asks (seccomp_unotify(2)): a process below this one may be
/// signalled, and nobody else. Not thread-safe.
class SignalGate {
public:
    /// `listener`: what forbid_system_calls gave; none is a gate at which nobody asks.
    explicit SignalGate(Descriptor listener) noexcept : listener_{std::move(listener)} {}

    /// Readable (POLLIN) when somebody asks; -1 where nobody does.
    [[nodiscard]] int descriptor() const noexcept { return listener_.get(); }
    /// Answers one who asks. Blocks while nobody does.
    void answer() const;

private:
    Descriptor listener_;
};

}  // namespace lockstep
