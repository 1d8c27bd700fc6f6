// Waiting until another thread says so: condition variables, semaphores, futexes (on which the
// standard library builds atomics' wait, latches, barriers, semaphores and futures), barriers,
// one-time initialisation.
#include <lab/runtime/world.hpp>

#include <lab/interpose/originals.hpp>
#include <lab/races/annotations.hpp>

#include <semaphore.h>

#include <algorithm>
#include <cerrno>

LAB_ORIGINAL_VERSIONED(pthread_cond_signal, "GLIBC_2.3.2")
LAB_ORIGINAL_VERSIONED(pthread_cond_broadcast, "GLIBC_2.3.2")
LAB_ORIGINAL(sem_trywait)
LAB_ORIGINAL(sem_post)

namespace lab::runtime {

// Condition variables ----------------------------------------------------------------------------

int World::wait_condition(Thread& self, pthread_cond_t* condition, pthread_mutex_t* mutex,
                          Time deadline) {
    point(self);
    Object& object = objects_.at(condition, ObjectKind::condition);
    Object& lock = objects_.at(mutex, ObjectKind::mutex);
    if (lock.owner != self.id) {
        note(Diagnosis::Kind::unlock_not_owner,
             trace_name(self) + " waits on " + object_name(object) + " without holding " +
                 object_name(lock),
             self, "waits without the lock");
        return EPERM;
    }
    // Woken, and back to sleep without having let go of the lock: that wake-up did nobody any good.
    if (self.woken_by == object.id) {
        object.wasted_step = self.woken_at_step;
        object.wasted_on = self.id;
    }
    const std::uint32_t depth = lock.depth;
    for (std::uint32_t i = 0; i < depth; ++i) interpose::original_pthread_mutex_unlock(mutex);
    release(lock);
    record(self, EventKind::unlocked, lock.id, 0);

    object.waiters.add(self.id);
    at_conditions_.add(self.id);
    self.reacquires = &lock;
    block(self, Wait::condition, &object, deadline);
    self.reacquires = nullptr;

    for (std::uint32_t i = 0; i < depth; ++i) interpose::original_pthread_mutex_trylock(mutex);
    acquire(self, lock);
    lock.depth = depth;
    if (self.wake == Wake::timed_out) return ETIMEDOUT;
    self.woken_by = object.id;
    return 0;
}

// From the condition's queue to the mutex's.
void World::awaken_waiter(Thread& sleeper, Wake why) noexcept {
    sleeper.waits_for->waiters.remove(sleeper.id);
    at_conditions_.remove(sleeper.id);
    timed_.remove(sleeper.id);
    sleeper.wake = why;
    sleeper.woken_at_step = steps_;
    Object& lock = *sleeper.reacquires;
    sleeper.waits_for = &lock;
    sleeper.wait = Wait::mutex;
    sleeper.deadline = never;
    lock.waiters.add(sleeper.id);
    if (lock.owner == no_thread) runnable_.add(sleeper.id);
}

void World::remember_unheard(Thread& self, Object& object) {
    ++object.unheard;
    object.unheard_step = steps_;
    object.unheard_from = self.id;
    if (record_stacks_) object.unheard_at = parts_.events.back().stack;
}

int World::notify(Thread& self, pthread_cond_t* condition, bool all) {
    Object& object = objects_.at(condition, ObjectKind::condition);
    const unsigned waiting = object.waiters.size();
    const unsigned woken = all ? waiting : std::min(waiting, 1U);
    if (all) {
        object.waiters.each([&](ThreadId id) { awaken_waiter(threads_[id], Wake::notified); });
    } else if (waiting > 0) {
        awaken_waiter(threads_[object.waiters.at(waiting == 1 ? 0 : chances_.below(waiting))],
                      Wake::notified);
    }
    record(self, EventKind::notified, object.id, woken);
    object.last_notified_step = steps_;
    object.heard += woken > 0 ? 1 : 0;
    if (woken == 0) remember_unheard(self, object);
    // Threads outside of the run may wait, too.
    const int failed = all ? interpose::original_pthread_cond_broadcast(condition)
                           : interpose::original_pthread_cond_signal(condition);
    point(self);
    return failed;
}

// Semaphores -------------------------------------------------------------------------------------

int World::wait_semaphore(Thread& self, sem_t* semaphore, Time deadline) {
    point(self);
    Object& object = objects_.at(semaphore, ObjectKind::semaphore);
    while (interpose::original_sem_trywait(semaphore) != 0) {
        if (errno != EAGAIN) return -1;
        object.waiters.add(self.id);
        block(self, Wait::semaphore, &object, deadline);
        object.waiters.remove(self.id);
        if (self.wake == Wake::timed_out) {
            errno = ETIMEDOUT;
            return -1;
        }
    }
    return 0;
}

int World::try_semaphore(Thread& self, sem_t* semaphore) {
    somebody_tries_ = true;
    point(self, progress_of_try(self));
    const int failed = interpose::original_sem_trywait(semaphore);
    if (failed == 0) {
        self.tried_in_vain = false;
    } else {
        const int error = errno;
        record(self, EventKind::try_failed, objects_.at(semaphore, ObjectKind::semaphore).id, 0);
        try_in_vain(self);
        errno = error;
    }
    return failed;
}

int World::post_semaphore(Thread& self, sem_t* semaphore) {
    if (somebody_tries_) point(self);
    Object& object = objects_.at(semaphore, ObjectKind::semaphore);
    const int failed = interpose::original_sem_post(semaphore);
    if (failed != 0) return failed;
    // All that wait may try: the first that is chosen gets it, as with the real thing.
    object.waiters.each([&](ThreadId id) { wake(threads_[id], Wake::notified); });
    record(self, EventKind::posted, object.id, object.waiters.size());
    point(self);
    return 0;
}

// Futexes ----------------------------------------------------------------------------------------

long World::wait_futex(Thread& self, const std::uint32_t* word, std::uint32_t expected,
                       std::uint32_t bits, Time deadline) {
    point(self);
    Object& object = objects_.at(word, ObjectKind::futex);
    if (__atomic_load_n(word, __ATOMIC_RELAXED) != expected) {
        count_spin(self, Progress::none);
        return -EAGAIN;
    }
    object.waiters.add(self.id);
    self.futex_bits = bits;
    self.futex_expected = expected;
    block(self, Wait::futex, &object, deadline);
    object.waiters.remove(self.id);
    return self.wake == Wake::timed_out ? -ETIMEDOUT : 0;
}

long World::wake_futex(Thread& self, const std::uint32_t* word, std::uint32_t most,
                       std::uint32_t bits) {
    Object& object = objects_.at(word, ObjectKind::futex);
    ThreadSet candidates;
    object.waiters.each([&](ThreadId id) {
        if ((threads_[id].futex_bits & bits) != 0 && !runnable_.contains(id)) candidates.add(id);
    });
    std::uint32_t woken = 0;
    for (unsigned left = candidates.size(); left > 0 && woken < most; --left, ++woken) {
        const ThreadId chosen = candidates.at(left == 1 ? 0 : chances_.below(left));
        candidates.remove(chosen);
        object.waiters.remove(chosen);
        wake(threads_[chosen], Wake::notified);
    }
    record(self, EventKind::notified, object.id, woken);
    point(self);
    return woken;
}

// Barriers ---------------------------------------------------------------------------------------

namespace {

// The start of glibc's pthread_barrier_t (nptl/internaltypes.h, struct pthread_barrier), the same
// since 2.25: the count is given to pthread_barrier_init, which may have run outside of the lab.
struct BarrierLayout {
    unsigned arrived;
    unsigned round;
    unsigned count;
};

}  // namespace

int World::wait_barrier(Thread& self, pthread_barrier_t* barrier) {
    point(self);
    Object& object = objects_.at(barrier, ObjectKind::barrier);
    const unsigned count = reinterpret_cast<const BarrierLayout*>(barrier)->count;
    tsan::release(barrier);
    if (++object.arrived < count) {
        object.waiters.add(self.id);
        block(self, Wait::barrier, &object, never);
        tsan::acquire(barrier);
        return 0;
    }
    object.arrived = 0;
    object.waiters.each([&](ThreadId id) { wake(threads_[id], Wake::notified); });
    record(self, EventKind::notified, object.id, object.waiters.size());
    object.waiters.clear();
    tsan::acquire(barrier);
    return PTHREAD_BARRIER_SERIAL_THREAD;
}

// One-time initialisation ------------------------------------------------------------------------

void World::begin_once(Thread& self, const void* control) {
    point(self);
    Object& object = objects_.at(control, ObjectKind::once);
    while (object.owner != no_thread) {
        object.waiters.add(self.id);
        block(self, Wait::once, &object, never);
        object.waiters.remove(self.id);
    }
    object.owner = self.id;
}

void World::end_once(Thread& self, const void* control) {
    Object& object = objects_.at(control, ObjectKind::once);
    object.owner = no_thread;
    object.waiters.each([&](ThreadId id) { wake(threads_[id], Wake::granted); });
    record(self, EventKind::unlocked, object.id, 0);
}

}  // namespace lab::runtime
