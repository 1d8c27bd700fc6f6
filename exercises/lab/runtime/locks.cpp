// Mutexes, spin locks and readers/writer locks.
#include <lab/races/annotations.hpp>
#include <lab/runtime/world.hpp>

#include <lab/interpose/originals.hpp>

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

LAB_ORIGINAL(pthread_spin_trylock)
LAB_ORIGINAL(pthread_spin_unlock)
LAB_ORIGINAL(pthread_rwlock_tryrdlock)
LAB_ORIGINAL(pthread_rwlock_trywrlock)
LAB_ORIGINAL(pthread_rwlock_unlock)

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
[[gnu::weak]] void* __asan_region_is_poisoned(void* begin, std::size_t size);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace lab::runtime {

namespace {

// glibc's layout of pthread_mutex_t is part of its ABI (sysdeps/nptl/bits/struct_mutex.h).
int kind_of(const pthread_mutex_t* mutex) noexcept { return mutex->__data.__kind & 3; }
// Whether these bytes are a mutex as std::mutex and its like make them, locked by this thread.
// Where something else has taken their place, glibc must not be asked to unlock it: it aborts.
bool held_by(const pthread_mutex_t& mutex, int kernel_id) noexcept {
    // PTHREAD_MUTEX_ELISION_NP and PTHREAD_MUTEX_NO_ELISION_NP (nptl/pthreadP.h) change nothing
    // here.
    constexpr int elision = 0x300;
    const auto& data = mutex.__data;
    return data.__owner == kernel_id && (data.__kind & ~(3 | elision)) == 0 &&
           (data.__lock == 1 || data.__lock == 2);
}
bool really_free(const pthread_mutex_t* mutex) noexcept {
    return __atomic_load_n(&mutex->__data.__lock, __ATOMIC_RELAXED) == 0;
}

}  // namespace

void World::acquire(Thread& self, Object& object) {
    object.owner = self.id;
    object.owner_kernel_id = self.host->kernel_id;
    object.depth = 1;
    object.waiters.remove(self.id);
    runnable_ -= object.waiters;
    ++self.locks_held;
    self.tried_in_vain = false;
    self.takings[self.taking_count++ % self.takings.size()] = {object.id, steps_};
    record(self, EventKind::locked, object.id, 0);
}

// Where the holder took the lock for the last time; 0 when that was not recorded.
StackId World::where_taken(const Thread& holder, const Object& object) const noexcept {
    const auto taken =
        std::find_if(parts_.events.rbegin(), parts_.events.rend(), [&](const Event& event) {
            return event.thread == holder.id && event.object == object.id &&
                   (event.kind == EventKind::locked || event.kind == EventKind::locked_shared);
        });
    return taken == parts_.events.rend() ? 0 : taken->stack;
}

void World::release(Object& object) noexcept {
    if (object.owner != no_thread) --threads_[object.owner].locks_held;
    object.owner = no_thread;
    object.depth = 0;
    resume_waiters(object);
}

// Waits until the lock is free. It is when this returns 0: nobody has run since `self` was chosen.
int World::wait_for_lock(Thread& self, Object& object, Wait wait, Time deadline) {
    object.waiters.add(self.id);
    block(self, wait, &object, deadline);
    if (self.wake != Wake::timed_out) return 0;
    object.waiters.remove(self.id);
    return ETIMEDOUT;
}

// The lock is free in the model, but not really: a thread that is not part of the run holds it, or
// one that an earlier run abandoned.
template <class Try>
int World::wait_for_outsider(Thread& self, Object& object, Wait wait, Time deadline, Try try_lock) {
    touched_outside_ = true;
    int failed = EBUSY;
    auto probe = [&] {
        failed = object.owner == no_thread ? try_lock() : EBUSY;
        return failed != EBUSY;
    };
    const bool ready = wait_until_ready(
        self, wait, [](void* argument) { return (*static_cast<decltype(probe)*>(argument))(); },
        &probe, deadline, true, &object);
    return ready ? failed : ETIMEDOUT;
}

// What threads hold when the run is over would be held for ever, and a global mutex is met again in
// the next run. The memory is looked at from a distance, for nobody says that it is still there;
// that it names the owner shows that it is still the lock.
void World::free_abandoned_locks() noexcept {
    // Nothing orders this after what the run's threads did, and nothing needs to.
    const tsan::Ignored ignored;
    objects_.each([&](Object& object) {
        if (object.kind != ObjectKind::mutex || object.owner == no_thread || object.spins) return;
        pthread_mutex_t copy;
        const iovec here{&copy, sizeof copy};
        const iovec there{const_cast<void*>(object.address), sizeof copy};
        if (interpose::original_syscall(SYS_process_vm_readv, getpid(), &here, 1, &there, 1, 0) !=
            static_cast<long>(sizeof copy))
            return;
        if (!held_by(copy, object.owner_kernel_id)) return;
        auto* mutex = static_cast<pthread_mutex_t*>(const_cast<void*>(object.address));
        // AddressSanitizer keeps what was freed as it was, for a while, and knows that it was.
        if (__asan_region_is_poisoned != nullptr &&
            __asan_region_is_poisoned(mutex, sizeof *mutex) != nullptr)
            return;
        if (kind_of(&copy) == PTHREAD_MUTEX_NORMAL) {
            interpose::original_pthread_mutex_unlock(mutex);
            return;
        }
        // The other kinds let only the owner unlock.
        mutex->__data.__lock = 0;
        mutex->__data.__owner = 0;
        mutex->__data.__count = 0;
        mutex->__data.__nusers = 0;
    });
}

// std::mutex has no destructor to tell that it died. When the model says "held" and the lock's own
// memory says "free", a new one lives where a held one was destroyed.
void World::forget_destroyed_owner(Thread& self, Object& object, bool free) {
    if (object.owner == no_thread || !free) return;
    note(Diagnosis::Kind::destroyed_locked,
         object_name(object) + " was destroyed while " + trace_name(threads_[object.owner]) +
             " held it",
         self, "found another object where " + object_name(object) + " had been");
    release(object);
}

int World::lock_mutex(Thread& self, pthread_mutex_t* mutex, Time deadline) {
    point(self);
    Object& object = objects_.at(mutex, ObjectKind::mutex);
    forget_destroyed_owner(self, object, really_free(mutex));
    if (object.owner == self.id) {
        if (kind_of(mutex) == PTHREAD_MUTEX_RECURSIVE) {
            ++object.depth;
            return interpose::original_pthread_mutex_trylock(mutex);
        }
        if (kind_of(mutex) == PTHREAD_MUTEX_ERRORCHECK) return EDEADLK;
    }
    if (object.owner != no_thread && wait_for_lock(self, object, Wait::mutex, deadline) != 0)
        return ETIMEDOUT;
    int failed = interpose::original_pthread_mutex_trylock(mutex);
    if (failed == EBUSY)
        failed = wait_for_outsider(self, object, Wait::mutex, deadline, [mutex] {
            return interpose::original_pthread_mutex_trylock(mutex);
        });
    if (failed == 0 || failed == EOWNERDEAD) acquire(self, object);
    return failed;
}

int World::try_lock_mutex(Thread& self, pthread_mutex_t* mutex) {
    somebody_tries_ = true;
    point(self, progress_of_try(self));
    Object& object = objects_.at(mutex, ObjectKind::mutex);
    forget_destroyed_owner(self, object, really_free(mutex));
    if (object.owner == self.id && kind_of(mutex) == PTHREAD_MUTEX_RECURSIVE) {
        ++object.depth;
        return interpose::original_pthread_mutex_trylock(mutex);
    }
    if (object.owner != no_thread) {
        record(self, EventKind::try_failed, object.id, 0);
        try_in_vain(self);
        return EBUSY;
    }
    const int failed = interpose::original_pthread_mutex_trylock(mutex);
    if (failed == 0 || failed == EOWNERDEAD) acquire(self, object);
    return failed;
}

// Within a critical section nobody else can be told from somebody who comes after it, except by who
// only tries the lock. So as long as nobody does, that point is saved.
void World::point_while_held(Thread& self) {
    if (somebody_tries_) point(self);
}

void World::complain_about_unlock(Thread& self, Object& object) {
    note(
        Diagnosis::Kind::unlock_not_owner,
        trace_name(self) + " released " + object_name(object) +
            (object.owner == no_thread ? ", which nobody held"
                                       : ", which " + trace_name(threads_[object.owner]) + " held"),
        self, "releases a lock that it does not hold");
}

int World::unlock_mutex(Thread& self, pthread_mutex_t* mutex) {
    point_while_held(self);
    Object& object = objects_.at(mutex, ObjectKind::mutex);
    self.woken_by = 0;
    if (object.owner != self.id) {
        if (object.owner == no_thread && !really_free(mutex))
            return interpose::original_pthread_mutex_unlock(mutex);  // locked before the run
        complain_about_unlock(self, object);
        if (kind_of(mutex) != PTHREAD_MUTEX_NORMAL) return EPERM;
        if (object.owner == no_thread) return 0;  // glibc would corrupt the mutex
    } else if (--object.depth > 0) {
        return interpose::original_pthread_mutex_unlock(mutex);
    }
    const int failed = interpose::original_pthread_mutex_unlock(mutex);
    release(object);
    record(self, EventKind::unlocked, object.id, 0);
    point(self);
    return failed;
}

void World::destroy_mutex(Thread& self, pthread_mutex_t* mutex) {
    Object* object = objects_.find(mutex);
    if (object == nullptr || object->kind != ObjectKind::mutex) return;
    if (object->owner != no_thread || !object->waiters.empty()) {
        note(Diagnosis::Kind::destroyed_locked,
             object_name(*object) + " was destroyed while " +
                 (object->owner != no_thread ? trace_name(threads_[object->owner]) + " held it"
                                             : std::string("threads waited for it")),
             self, "destroys " + object_name(*object));
        if (object->owner != no_thread) release(*object);
    }
    objects_.forget(mutex);
}

// A spin lock's waiters are modelled as waiting, not as spinning: what counts is who gets it when.
int World::lock_spin(Thread& self, pthread_spinlock_t* lock) {
    point(self);
    Object& object = objects_.at(const_cast<const int*>(lock), ObjectKind::mutex);
    object.spins = true;
    if (object.owner != no_thread) wait_for_lock(self, object, Wait::mutex, never);
    int failed = interpose::original_pthread_spin_trylock(lock);
    if (failed == EBUSY)
        failed = wait_for_outsider(self, object, Wait::mutex, never, [lock] {
            return interpose::original_pthread_spin_trylock(lock);
        });
    if (failed == 0) acquire(self, object);
    return failed;
}

int World::try_lock_spin(Thread& self, pthread_spinlock_t* lock) {
    somebody_tries_ = true;
    point(self, progress_of_try(self));
    Object& object = objects_.at(const_cast<const int*>(lock), ObjectKind::mutex);
    object.spins = true;
    const int failed = interpose::original_pthread_spin_trylock(lock);
    if (failed == 0) {
        acquire(self, object);
    } else {
        record(self, EventKind::try_failed, object.id, 0);
        try_in_vain(self);
    }
    return failed;
}

int World::unlock_spin(Thread& self, pthread_spinlock_t* lock) {
    point_while_held(self);
    Object& object = objects_.at(const_cast<const int*>(lock), ObjectKind::mutex);
    object.spins = true;
    if (object.owner != self.id) complain_about_unlock(self, object);
    const int failed = interpose::original_pthread_spin_unlock(lock);
    release(object);
    record(self, EventKind::unlocked, object.id, 0);
    point(self);
    return failed;
}

// Readers and writers wait in one crowd, and whoever is chosen when the lock suits him gets it:
// neither side is preferred, as the standard leaves it open.
int World::lock_rwlock(Thread& self, pthread_rwlock_t* lock, bool shared, Time deadline) {
    point(self);
    Object& object = objects_.at(lock, ObjectKind::rwlock);
    if (object.owner == self.id) return EDEADLK;
    const auto suits = [&] {
        return object.owner == no_thread && (shared || object.reader_count == 0);
    };
    while (!suits()) {
        self.shared = shared;
        if (wait_for_lock(self, object, Wait::shared_lock, deadline) != 0) return ETIMEDOUT;
        object.waiters.remove(self.id);
    }
    const auto try_really = [lock, shared] {
        return shared ? interpose::original_pthread_rwlock_tryrdlock(lock)
                      : interpose::original_pthread_rwlock_trywrlock(lock);
    };
    int failed = try_really();
    if (failed == EBUSY)
        failed = wait_for_outsider(self, object, Wait::shared_lock, deadline, try_really);
    if (failed == 0) note_rwlock_taken(self, object, shared);
    return failed;
}

void World::note_rwlock_taken(Thread& self, Object& object, bool shared) {
    if (!shared) return acquire(self, object);
    ++object.reader_count;
    object.readers.add(self.id);
    ++self.locks_held;
    self.tried_in_vain = false;
    record(self, EventKind::locked_shared, object.id, 0);
}

int World::try_lock_rwlock(Thread& self, pthread_rwlock_t* lock, bool shared) {
    somebody_tries_ = true;
    point(self, progress_of_try(self));
    Object& object = objects_.at(lock, ObjectKind::rwlock);
    const bool suits = object.owner == no_thread && (shared || object.reader_count == 0);
    const int failed = !suits   ? EBUSY
                       : shared ? interpose::original_pthread_rwlock_tryrdlock(lock)
                                : interpose::original_pthread_rwlock_trywrlock(lock);
    if (failed == 0) note_rwlock_taken(self, object, shared);
    if (failed != EBUSY) return failed;
    record(self, EventKind::try_failed, object.id, 0);
    try_in_vain(self);
    return EBUSY;
}

int World::unlock_rwlock(Thread& self, pthread_rwlock_t* lock) {
    point_while_held(self);
    Object& object = objects_.at(lock, ObjectKind::rwlock);
    if (object.owner == self.id) {
        const int failed = interpose::original_pthread_rwlock_unlock(lock);
        release(object);
        record(self, EventKind::unlocked, object.id, 0);
        point(self);
        return failed;
    }
    if (!object.readers.contains(self.id)) {
        complain_about_unlock(self, object);
        return EPERM;
    }
    const int failed = interpose::original_pthread_rwlock_unlock(lock);
    --object.reader_count;
    --self.locks_held;
    // A thread may read-lock several times; the set only tells who reads at all.
    if (object.reader_count < object.readers.size()) object.readers.remove(self.id);
    if (object.reader_count == 0) resume_waiters(object);
    record(self, EventKind::unlocked, object.id, 0);
    point(self);
    return failed;
}

}  // namespace lab::runtime
