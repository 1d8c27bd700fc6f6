// Return addresses off the stack: fast, without allocation, for `places_of` to explain later.
//
// Nothing here takes a lock of its own. libgcc's unwinder finds its tables lock-free with
// glibc 2.35 and newer (_dl_find_object), before that under the dynamic loader's lock. The unwinder
// stops where a return address is zero, or has no unwind information: so it does at the base of a
// fiber whose entry function was given a zero return address.
#pragma once

#include <ucontext.h>

#include <cstddef>

namespace lab {

/// The caller's stack, innermost first: with `skip` 0 the first address lies in the function that
/// calls this, with 1 in its caller. How many were written.
std::size_t capture_stack(void** out, std::size_t max, std::size_t skip) noexcept;

/// The stack that a signal interrupted, from within its handler, which may run on a stack of its
/// own; `interrupted` is the context that the handler was given, not a copy (it is changed and
/// changed back). First the interrupted place, plus one as if it were a return address, then the
/// return addresses. After a jump to nowhere, as through a null function pointer, the first is that
/// of the call. Async-signal-safe as far as the unwinder is.
std::size_t capture_stack(void** out, std::size_t max, ucontext_t& interrupted) noexcept;

/// Unwinding a destroyed stack can fault in turn. To survive that, let the handler of SIGSEGV and
/// SIGBUS begin with this: during a capture from a context on this thread it does not return, and
/// the capture ends with what it has. The handler must be installed with SA_NODEFER and an empty
/// mask, and by libc's own sigaction: ThreadSanitizer's blocks all signals in handlers.
void recover_capture() noexcept;

}  // namespace lab
