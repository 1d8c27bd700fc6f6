// bench_overhead: what the lab costs a program that it does not observe.
//
// A program that is linked with the lab calls the lab's functions by name; outside of a run these
// look at one thread-local pointer and go on to the original. Here the same calls are made by name
// and through the originals' addresses, in turns. The last column is for comparison: the same call
// by the only thread of a run, where as a rule it is a scheduling point.
#include "bench.hpp"

#include <lab/observe.hpp>

#include <dlfcn.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace {

constexpr int repetitions = 15;

/// The next definition after the program's own: libc's, or a sanitizer's in front of it. `version`:
/// where libc has two, and glibc before 2.36 would answer with the older (its bug 14932).
template <class Function>
Function* next(const char* name, const char* version = nullptr) {
    void* found = version != nullptr ? dlvsym(RTLD_NEXT, name, version) : nullptr;
    if (found == nullptr) {
        found = dlsym(RTLD_NEXT, name);
    }
    if (found == nullptr) {
        fmt::print("There is no other {}.\n", name);
        std::exit(1);
    }
    return reinterpret_cast<Function*>(found);
}

/// CPU nanoseconds a call.
template <class Call>
double price_of(int calls, Call call) {
    const bench::Cost cost = bench::cost_of([&] {
        for (int i = 0; i < calls; ++i) {
            call();
        }
    });
    return 1e9 * cost.cpu / calls;
}

template <class Interposed, class Original>
void compare(const bench::Table& table, std::string_view name, Interposed interposed,
             Original original) {
    constexpr double seconds_a_repetition = 0.02;
    constexpr int first = 1'000;
    const double rough = std::max(price_of(first, interposed), 1.0);
    const int calls = std::max(first, static_cast<int>(1e9 * seconds_a_repetition / rough));

    std::vector<double> by_name;
    std::vector<double> directly;
    std::vector<double> in_run;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        by_name.push_back(price_of(calls, interposed));
        directly.push_back(price_of(calls, original));
        lab::Options options;
        options.stacks = lab::Stacks::none;
        constexpr int calls_in_run = 20'000;
        const bench::Cost cost = bench::cost_of([&] {
            (void)lab::observe(
                [&] {
                    for (int i = 0; i < calls_in_run; ++i) {
                        interposed();
                    }
                },
                options);
        });
        in_run.push_back(1e9 * cost.cpu / calls_in_run);
    }
    const double named = bench::median(by_name);
    const double direct = bench::median(directly);
    table.row({std::string(name), bench::number(direct), bench::number(named),
               bench::number(named - direct), fmt::format("{:.2f}", named / direct),
               bench::number(bench::median(in_run))});
}

}  // namespace

int main() {
    bench::introduce("Overhead outside of runs");
    const bench::Table table("Medians, in ns of CPU time a call", {{"call", 34},
                                                                   {"original", 8},
                                                                   {"by name", 8},
                                                                   {"more", 8},
                                                                   {"ratio", 6},
                                                                   {"in a run", 8}});

    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    auto* lock = next<decltype(pthread_mutex_lock)>("pthread_mutex_lock");
    auto* unlock = next<decltype(pthread_mutex_unlock)>("pthread_mutex_unlock");
    compare(
        table, "mutex: lock and unlock",
        [&] {
            pthread_mutex_lock(&mutex);
            pthread_mutex_unlock(&mutex);
        },
        [&] {
            lock(&mutex);
            unlock(&mutex);
        });

    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    auto* notify = next<decltype(pthread_cond_signal)>("pthread_cond_signal", "GLIBC_2.3.2");
    compare(
        table, "condition variable: notify nobody", [&] { pthread_cond_signal(&condition); },
        [&] { notify(&condition); });

    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    auto* post = next<decltype(sem_post)>("sem_post");
    auto* wait = next<decltype(sem_wait)>("sem_wait");
    compare(
        table, "semaphore: post and wait",
        [&] {
            sem_post(&semaphore);
            sem_wait(&semaphore);
        },
        [&] {
            post(&semaphore);
            wait(&semaphore);
        });

    timespec shown{};
    auto* gettime = next<decltype(clock_gettime)>("clock_gettime");
    compare(
        table, "clock_gettime(CLOCK_MONOTONIC)", [&] { clock_gettime(CLOCK_MONOTONIC, &shown); },
        [&] { gettime(CLOCK_MONOTONIC, &shown); });

    // What std::atomic's wait comes down to when the value has changed already, and its notify when
    // somebody may wait.
    std::atomic<std::uint32_t> word{1};
    auto* system_call = next<decltype(syscall)>("syscall");
    compare(
        table, "atomic: wait, changed already",
        [&] { syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, nullptr); },
        [&] { system_call(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, nullptr); });
    compare(
        table, "atomic: notify", [&] { syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1); },
        [&] { system_call(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1); });

    compare(
        table, "thread: create and join",
        [] {
            pthread_t thread{};
            pthread_create(
                &thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
            pthread_join(thread, nullptr);
        },
        [create = next<decltype(pthread_create)>("pthread_create"),
         join = next<decltype(pthread_join)>("pthread_join")] {
            pthread_t thread{};
            create(
                &thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
            join(thread, nullptr);
        });
}
