// Passing the baton: from the context that holds it to the one that gets it next.
//
// Exactly one context runs at any time. There are two ways to keep it so:
//
//   user level   All contexts run on one kernel thread, the one that called `observe`. A switch
//                saves the callee-saved registers, sets the FS base to the other context's thread
//                control block, and takes its stack. Since thread-local storage is addressed
//                through FS, `errno`, `thread_local`, pthread_self() and Asio's per-thread state
//                are each context's own.
//   futex        Every context has its own kernel thread; the baton is a futex word each.
//
// The first sets the FS base by an instruction where the kernel allows it (FSGSBASE: Linux 5.9 and
// later on x86-64), else by a system call, which is still cheaper than waking another kernel
// thread; the second works everywhere. What a program can observe is the same.
#pragma once

#include <atomic>
#include <cstdint>

namespace lab::runtime {

struct Thread;

struct Context {
    void* stack_pointer = nullptr;        ///< user level: where it was left
    std::uintptr_t thread_pointer = 0;    ///< user level: its FS base
    std::atomic<std::uint32_t> baton{0};  ///< futex: 1 when it may run
};

/// True when this machine, kernel and process allow the user-level way.
[[nodiscard]] bool can_switch_at_user_level() noexcept;

/// The calling thread's FS base (user level only).
[[nodiscard]] std::uintptr_t current_thread_pointer() noexcept;

/// Lays out a new context so that the first switch to it calls `lab_thread_main(thread)` on the
/// stack that ends at `stack_top`.
void prepare_context(Context& context, void* stack_top, Thread& thread) noexcept;

/// Saves the caller in `from` and goes on in `to`; returns when somebody switches back.
void switch_at_user_level(Context& from, Context& to) noexcept;

/// Wakes `to`, then waits for the baton to come back to `from`.
void switch_by_futex(Context& from, Context& to) noexcept;
/// Wakes `to` and returns: for a thread that has ended.
void pass_baton(Context& to) noexcept;
/// Waits until the baton comes to `context`.
void await_baton(Context& context) noexcept;

}  // namespace lab::runtime

/// Where a prepared context begins. It does not return.
extern "C" [[noreturn]] void lab_thread_main(lab::runtime::Thread* thread);
