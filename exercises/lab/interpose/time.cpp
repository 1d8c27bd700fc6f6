// Clocks and sleeps.
#include <lab/interpose/doors.hpp>
#include <lab/runtime/calendar.hpp>

#include <sched.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

LAB_ORIGINAL(clock_gettime)
LAB_ORIGINAL(gettimeofday)
LAB_ORIGINAL(time)
LAB_ORIGINAL(clock)
LAB_ORIGINAL(timespec_get)
LAB_ORIGINAL(nanosleep)
LAB_ORIGINAL(clock_nanosleep)
LAB_ORIGINAL(usleep)
LAB_ORIGINAL(sleep)
LAB_ORIGINAL(sched_yield)
LAB_ORIGINAL(timerfd_create)

using namespace lab::interpose;
using lab::runtime::deadline_after;
using lab::runtime::Thread;
using lab::runtime::Time;
using lab::runtime::timespec_of;
using lab::runtime::World;

namespace {

constexpr bool is_cpu_clock(clockid_t clock) noexcept {
    return clock == CLOCK_THREAD_CPUTIME_ID || clock == CLOCK_PROCESS_CPUTIME_ID;
}

// A span that no clock can have is an error, as without the lab.
bool is_span(const timespec& t) noexcept {
    return t.tv_sec >= 0 && t.tv_nsec >= 0 && t.tv_nsec < 1'000'000'000;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* shown) noexcept {
    return enter([&] { return original_clock_gettime(clock, shown); },
                 [&](World& world, Thread& self) {
                     if (clock < 0 || clock > CLOCK_TAI)
                         return original_clock_gettime(clock, shown);
                     const Time now = world.read_clock(self);
                     if (clock == CLOCK_THREAD_CPUTIME_ID)
                         *shown = timespec_of(self.cpu);
                     else if (clock == CLOCK_PROCESS_CPUTIME_ID)
                         *shown = timespec_of(world.cpu_time());
                     else
                         *shown = timespec_of(lab::runtime::start_of(clock) + now);
                     return 0;
                 });
}

int gettimeofday(timeval* shown, void* zone) noexcept {
    return enter([&] { return original_gettimeofday(shown, zone); },
                 [&](World& world, Thread& self) {
                     const timespec t =
                         timespec_of(lab::runtime::calendar_start + world.read_clock(self));
                     *shown = {t.tv_sec, t.tv_nsec / 1'000};
                     return 0;
                 });
}

time_t time(time_t* shown) noexcept {
    return enter([&] { return original_time(shown); },
                 [&](World& world, Thread& self) {
                     const time_t now =
                         timespec_of(lab::runtime::calendar_start + world.read_clock(self)).tv_sec;
                     if (shown != nullptr) *shown = now;
                     return now;
                 });
}

int timespec_get(timespec* shown, int base) noexcept {
    return enter([&] { return original_timespec_get(shown, base); },
                 [&](World& world, Thread& self) {
                     if (base != TIME_UTC) return 0;
                     *shown = timespec_of(lab::runtime::calendar_start + world.read_clock(self));
                     return base;
                 });
}

clock_t clock() noexcept {
    return enter([&] { return original_clock(); },
                 [&](World& world, Thread& self) -> clock_t {
                     static_cast<void>(world.read_clock(self));
                     return world.cpu_time() / (1'000'000'000 / CLOCKS_PER_SEC);
                 });
}

int nanosleep(const timespec* span, timespec* left) {
    return enter([&] { return original_nanosleep(span, left); },
                 [&](World& world, Thread& self) {
                     if (!is_span(*span)) {
                         errno = EINVAL;
                         return -1;
                     }
                     world.sleep_until(self, deadline_after(world.now(), *span));
                     if (left != nullptr) *left = {0, 0};
                     return 0;
                 });
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* t, timespec* left) {
    return enter([&] { return original_clock_nanosleep(clock, flags, t, left); },
                 [&](World& world, Thread& self) {
                     if (!is_span(*t) || is_cpu_clock(clock)) return EINVAL;
                     world.sleep_until(self, (flags & TIMER_ABSTIME) != 0
                                                 ? lab::runtime::deadline_of(clock, *t)
                                                 : deadline_after(world.now(), *t));
                     if (left != nullptr && (flags & TIMER_ABSTIME) == 0) *left = {0, 0};
                     return 0;
                 });
}

int usleep(useconds_t microseconds) {
    return enter([&] { return original_usleep(microseconds); },
                 [&](World& world, Thread& self) {
                     world.sleep_until(self, world.now() + Time{microseconds} * 1'000);
                     return 0;
                 });
}

unsigned sleep(unsigned seconds) {
    return enter([&] { return original_sleep(seconds); },
                 [&](World& world, Thread& self) {
                     world.sleep_until(self, world.now() + Time{seconds} * 1'000'000'000);
                     return 0U;
                 });
}

int sched_yield() noexcept {
    return enter([&] { return original_sched_yield(); },
                 [&](World& world, Thread& self) {
                     world.yield(self);
                     return 0;
                 });
}

// Asio then falls back to the timeouts of epoll_wait, which the virtual clock knows.
int timerfd_create(int clock, int flags) noexcept {
    return enter([&] { return original_timerfd_create(static_cast<clockid_t>(clock), flags); },
                 [&](World&, Thread&) {
                     errno = ENOSYS;
                     return -1;
                 });
}

}  // extern "C"
