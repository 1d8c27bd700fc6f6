// The C interface underneath: rwlock, barrier, spin lock, once, monotonic conditions, sem_t; and
// C's own threads.
#include "topics.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <thread>
#include <threads.h>
#include <vector>

namespace corpus {
namespace {

using Kind = lab::Diagnosis::Kind;

template <class Work>
void in_threads(int count, Work work) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) {
        threads.emplace_back(work, i);
    }
}

// Locks ---------------------------------------------------------------------------------------

void rwlock_in_c() {
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    int value = 0;
    std::atomic<int> torn{0};
    in_threads(4, [&](int i) {
        if (i % 2 == 0) {
            pthread_rwlock_wrlock(&lock);
            ++value;
            sched_yield();
            ++value;
        } else {
            pthread_rwlock_rdlock(&lock);
            torn += value % 2;
        }
        pthread_rwlock_unlock(&lock);
    });
    pthread_rwlock_destroy(&lock);
    expect(value == 4 && torn == 0, "a reader came in with a writer");
}

void spin_lock_in_c() {
    pthread_spinlock_t lock{};
    pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
    int counter = 0;
    in_threads(3, [&](int) {
        for (int n = 0; n < 3; ++n) {
            pthread_spin_lock(&lock);
            ++counter;
            pthread_spin_unlock(&lock);
        }
    });
    pthread_spin_destroy(&lock);
    expect(counter == 9, "an increment was lost");
}

/// An error-checking mutex says what a plain one would hang on.
void error_checking_mutex() {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_t mutex;
    pthread_mutex_init(&mutex, &attributes);
    pthread_mutex_lock(&mutex);
    const int again = pthread_mutex_lock(&mutex);
    int by_another = 0;
    in_threads(1, [&](int) { by_another = pthread_mutex_trylock(&mutex); });
    const int unlocked = pthread_mutex_unlock(&mutex);
    pthread_mutex_destroy(&mutex);
    pthread_mutexattr_destroy(&attributes);
    expect(again == EDEADLK && by_another == EBUSY && unlocked == 0, "a misuse was not noticed");
}

// Barriers ------------------------------------------------------------------------------------

void meet_at(pthread_barrier_t& barrier, std::atomic<int>& serial) {
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
        ++serial;
    }
}

void barrier_in_c(unsigned parties, int threads) {
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, nullptr, parties);
    std::atomic<int> serial{0};
    in_threads(threads, [&](int) {
        meet_at(barrier, serial);
        meet_at(barrier, serial);
    });
    pthread_barrier_destroy(&barrier);
    expect(serial == 2, "a phase did not have exactly one serial thread");
}

void barrier_for_three() { barrier_in_c(3, 3); }
void barrier_for_four() { barrier_in_c(4, 3); }

// Once ----------------------------------------------------------------------------------------

/// pthread_once passes nothing to its function: the state is found through these. Each run sets
/// them afresh before it starts a thread.
std::atomic<int>* initialised = nullptr;
pthread_once_t* own_once = nullptr;

void initialise_slowly() {
    timespec pause{0, 3'000'000};
    nanosleep(&pause, nullptr);
    ++*initialised;
}

void initialise_within() { pthread_once(own_once, initialise_within); }

void slow_once() {
    std::atomic<int> count{0};
    initialised = &count;
    pthread_once_t once = PTHREAD_ONCE_INIT;
    std::atomic<int> early{0};
    in_threads(3, [&](int) {
        pthread_once(&once, initialise_slowly);
        if (count != 1) {
            ++early;
        }
    });
    expect(count == 1 && early == 0, "somebody went on before the initialiser was done");
}

void once_within_itself() {
    pthread_once_t once = PTHREAD_ONCE_INIT;
    own_once = &once;
    in_threads(1, [&](int) { pthread_once(&once, initialise_within); });
}

// Conditions ----------------------------------------------------------------------------------

timespec in_ten_milliseconds(clockid_t clock) {
    timespec deadline{};
    clock_gettime(clock, &deadline);
    deadline.tv_nsec += 10'000'000;
    deadline.tv_sec += deadline.tv_nsec / 1'000'000'000;
    deadline.tv_nsec %= 1'000'000'000;
    return deadline;
}

long milliseconds_since(const timespec& begin) {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - begin.tv_sec) * 1'000 + (now.tv_nsec - begin.tv_nsec) / 1'000'000;
}

/// Waits in vain, until a deadline on the monotonic clock.
void wait_by_the_clock(clockid_t clock_of_the_condition) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, clock_of_the_condition);
    pthread_cond_t never;
    pthread_cond_init(&never, &attributes);
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

    timespec begin{};
    clock_gettime(CLOCK_MONOTONIC, &begin);
    const timespec deadline = in_ten_milliseconds(CLOCK_MONOTONIC);
    pthread_mutex_lock(&mutex);
    int result = 0;
    while (result == 0) {
        result = pthread_cond_timedwait(&never, &mutex, &deadline);
    }
    pthread_mutex_unlock(&mutex);
    const long waited = milliseconds_since(begin);
    pthread_mutex_destroy(&mutex);
    pthread_cond_destroy(&never);
    pthread_condattr_destroy(&attributes);
    expect(result == ETIMEDOUT && waited >= 10, "the wait was over at once");
}

void condition_on_its_clock() { wait_by_the_clock(CLOCK_MONOTONIC); }
void condition_on_another_clock() { wait_by_the_clock(CLOCK_REALTIME); }

// Semaphores ----------------------------------------------------------------------------------

/// Two slots between a producer and a consumer; `used` begins with as many items as given.
void ring_with_semaphores(unsigned used_at_first) {
    sem_t free_slots;
    sem_t used_slots;
    sem_init(&free_slots, 0, 2);
    sem_init(&used_slots, 0, used_at_first);
    std::array<std::atomic<int>, 2> slots{};
    int sum = 0;
    in_threads(2, [&](int role) {
        for (unsigned n = 0; n < 4; ++n) {
            if (role == 0) {
                sem_wait(&free_slots);
                slots[n % 2] = static_cast<int>(n) + 1;
                sem_post(&used_slots);
            } else {
                sem_wait(&used_slots);
                sum += slots[n % 2];
                sem_post(&free_slots);
            }
        }
    });
    sem_destroy(&free_slots);
    sem_destroy(&used_slots);
    expect(sum == 10, "a slot was read before it was filled");
}

void semaphores_in_c() { ring_with_semaphores(0); }
void semaphore_that_starts_too_high() { ring_with_semaphores(1); }

// C's own threads -----------------------------------------------------------------------------

struct Gathering {
    mtx_t lock;
    cnd_t changed;
    int arrived = 0;
    int expected = 0;

    explicit Gathering(int count) : expected{count} {
        mtx_init(&lock, mtx_plain);
        cnd_init(&changed);
    }
    ~Gathering() {
        cnd_destroy(&changed);
        mtx_destroy(&lock);
    }
    Gathering(const Gathering&) = delete;
    Gathering& operator=(const Gathering&) = delete;
};

/// Gives back how many were there before.
int arrive_in_c(void* given) {
    Gathering& gathering = *static_cast<Gathering*>(given);
    mtx_lock(&gathering.lock);
    const int before = gathering.arrived++;
    if (gathering.arrived == gathering.expected) cnd_broadcast(&gathering.changed);
    while (gathering.arrived < gathering.expected) cnd_wait(&gathering.changed, &gathering.lock);
    mtx_unlock(&gathering.lock);
    return before;
}

void gather(int expected) {
    Gathering gathering{expected};
    std::array<thrd_t, 3> threads{};
    for (thrd_t& thread : threads) thrd_create(&thread, arrive_in_c, &gathering);
    int sum = 0;
    for (const thrd_t thread : threads) {
        int result = 0;
        thrd_join(thread, &result);
        sum += result;
    }
    expect(sum == 0 + 1 + 2, "a thread's result is not what its function returned");
}

void threads_of_c() { gather(3); }
void threads_of_c_one_too_few() { gather(4); }

constexpr Program table[] = {
    correct("threads_of_c", "Three threads of C wait for each other on a condition of C.",
            threads_of_c),
    faulty("threads_of_c_one_too_few", "They wait for a fourth, which never comes.",
           threads_of_c_one_too_few, Kind::never_woken, 1, "arrive_in_c"),
    correct("rwlock_in_c", "pthread_rwlock with two readers and two writers.", rwlock_in_c),
    correct("spin_lock_in_c", "pthread_spin_lock round a counter.", spin_lock_in_c),
    correct("error_checking_mutex", "An error-checking mutex reports misuse and goes on.",
            error_checking_mutex),
    correct("barrier_for_three", "pthread_barrier, twice, one serial thread each time.",
            barrier_for_three),
    faulty("barrier_for_four", "A barrier for four threads, of which there are three.",
           barrier_for_four, Kind::never_woken, 1, "meet_at"),
    correct("slow_once", "Two threads wait while pthread_once runs a slow initialiser.", slow_once),
    or_as(faulty("once_within_itself", "An initialiser calls pthread_once for itself.",
                 once_within_itself, Kind::self_deadlock, 1, "initialise_within"),
          Kind::never_woken),
    correct("condition_on_its_clock", "A deadline on the condition's own clock.",
            condition_on_its_clock),
    wrong("condition_on_another_clock", "A monotonic deadline for a condition on the wall clock.",
          condition_on_another_clock, 1, "over at once"),
    correct("semaphores_in_c", "sem_t for free and used slots.", semaphores_in_c),
    wrong("semaphore_that_starts_too_high", "An item is counted that nobody has put.",
          semaphore_that_starts_too_high, 50, "before it was filled"),
};

}  // namespace

std::span<const Program> posix_threads() { return table; }

}  // namespace corpus
