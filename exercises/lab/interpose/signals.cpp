// Signal masks. A program may block what it likes, but for the signals by which the lab learns of
// the program's faults and endless loops: the kernel ends a process for a fault that is blocked.
#include <lab/interpose/doors.hpp>
#include <lab/runtime/session.hpp>

#include <signal.h>

LAB_ORIGINAL(pthread_sigmask)
LAB_ORIGINAL(sigprocmask)

using namespace lab::interpose;
using lab::runtime::Thread;
using lab::runtime::World;

namespace {

/// `set`, or `kept` as what of it may be blocked.
const sigset_t* permitted(int how, const sigset_t* set, sigset_t& kept) noexcept {
    if (set == nullptr || how == SIG_UNBLOCK) return set;
    kept = *set;
    sigdelset(&kept, lab::runtime::watchdog_signal);
    for (const int number : lab::runtime::fatal_signals) sigdelset(&kept, number);
    return &kept;
}

}  // namespace

extern "C" {

int pthread_sigmask(int how, const sigset_t* set, sigset_t* former) noexcept {
    sigset_t kept;
    return enter([&] { return original_pthread_sigmask(how, set, former); },
                 [&](World&, Thread&) {
                     return original_pthread_sigmask(how, permitted(how, set, kept), former);
                 });
}

int sigprocmask(int how, const sigset_t* set, sigset_t* former) noexcept {
    sigset_t kept;
    return enter([&] { return original_sigprocmask(how, set, former); },
                 [&](World&, Thread&) {
                     return original_sigprocmask(how, permitted(how, set, kept), former);
                 });
}

}  // extern "C"
