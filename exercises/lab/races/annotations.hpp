// What the lab tells ThreadSanitizer. Without it in the program, each call is a branch on a null
// pointer.
//
// Every function acts on the TSan thread of the calling thread's TLS: after a switch of the thread
// pointer (the FS base) that is the other thread's, whatever the kernel thread.
#pragma once

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
[[gnu::weak]] void __tsan_acquire(void* address);
[[gnu::weak]] void __tsan_release(void* address);
[[gnu::weak]] void* __tsan_get_current_fiber();
[[gnu::weak]] void* __tsan_create_fiber(unsigned flags);
[[gnu::weak]] void __tsan_destroy_fiber(void* fiber);
[[gnu::weak]] void __tsan_switch_to_fiber(void* fiber, unsigned flags);
[[gnu::weak]] void __tsan_set_fiber_name(void* fiber, const char* name);
[[gnu::weak]] void AnnotateIgnoreReadsBegin(const char* file, int line);
[[gnu::weak]] void AnnotateIgnoreReadsEnd(const char* file, int line);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace lab::tsan {

/// Whether the runtime is there. Not whether it works here: `race_detection` says that.
[[nodiscard]] inline bool present() noexcept { return __tsan_acquire != nullptr; }

/// What was released at this address happens before what follows. Any address will do, the runtime
/// never looks behind it, but it must not be one that the program itself synchronises on.
inline void acquire(void* address) noexcept {
    if (__tsan_acquire != nullptr) __tsan_acquire(address);
}
inline void release(void* address) noexcept {
    if (__tsan_release != nullptr) __tsan_release(address);
}

/// From `ignore_begin` to `ignore_end` no access of the thread is recorded, nor those of
/// intercepted functions, such as memcpy and free. For the lab's own sections; they nest.
/// Synchronisation is recorded all the same, because there the lab takes the program's real locks:
/// it must not use an intercepted lock of its own. A thread must not end inside: the runtime would
/// end the process.
///
/// Writes need no annotation of their own: in the runtime each of the two is both
/// (tsan_interface_ann.cpp, AnnotateIgnoreReadsBegin and -WritesBegin: ThreadIgnoreBegin).
inline void ignore_begin() noexcept {
    if (AnnotateIgnoreReadsBegin == nullptr) return;
    AnnotateIgnoreReadsBegin("", 0);
}
inline void ignore_end() noexcept {
    if (AnnotateIgnoreReadsEnd == nullptr) return;
    AnnotateIgnoreReadsEnd("", 0);
}

class Ignored {
public:
    Ignored() noexcept { ignore_begin(); }
    ~Ignored() { ignore_end(); }
    Ignored(const Ignored&) = delete;
    Ignored& operator=(const Ignored&) = delete;
};

// Fibers: TSan threads without a kernel thread. What the creator did happens before what the fiber
// does; a switch by itself orders nothing.
//
// The lab does not need them as long as its threads keep to parked hosts (a real thread each): with
// acquire and release for creation and join, a lab thread on a reused host costs 0.2–0.4 µs, on a
// fiber 6 µs (Clang 14 and 19) to 245 µs (GCC 12), on a thread of its own 220–1,200 µs.

[[nodiscard]] inline void* current_fiber() noexcept {
    return __tsan_get_current_fiber != nullptr ? __tsan_get_current_fiber() : nullptr;
}
[[nodiscard]] inline void* create_fiber() noexcept {
    return __tsan_create_fiber != nullptr ? __tsan_create_fiber(0) : nullptr;
}
/// It must not be the current one of any thread.
inline void destroy_fiber(void* fiber) noexcept {
    if (__tsan_destroy_fiber != nullptr) __tsan_destroy_fiber(fiber);
}
inline void switch_to_fiber(void* fiber) noexcept {
    constexpr unsigned no_sync =
        1;  // __tsan_switch_to_fiber_no_sync in <sanitizer/tsan_interface.h>
    if (__tsan_switch_to_fiber != nullptr) __tsan_switch_to_fiber(fiber, no_sync);
}
inline void set_fiber_name(void* fiber, const char* name) noexcept {
    if (__tsan_set_fiber_name != nullptr) __tsan_set_fiber_name(fiber, name);
}

}  // namespace lab::tsan
