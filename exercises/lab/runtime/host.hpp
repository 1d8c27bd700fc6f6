// Hosts: the real threads that lend their identity to lab threads.
//
// A lab thread needs a thread control block of its own (pthread_self, thread_local, errno), so each
// runs on a host: a real thread that was made once and is parked in a futex. At user level the lab
// thread runs on the lower part of the host's own stack, below the frames in which the host is
// parked. So the host's guard page, and what a sanitizer believes of its stack, hold for the lab
// thread too. With the futex hand-over the host simply runs the lab thread itself.
//
// Hosts are used again; a new tenant finds every thread_local of the program in its initial state.
// Under a sanitizer a host serves one tenant a run only: for ThreadSanitizer two tenants of one
// host would be one thread, whose parts are ordered, and a race between them would be overlooked.
#pragma once

#include <lab/runtime/context.hpp>
#include <lab/runtime/thread.hpp>

#include <pthread.h>
#include <signal.h>

#include <cstddef>
#include <vector>

namespace lab::runtime {

/// The lab thread that the calling thread is running; null outside a run and inside the lab's own
/// code. Local to the host, so that other threads of the process are never taken for lab threads.
[[gnu::tls_model("initial-exec")]] extern constinit thread_local Thread* current;

struct Host {
    Context context;
    pthread_t handle{};
    Thread* tenant = nullptr;
    bool for_one = false;  ///< not to be used again: see sanitiser_is_static
    static constexpr std::uint32_t parked = 1;
    static constexpr std::uint32_t dismissed = 2;
    std::atomic<std::uint32_t> state{0};  ///< 0 while it is being made
    std::byte* stack_low = nullptr;       ///< lowest usable byte
    std::byte* stack_top = nullptr;       ///< where the tenant's part begins (user level)
    std::byte* stack_end = nullptr;       ///< one past the highest byte
    std::size_t guard_size = 0;
    int kernel_id = 0;

    /// One module's thread_local variables on this host, and how they look in a new thread.
    struct Locals {
        void* address;
        const void* image;
        std::size_t initialised;
        std::size_t size;
    };
    std::vector<Locals> locals;
};

/// True in programs built with ThreadSanitizer or AddressSanitizer.
[[nodiscard]] bool sanitised() noexcept;

/// The signal by which the watchdog interrupts a tenant that reaches no scheduling point.
inline constexpr int watchdog_signal = SIGURG;  // ignored by default, and used by next to nobody

/// All hosts of the process. Used only by the thread that holds the baton.
///
/// A host whose tenant is abandoned in the middle of its code is simply never given back: its stack
/// may be referred to from anywhere.
class Hosts {
public:
    /// A parked host for `tenant`, its context laid out; null when the system gives no thread.
    [[nodiscard]] Host* take(Thread& tenant, bool user_level);
    /// The tenant has ended, and nobody will ask for it any more: `host` may serve again, or ends.
    void give_back(Host& host, bool user_level);
    /// In a child process, which has none of these threads.
    void forget_all() noexcept;

private:
    [[nodiscard]] Host* make(bool user_level);
    std::vector<Host*> parked_[2];  ///< by hand-over: futex, user level
};

[[nodiscard]] Hosts& hosts();

/// Runs a lab thread from its first to its last step, passes the baton on and returns: what a host
/// does with the futex hand-over. (At user level `lab_thread_main` does, and never returns.)
void run_tenant(Thread& tenant);

}  // namespace lab::runtime
