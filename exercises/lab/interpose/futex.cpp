// syscall(SYS_futex, …): what libstdc++ builds atomics' wait, latches, barriers, semaphores,
// futures and the guards of function-local statics on. Every other system call made this way
// passes.
#include <lab/interpose/doors.hpp>
#include <lab/interpose/originals.hpp>
#include <lab/runtime/calendar.hpp>

#include <linux/futex.h>
#include <sys/syscall.h>

#include <cerrno>
#include <climits>
#include <cstdarg>
#include <optional>

using namespace lab::interpose;
using lab::runtime::Thread;
using lab::runtime::Time;
using lab::runtime::World;

namespace {

long answer(long result) noexcept {
    if (result >= 0) return result;
    errno = static_cast<int>(-result);
    return -1;
}

/// The result, when it is an operation that the lab models.
std::optional<long> futex(World& world, Thread& self, const long (&a)[6]) {
    auto* word = reinterpret_cast<std::uint32_t*>(a[0]);
    const auto value = static_cast<std::uint32_t>(a[2]);
    const auto* time = reinterpret_cast<const timespec*>(a[3]);
    const long flags = a[1] & (FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
    switch (a[1] & ~flags) {
    case FUTEX_WAIT:
        return world.wait_futex(self, word, value, FUTEX_BITSET_MATCH_ANY,
                                time == nullptr ? lab::runtime::never
                                                : lab::runtime::deadline_after(world.now(), *time));
    case FUTEX_WAIT_BITSET:
        return world.wait_futex(
            self, word, value, static_cast<std::uint32_t>(a[5]),
            time == nullptr
                ? lab::runtime::never
                : lab::runtime::deadline_of(
                      (flags & FUTEX_CLOCK_REALTIME) != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC,
                      *time));
    case FUTEX_WAKE: return world.wake_futex(self, word, value, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAKE_BITSET:
        return world.wake_futex(self, word, value, static_cast<std::uint32_t>(a[5]));
    default: return std::nullopt;
    }
}

}  // namespace

// Six arguments at most (man 2 syscall). All are fetched and passed on, as libc does it; those that
// were not given are whatever lies there, which AddressSanitizer would object to.
extern "C" __attribute__((no_sanitize("address"))) long syscall(long number, ...) noexcept {
    long a[6];
    va_list list;
    va_start(list, number);
    for (long& argument : a) argument = va_arg(list, long);
    va_end(list);

    const auto pass = [&] { return original_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]); };
    if (number != SYS_futex) return pass();
    return enter(pass, [&](World& world, Thread& self) {
        const std::optional<long> result = futex(world, self, a);
        return result ? answer(*result) : pass();
    });
}
