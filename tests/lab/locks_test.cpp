// Locks as POSIX and the C++ standard describe them, and what breaks their rules.
#include "runs.hpp"

#include <pthread.h>

#include <array>
#include <cerrno>
#include <memory>
#include <new>
#include <shared_mutex>
#include <vector>

using namespace runs;
using namespace lab::matchers;

namespace {

/// A pthread mutex of the given type.
class PosixMutex {
public:
    explicit PosixMutex(int type) {
        pthread_mutexattr_t attributes;
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_settype(&attributes, type);
        pthread_mutex_init(&mutex_, &attributes);
        pthread_mutexattr_destroy(&attributes);
    }
    ~PosixMutex() { pthread_mutex_destroy(&mutex_); }
    PosixMutex(const PosixMutex&) = delete;
    PosixMutex& operator=(const PosixMutex&) = delete;
    int lock() { return pthread_mutex_lock(&mutex_); }
    int try_lock() { return pthread_mutex_trylock(&mutex_); }
    int unlock() { return pthread_mutex_unlock(&mutex_); }
    pthread_mutex_t* get() { return &mutex_; }

private:
    pthread_mutex_t mutex_{};
};

/// What `part` returns in a thread of its own.
template <class Part>
int elsewhere(Part part) {
    int answer = -1;
    std::thread([&] { answer = part(); }).join();
    return answer;
}

}  // namespace

TEST_CASE("a mutex destroyed while it is held is told") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            PosixMutex mutex(PTHREAD_MUTEX_NORMAL);
            mutex.lock();
        },
        options);
    REQUIRE(has(trace, Kind::destroyed_locked));
    CHECK(trace.completed());
    CHECK_THAT(words_of(trace), lab::contains("main held it"));
    still_works(options);
}

TEST_CASE("a std::mutex that takes the place of a held one is noticed") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            alignas(std::mutex) std::array<std::byte, sizeof(std::mutex)> room{};
            auto* mutex = new (room.data()) std::mutex;
            mutex->lock();
            mutex->~mutex();
            mutex = new (room.data()) std::mutex;
            mutex->lock();
            mutex->unlock();
            mutex->~mutex();
        },
        options);
    CHECK(has(trace, Kind::destroyed_locked));
    still_works(options);
}

TEST_CASE("mutexes that take each other's places after release are not accused") {
    const lab::Options options = each_handover();
    const auto body = [] {
        for (int i = 0; i < 100; ++i) {
            const auto mutex = std::make_unique<std::mutex>();
            std::jthread other([&] { const std::lock_guard lock(*mutex); });
            const std::lock_guard lock(*mutex);
        }
    };
    CHECK_THAT(lab::observe(body, options), runs_to_the_end() && no_diagnosis());
    still_works(options);
}

TEST_CASE("a lock released by another thread, or by nobody's leave, is told") {
    const lab::Options options = each_handover();
    const lab::Trace other = lab::observe(
        [] {
            std::mutex mutex;
            mutex.lock();
            std::thread([&] { mutex.unlock(); }).join();
        },
        options);
    REQUIRE(has(other, Kind::unlock_not_owner));
    CHECK_THAT(words_of(other), lab::contains("which main held"));
    CHECK(other.completed());

    const lab::Trace nobody = lab::observe(
        [] {
            std::mutex mutex;
            mutex.unlock();
            const std::lock_guard lock(mutex);  // it is as good as new
        },
        options);
    REQUIRE(has(nobody, Kind::unlock_not_owner));
    CHECK_THAT(words_of(nobody), lab::contains("which nobody held"));
    CHECK(nobody.completed());
    CHECK(nobody.diagnoses().size() == 1);
    still_works(options);
}

TEST_CASE("a thread that ends with a lock in its hand is told") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            std::mutex mutex;
            std::thread([&] { mutex.lock(); }).join();
        },
        options);
    CHECK(has(trace, Kind::not_released));
    still_works(options);
}

TEST_CASE("a lock that a thread took along to its end is named, also where others wait for it") {
    const lab::Options options = each_handover();
    std::mutex mutex;
    unsigned line = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            std::thread keeper([&] {
                line = __LINE__ + 1;
                mutex.lock();
            });
            keeper.join();
            std::thread second([&] { mutex.lock(); });
            mutex.lock();
            second.join();
        },
        options);
    REQUIRE(trace.diagnoses().size() == 2);
    const lab::Diagnosis& kept = trace.diagnoses()[0];
    CHECK(kept.kind == Kind::not_released);
    CHECK_THAT(kept.summary, lab::contains("thread 1") && lab::contains("mutex #1"));
    CHECK(line_of(trace) == line);
    const lab::Diagnosis& missed = trace.diagnoses()[1];
    CHECK(missed.kind == Kind::never_woken);
    CHECK_THAT(missed.summary, lab::contains("2 threads wait"));
    REQUIRE(missed.witnesses.size() == 2);
    for (const lab::Witness& waiting : missed.witnesses)
        CHECK_THAT(waiting.state, lab::contains("held by thread 1, which has ended"));
    still_works(options);
    // The mutex itself is free for the next run.
    const lab::Trace next = lab::observe([&] { const std::lock_guard lock(mutex); }, options);
    CHECK(next.clean());
    CHECK_FALSE(next.touched_outside());
}

TEST_CASE("a reader that ends with its lock in hand is told, with its own place") {
    const lab::Options options = each_handover();
    unsigned line = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            std::shared_mutex mutex;
            std::thread first([&] {
                line = __LINE__ + 1;
                mutex.lock_shared();
            });
            first.join();
            const std::shared_lock second(mutex);
        },
        options);
    REQUIRE(trace.diagnoses().size() == 1);
    CHECK(has(trace, Kind::not_released));
    CHECK_THAT(words_of(trace), lab::contains("thread 1"));
    CHECK(line_of(trace) == line);
    still_works(options);
}

TEST_CASE("an error-checking mutex answers instead of blocking") {
    const lab::Options options = each_handover();
    std::vector<int> answers;
    const lab::Trace trace = lab::observe(
        [&] {
            PosixMutex mutex(PTHREAD_MUTEX_ERRORCHECK);
            answers = {mutex.lock(), mutex.lock(), mutex.try_lock(),
                       elsewhere([&] { return mutex.try_lock(); }), mutex.unlock()};
        },
        options);
    CHECK(answers == std::vector<int>{0, EDEADLK, EBUSY, EBUSY, 0});
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());

    const lab::Trace wrong = lab::observe(
        [&] {
            PosixMutex mutex(PTHREAD_MUTEX_ERRORCHECK);
            answers = {mutex.unlock(), mutex.lock(), elsewhere([&] { return mutex.unlock(); }),
                       mutex.unlock()};
        },
        options);
    CHECK(answers == std::vector<int>{EPERM, 0, EPERM, 0});
    CHECK(has(wrong, Kind::unlock_not_owner));
    CHECK(wrong.completed());
    still_works(options);
}

TEST_CASE("a recursive mutex counts") {
    const lab::Options options = each_handover();
    std::vector<int> answers;
    const lab::Trace trace = lab::observe(
        [&] {
            PosixMutex mutex(PTHREAD_MUTEX_RECURSIVE);
            const auto other = [&] {
                return elsewhere([&] {
                    const int answer = mutex.try_lock();
                    if (answer == 0) mutex.unlock();
                    return answer;
                });
            };
            answers = {mutex.lock(),   mutex.lock(), mutex.try_lock(), other(), mutex.unlock(),
                       mutex.unlock(), other(),      mutex.unlock(),   other()};
        },
        options);
    CHECK(answers == std::vector<int>{0, 0, 0, EBUSY, 0, 0, EBUSY, 0, 0});
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
    still_works(options);
}

TEST_CASE("a normal mutex locked twice by one thread is a self-deadlock") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            std::mutex mutex;
            mutex.lock();
            mutex.lock();
        },
        options);
    CHECK(has(trace, Kind::self_deadlock));
    CHECK_FALSE(trace.completed());
    still_works(options);
}

TEST_CASE("timed locks give up exactly when their time is over") {
    const lab::Options options = each_handover();
    lab::Duration gave_up{0};
    lab::Duration got{0};
    const lab::Trace trace = lab::observe(
        [&] {
            std::timed_mutex mutex;
            std::thread holder([&] {
                const std::lock_guard lock(mutex);
                std::this_thread::sleep_for(100ms);
            });
            std::this_thread::sleep_for(1ms);
            const bool first = mutex.try_lock_for(30ms);
            gave_up = lab::now();
            const bool second =
                mutex.try_lock_until(std::chrono::system_clock::now() + std::chrono::hours{1});
            got = lab::now();
            if (second) mutex.unlock();
            if (!first && second) lab::event("as it should");
            holder.join();
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
    CHECK(trace.marks("as it should").size() == 1);
    CHECK(gave_up == 31ms);
    CHECK(got == 100ms);
    still_works(options);
}

TEST_CASE("a recursive timed mutex works, too") {
    const lab::Options options = each_handover();
    bool other_got_it = true;
    const lab::Trace trace = lab::observe(
        [&] {
            std::recursive_timed_mutex mutex;
            const std::lock_guard outer(mutex);
            const std::unique_lock inner(mutex, 10ms);
            std::thread([&] { other_got_it = mutex.try_lock_for(5ms); }).join();
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(5ms));
    CHECK_FALSE(other_got_it);
    still_works(options);
}

TEST_CASE("readers share, writers do not") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [&] {
            std::shared_mutex mutex;
            std::vector<std::jthread> threads;
            for (int i = 0; i < 3; ++i)
                threads.emplace_back([&] {
                    const std::shared_lock lock(mutex);
                    const lab::Span span("reading");
                    std::this_thread::sleep_for(10ms);
                });
            for (int i = 0; i < 2; ++i)
                threads.emplace_back([&] {
                    std::this_thread::sleep_for(5ms);
                    const std::unique_lock lock(mutex);
                    const lab::Span span("writing");
                    std::this_thread::sleep_for(10ms);
                });
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(30ms) &&
                          peak_overlap_is("reading", 3) && peak_overlap_is("writing", 1));
    still_works(options);
}

TEST_CASE("a shared timed mutex keeps its time") {
    const lab::Options options = each_handover();
    bool read = true;
    bool wrote = true;
    const lab::Trace trace = lab::observe(
        [&] {
            std::shared_timed_mutex mutex;
            const std::shared_lock lock(mutex);
            std::thread([&] {
                read = mutex.try_lock_shared_for(3ms);
                mutex.unlock_shared();
            }).join();
            std::thread([&] { wrote = mutex.try_lock_for(7ms); }).join();
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(7ms));
    CHECK(read);
    CHECK_FALSE(wrote);
    still_works(options);
}

TEST_CASE("a condition variable waited on without its lock is told") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
            pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
            pthread_cond_wait(&condition, &mutex);
        },
        options);
    REQUIRE(has(trace, Kind::unlock_not_owner));
    CHECK(trace.completed());
    CHECK_THAT(words_of(trace), lab::contains("without holding"));
    still_works(options);
}

TEST_CASE("std::scoped_lock takes any two mutexes in any order") {
    const lab::Options options = each_handover();
    lab::ExploreOptions many;
    static_cast<lab::Options&>(many) = options;
    many.schedules = 100;
    const lab::Exploration exploration = lab::explore(
        [] {
            std::mutex a;
            std::mutex b;
            std::jthread other([&] { const std::scoped_lock lock(a, b); });
            const std::scoped_lock lock(b, a);
        },
        many);
    CHECK_FALSE(exploration.failed());
    still_works(options);
}

TEST_CASE("locks that were taken before the run are known, and may be released in it") {
    const lab::Options options = each_handover();
    std::mutex mutex;
    mutex.lock();
    bool got = true;
    const lab::Trace trace = lab::observe(
        [&] {
            got = mutex.try_lock();
            mutex.unlock();
            const std::lock_guard lock(mutex);
        },
        options);
    CHECK_FALSE(got);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
    still_works(options);
}

TEST_CASE("a lock that another thread of the process holds is waited for") {
    lab::Options options = each_handover();
    options.patience = 30s;
    bool met = false;
    // On a busy machine the bystander may be gone before the run comes to its locks.
    for (std::chrono::milliseconds hold = 30ms; !met && hold < 10s; hold *= 10) {
        std::mutex mutex;
        std::shared_mutex shared;
        std::atomic<bool> held{false};
        std::thread bystander([&] {
            const std::scoped_lock lock(mutex, shared);
            held = true;
            std::this_thread::sleep_for(hold);
        });
        while (!held) std::this_thread::yield();
        const lab::Trace trace = lab::observe(
            [&] {
                { const std::lock_guard lock(mutex); }
                const std::lock_guard lock(shared);
            },
            options);
        CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
        met = trace.touched_outside();
        bystander.join();
    }
    CHECK(met);
    still_works(options);
}

TEST_CASE("a mutex that an abandoned run held is free in the next") {
    const lab::Options options = each_handover();
    std::mutex mutex;
    std::recursive_mutex recursive;
    const lab::Trace first = lab::observe(
        [&] {
            const std::lock_guard recursive_lock(recursive);
            mutex.lock();
            mutex.lock();
        },
        options);
    REQUIRE(has(first, Kind::self_deadlock));
    bool got = false;
    CHECK(lab::observe(
              [&] {
                  const std::lock_guard lock(mutex);
                  const std::lock_guard recursive_lock(recursive);
                  got = true;
              },
              options)
              .clean());
    CHECK(got);
    still_works(options);
}

TEST_CASE("a lock that somebody outside holds is waited for in vain, but not for ever") {
    const lab::Options options = each_handover();
    std::mutex mutex;
    std::shared_mutex shared;
    const std::lock_guard held(mutex);
    const std::lock_guard held_shared(shared);
    const lab::Trace trace = lab::observe([&] { const std::lock_guard lock(mutex); }, options);
    REQUIRE(has(trace, Kind::never_woken));
    CHECK_THAT(words_of(trace), lab::contains("mutex #1") && lab::contains("not part of the run"));
    CHECK(
        has(lab::observe([&] { const std::lock_guard lock(shared); }, options), Kind::never_woken));
    CHECK(has(lab::observe([&] { const std::shared_lock lock(shared); }, options),
              Kind::never_woken));
    bool got = true;
    CHECK(lab::observe([&] { got = mutex.try_lock(); }, options).clean());
    CHECK_FALSE(got);
    still_works(options);
}

TEST_CASE("spin locks work") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            pthread_spinlock_t spin{};
            pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
            int count = 0;
            {
                std::vector<std::jthread> threads;
                for (int i = 0; i < 3; ++i)
                    threads.emplace_back([&] {
                        pthread_spin_lock(&spin);
                        ++count;
                        std::this_thread::sleep_for(1ms);
                        pthread_spin_unlock(&spin);
                    });
            }
            lab::event("count", count);
            pthread_spin_destroy(&spin);
        },
        options);
    CHECK_THAT(trace,
               runs_to_the_end() && no_diagnosis() && makespan_is(3ms) && exactly_once("count", 3));
    still_works(options);
}
