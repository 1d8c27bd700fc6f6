// Condition variables, semaphores, barriers.
#include <lab/interpose/doors.hpp>
#include <lab/runtime/calendar.hpp>

#include <pthread.h>
#include <semaphore.h>

// Before 2.3.2 condition variables had another layout; both versions are still in libc.
LAB_ORIGINAL_VERSIONED(pthread_cond_wait, "GLIBC_2.3.2")
LAB_ORIGINAL_VERSIONED(pthread_cond_timedwait, "GLIBC_2.3.2")
LAB_ORIGINAL(pthread_cond_clockwait)
LAB_ORIGINAL_VERSIONED(pthread_cond_signal, "GLIBC_2.3.2")
LAB_ORIGINAL_VERSIONED(pthread_cond_broadcast, "GLIBC_2.3.2")
LAB_ORIGINAL_VERSIONED(pthread_cond_destroy, "GLIBC_2.3.2")
LAB_ORIGINAL(sem_wait)
LAB_ORIGINAL(sem_trywait)
LAB_ORIGINAL(sem_timedwait)
LAB_ORIGINAL(sem_clockwait)
LAB_ORIGINAL(sem_post)
LAB_ORIGINAL(sem_destroy)
LAB_ORIGINAL(pthread_barrier_wait)
LAB_ORIGINAL(pthread_barrier_destroy)

using namespace lab::interpose;
using lab::runtime::deadline_of;
using lab::runtime::never;
using lab::runtime::Thread;
using lab::runtime::World;

namespace {

// glibc keeps the clock that pthread_condattr_setclock chose in bit 1 of __wrefs
// (nptl/pthread_cond_common.c, COND_CLOCK_MONOTONIC_MASK).
clockid_t clock_of(const pthread_cond_t* condition) noexcept {
    return (condition->__data.__wrefs & 2U) != 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

}  // namespace

extern "C" {

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
    return enter([&] { return original_pthread_cond_wait(condition, mutex); },
                 [&](World& world, Thread& self) {
                     return world.wait_condition(self, condition, mutex, never);
                 });
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
    return enter([&] { return original_pthread_cond_timedwait(condition, mutex, until); },
                 [&](World& world, Thread& self) {
                     return world.wait_condition(self, condition, mutex,
                                                 deadline_of(clock_of(condition), *until));
                 });
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
    return enter([&] { return original_pthread_cond_clockwait(condition, mutex, clock, until); },
                 [&](World& world, Thread& self) {
                     return world.wait_condition(self, condition, mutex,
                                                 deadline_of(clock, *until));
                 });
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept {
    return enter([&] { return original_pthread_cond_signal(condition); },
                 [&](World& world, Thread& self) { return world.notify(self, condition, false); });
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
    return enter([&] { return original_pthread_cond_broadcast(condition); },
                 [&](World& world, Thread& self) { return world.notify(self, condition, true); });
}

int pthread_cond_destroy(pthread_cond_t* condition) noexcept {
    return enter([&] { return original_pthread_cond_destroy(condition); },
                 [&](World& world, Thread&) {
                     world.forget(condition);
                     return original_pthread_cond_destroy(condition);
                 });
}

int sem_wait(sem_t* semaphore) {
    return enter(
        [&] { return original_sem_wait(semaphore); },
        [&](World& world, Thread& self) { return world.wait_semaphore(self, semaphore, never); });
}

int sem_trywait(sem_t* semaphore) noexcept {
    return enter([&] { return original_sem_trywait(semaphore); },
                 [&](World& world, Thread& self) { return world.try_semaphore(self, semaphore); });
}

int sem_timedwait(sem_t* semaphore, const timespec* until) {
    return enter([&] { return original_sem_timedwait(semaphore, until); },
                 [&](World& world, Thread& self) {
                     return world.wait_semaphore(self, semaphore,
                                                 deadline_of(CLOCK_REALTIME, *until));
                 });
}

int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) {
    return enter([&] { return original_sem_clockwait(semaphore, clock, until); },
                 [&](World& world, Thread& self) {
                     return world.wait_semaphore(self, semaphore, deadline_of(clock, *until));
                 });
}

int sem_post(sem_t* semaphore) noexcept {
    return enter([&] { return original_sem_post(semaphore); },
                 [&](World& world, Thread& self) { return world.post_semaphore(self, semaphore); });
}

int sem_destroy(sem_t* semaphore) noexcept {
    return enter([&] { return original_sem_destroy(semaphore); },
                 [&](World& world, Thread&) {
                     world.forget(semaphore);
                     return original_sem_destroy(semaphore);
                 });
}

int pthread_barrier_wait(pthread_barrier_t* barrier) noexcept {
    return enter([&] { return original_pthread_barrier_wait(barrier); },
                 [&](World& world, Thread& self) { return world.wait_barrier(self, barrier); });
}

int pthread_barrier_destroy(pthread_barrier_t* barrier) noexcept {
    return enter([&] { return original_pthread_barrier_destroy(barrier); },
                 [&](World& world, Thread&) {
                     world.forget(barrier);
                     return original_pthread_barrier_destroy(barrier);
                 });
}

}  // extern "C"
