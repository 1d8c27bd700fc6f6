// What the clocks of the lab's world show.
#pragma once

#include <lab/runtime/thread.hpp>

#include <ctime>

namespace lab::runtime {

/// When a run starts, CLOCK_MONOTONIC and its kin show one million seconds, so that a program may
/// subtract; CLOCK_REALTIME shows 1 January 2030, 00:00 UTC.
inline constexpr Time monotonic_start = Time{1'000'000} * 1'000'000'000;
inline constexpr Time calendar_start = Time{1'893'456'000} * 1'000'000'000;

inline constexpr Time nanoseconds_of(const timespec& t) noexcept {
    // Programs write "for ever" as the largest time there is.
    if (t.tv_sec > never / 1'000'000'000 - 1) return never;
    return t.tv_sec * Time{1'000'000'000} + t.tv_nsec;
}

inline constexpr timespec timespec_of(Time nanoseconds) noexcept {
    return {nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
}

[[nodiscard]] inline constexpr Time start_of(clockid_t clock) noexcept {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI
               ? calendar_start
               : monotonic_start;
}

/// When, in virtual time, this clock will show `t`.
[[nodiscard]] inline constexpr Time deadline_of(clockid_t clock, const timespec& t) noexcept {
    const Time shown = nanoseconds_of(t);
    return shown == never ? never : shown - start_of(clock);
}

/// When a span that begins at `now` is over.
[[nodiscard]] inline constexpr Time deadline_after(Time now, const timespec& span) noexcept {
    const Time length = nanoseconds_of(span);
    return length > never - 1 - now ? never - 1 : now + length;
}

}  // namespace lab::runtime
