// Mutexes, readers/writer locks and spin locks.
#include <lab/interpose/doors.hpp>
#include <lab/interpose/originals.hpp>
#include <lab/runtime/calendar.hpp>

#include <pthread.h>

LAB_ORIGINAL(pthread_mutex_lock)
LAB_ORIGINAL(pthread_mutex_timedlock)
LAB_ORIGINAL(pthread_mutex_clocklock)
LAB_ORIGINAL(pthread_mutex_destroy)
LAB_ORIGINAL(pthread_rwlock_rdlock)
LAB_ORIGINAL(pthread_rwlock_wrlock)
LAB_ORIGINAL(pthread_rwlock_tryrdlock)
LAB_ORIGINAL(pthread_rwlock_trywrlock)
LAB_ORIGINAL(pthread_rwlock_timedrdlock)
LAB_ORIGINAL(pthread_rwlock_timedwrlock)
LAB_ORIGINAL(pthread_rwlock_clockrdlock)
LAB_ORIGINAL(pthread_rwlock_clockwrlock)
LAB_ORIGINAL(pthread_rwlock_unlock)
LAB_ORIGINAL(pthread_rwlock_destroy)
LAB_ORIGINAL(pthread_spin_lock)
LAB_ORIGINAL(pthread_spin_trylock)
LAB_ORIGINAL(pthread_spin_unlock)

using namespace lab::interpose;
using lab::runtime::deadline_of;
using lab::runtime::never;
using lab::runtime::Thread;
using lab::runtime::World;

namespace {

// ThreadSanitizer (GCC 12, 13, Clang 14) does not know the variants that name a clock, and would
// take the lock's holder for somebody who never locked it. It does know the timed ones.
timespec on_real_clock(clockid_t clock, const timespec& until) {
    if (clock == CLOCK_REALTIME) return until;
    timespec here{};
    timespec real{};
    clock_gettime(clock, &here);
    clock_gettime(CLOCK_REALTIME, &real);
    return lab::runtime::timespec_of(lab::runtime::nanoseconds_of(until) -
                                     lab::runtime::nanoseconds_of(here) +
                                     lab::runtime::nanoseconds_of(real));
}

}  // namespace

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
    return enter([&] { return original_pthread_mutex_lock(mutex); },
                 [&](World& world, Thread& self) { return world.lock_mutex(self, mutex, never); });
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
    return enter([&] { return original_pthread_mutex_trylock(mutex); },
                 [&](World& world, Thread& self) { return world.try_lock_mutex(self, mutex); });
}

int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* until) noexcept {
    return enter([&] { return original_pthread_mutex_timedlock(mutex, until); },
                 [&](World& world, Thread& self) {
                     return world.lock_mutex(self, mutex, deadline_of(CLOCK_REALTIME, *until));
                 });
}

int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                            const timespec* until) noexcept {
    return enter(
        [&] {
            if (!lab::tsan::present()) return original_pthread_mutex_clocklock(mutex, clock, until);
            const timespec real = on_real_clock(clock, *until);
            return original_pthread_mutex_timedlock(mutex, &real);
        },
        [&](World& world, Thread& self) {
            return world.lock_mutex(self, mutex, deadline_of(clock, *until));
        });
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
    return enter([&] { return original_pthread_mutex_unlock(mutex); },
                 [&](World& world, Thread& self) { return world.unlock_mutex(self, mutex); });
}

int pthread_mutex_destroy(pthread_mutex_t* mutex) noexcept {
    return enter([&] { return original_pthread_mutex_destroy(mutex); },
                 [&](World& world, Thread& self) {
                     world.destroy_mutex(self, mutex);
                     return original_pthread_mutex_destroy(mutex);
                 });
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
    return enter(
        [&] { return original_pthread_rwlock_rdlock(lock); },
        [&](World& world, Thread& self) { return world.lock_rwlock(self, lock, true, never); });
}

int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
    return enter(
        [&] { return original_pthread_rwlock_wrlock(lock); },
        [&](World& world, Thread& self) { return world.lock_rwlock(self, lock, false, never); });
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
    return enter(
        [&] { return original_pthread_rwlock_tryrdlock(lock); },
        [&](World& world, Thread& self) { return world.try_lock_rwlock(self, lock, true); });
}

int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
    return enter(
        [&] { return original_pthread_rwlock_trywrlock(lock); },
        [&](World& world, Thread& self) { return world.try_lock_rwlock(self, lock, false); });
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* until) noexcept {
    return enter([&] { return original_pthread_rwlock_timedrdlock(lock, until); },
                 [&](World& world, Thread& self) {
                     return world.lock_rwlock(self, lock, true,
                                              deadline_of(CLOCK_REALTIME, *until));
                 });
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* until) noexcept {
    return enter([&] { return original_pthread_rwlock_timedwrlock(lock, until); },
                 [&](World& world, Thread& self) {
                     return world.lock_rwlock(self, lock, false,
                                              deadline_of(CLOCK_REALTIME, *until));
                 });
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* until) noexcept {
    return enter(
        [&] {
            if (!lab::tsan::present())
                return original_pthread_rwlock_clockrdlock(lock, clock, until);
            const timespec real = on_real_clock(clock, *until);
            return original_pthread_rwlock_timedrdlock(lock, &real);
        },
        [&](World& world, Thread& self) {
            return world.lock_rwlock(self, lock, true, deadline_of(clock, *until));
        });
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* until) noexcept {
    return enter(
        [&] {
            if (!lab::tsan::present())
                return original_pthread_rwlock_clockwrlock(lock, clock, until);
            const timespec real = on_real_clock(clock, *until);
            return original_pthread_rwlock_timedwrlock(lock, &real);
        },
        [&](World& world, Thread& self) {
            return world.lock_rwlock(self, lock, false, deadline_of(clock, *until));
        });
}

int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
    return enter([&] { return original_pthread_rwlock_unlock(lock); },
                 [&](World& world, Thread& self) { return world.unlock_rwlock(self, lock); });
}

int pthread_rwlock_destroy(pthread_rwlock_t* lock) noexcept {
    return enter([&] { return original_pthread_rwlock_destroy(lock); },
                 [&](World& world, Thread&) {
                     world.forget(lock);
                     return original_pthread_rwlock_destroy(lock);
                 });
}

int pthread_spin_lock(pthread_spinlock_t* lock) noexcept {
    return enter([&] { return original_pthread_spin_lock(lock); },
                 [&](World& world, Thread& self) { return world.lock_spin(self, lock); });
}

int pthread_spin_trylock(pthread_spinlock_t* lock) noexcept {
    return enter([&] { return original_pthread_spin_trylock(lock); },
                 [&](World& world, Thread& self) { return world.try_lock_spin(self, lock); });
}

int pthread_spin_unlock(pthread_spinlock_t* lock) noexcept {
    return enter([&] { return original_pthread_spin_unlock(lock); },
                 [&](World& world, Thread& self) { return world.unlock_spin(self, lock); });
}

}  // extern "C"
