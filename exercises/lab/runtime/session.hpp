// What the process has to lend the lab while it runs bodies: its fatal signals, its terminate
// handler, a timer that notices when a body reaches no scheduling point, and the right to run.
#pragma once

#include <lab/runtime/thread.hpp>

#include <signal.h>

#include <array>
#include <atomic>
#include <chrono>

namespace lab::runtime {

/// The signals of a program's own faults.
inline constexpr std::array fatal_signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};

/// One at a time: a second thread that asks waits for the first to be done. Everything is given
/// back at the end. Throws Error inside a run.
class Session {
public:
    explicit Session(std::chrono::milliseconds patience);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

private:
    struct Lent;
    Lent* lent_ = nullptr;
};

/// Tells the watchdog that the lab itself is waiting, and knows why.
void watchdog_sees_life() noexcept;

/// CLOCK_MONOTONIC, in nanoseconds, whatever the virtual clock says.
[[nodiscard]] Time real_nanoseconds() noexcept;
void real_sleep(Time nanoseconds) noexcept;

}  // namespace lab::runtime
