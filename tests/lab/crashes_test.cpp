// Faults of the processor's making, and the program's own signals.
#include "runs.hpp"

#include <pthread.h>

#include <csignal>
#include <cstring>

using namespace runs;

namespace {

// What the compiler cannot see through, so that it leaves the faults to the processor.
int* volatile nowhere = nullptr;
const char* volatile no_text = nullptr;
void (*volatile no_function)() = nullptr;
volatile int zero = 0;

constexpr const char* fault = "fatal signals";

// Recursion that no compiler turns into a loop.
volatile bool goes_on = true;
[[gnu::noinline]] int fall_into_the_deep(const volatile char* above) {
    volatile char here[512];
    here[0] = above[0];
    if (!goes_on) return 0;
    return fall_into_the_deep(here) + here[1];
}

struct Cupboard {
    std::mutex mutex;
    int plates = 0;
};
Cupboard* volatile no_cupboard = nullptr;

}  // namespace

TEST_CASE("a null pointer that is followed is a crash with its place") {
    if (left_to_the_sanitizer(fault)) return;
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    const unsigned line = __LINE__ + 1;
    const lab::Trace trace = observe_part([] { *nowhere = 1; }, in_thread, options);
    REQUIRE(has(trace, Kind::crashed));
    CHECK_THAT(words_of(trace), lab::contains("SIGSEGV"));
    CHECK(line_of(trace) == line);
    CHECK_FALSE(trace.completed());
    still_works(options);
}

TEST_CASE("a jump to nowhere is a crash where the call was") {
    if (left_to_the_sanitizer(fault)) return;
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    unsigned line = 0;
    const auto part = [] {
        no_function();
        lab::event("never");
    };
    line = __LINE__ - 3;
    const lab::Trace trace = observe_part(part, in_thread, options);
    REQUIRE(has(trace, Kind::crashed));
    CHECK(line_of(trace) == line);
    still_works(options);
}

TEST_CASE("a division by zero is a crash with its place") {
    if (left_to_the_sanitizer(fault)) return;
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    const unsigned line = __LINE__ + 1;
    const lab::Trace trace = observe_part([] { zero = 7 / zero; }, in_thread, options);
    REQUIRE(has(trace, Kind::crashed));
    CHECK_THAT(words_of(trace), lab::contains("SIGFPE"));
    CHECK(line_of(trace) == line);
    still_works(options);
}

TEST_CASE("a null pointer in one of libc's string functions is a crash where the call was") {
    if (left_to_the_sanitizer(fault)) return;
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    const unsigned line = __LINE__ + 2;
    const lab::Trace trace =
        observe_part([] { lab::event("never", static_cast<std::int64_t>(std::strlen(no_text))); },
                     in_thread, options);
    REQUIRE(has(trace, Kind::crashed));
    CHECK(line_of(trace) == line);
    still_works(options);

    const lab::Trace copy = observe_part(
        [] {
            std::mutex mutex;
            const std::lock_guard lock(mutex);
            char text[8] = "";
            std::memcpy(text, no_text, 5 + static_cast<unsigned>(zero));
            lab::event(text);
        },
        in_thread, options);
    CHECK(has(copy, Kind::crashed));
    still_works(options);
}

TEST_CASE("the lock of an object that is not there is a crash where it was taken") {
    if (left_to_the_sanitizer(fault)) return;
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    const unsigned line = __LINE__ + 1;
    const auto part = [] { no_cupboard->mutex.lock(); };
    const lab::Trace trace = observe_part(part, in_thread, options);
    REQUIRE(has(trace, Kind::crashed));
    CHECK(line_of(trace) == line);
    still_works(options);
}

TEST_CASE("an illegal instruction is a crash") {
    if (left_to_the_sanitizer(fault)) return;
    const lab::Options options = each_handover();
    const lab::Trace trace = observe_part([] { __builtin_trap(); }, true, options);
    REQUIRE(has(trace, Kind::crashed));
    still_works(options);
}

TEST_CASE("a stack that is used up is named, with the function that used it") {
    if (left_to_the_sanitizer(fault)) return;
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    const auto part = [] {
        volatile char seed[1] = {};
        zero = fall_into_the_deep(seed) & 0;
    };
    const lab::Trace trace = observe_part(part, in_thread, options);
    zero = 0;
    REQUIRE(has(trace, Kind::stack_overflow));
    CHECK_THAT(words_of(trace), lab::contains("fall_into_the_deep"));
    still_works(options);
}

TEST_CASE("faults that come one after another are all survived") {
    if (left_to_the_sanitizer(fault)) return;
    const lab::Options options = each_handover();
    for (int i = 0; i < 10; ++i) {
        CHECK(has(observe_part([] { *nowhere = 1; }, i % 2 == 0, options), Kind::crashed));
        const auto deep = [] {
            volatile char seed[1] = {};
            zero = fall_into_the_deep(seed) & 0;
        };
        CHECK(has(observe_part(deep, i % 2 == 0, options), Kind::stack_overflow));
        CHECK(has(observe_part([] { zero = 7 / zero; }, i % 2 == 0, options), Kind::crashed));
    }
    still_works(options);
}

TEST_CASE("a fault outside a run is nobody's but the process's") {
    if (left_to_the_sanitizer(fault)) return;
    const lab::Options options = each_handover();
    still_works(options);
    const int status = status_of_child([] {
        std::signal(SIGSEGV, SIG_DFL);  // the test framework's is not what is tested
        *nowhere = 1;
    });
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGSEGV);
}

TEST_CASE("a handler for fatal signals is given back after the run") {
    const lab::Options options = each_handover();
    struct sigaction before {};
    struct sigaction mine {};
    mine.sa_handler = [](int) {};
    sigaction(SIGFPE, &mine, &before);
    still_works(options);
    struct sigaction now {};
    sigaction(SIGFPE, &before, &now);
    CHECK(now.sa_handler == mine.sa_handler);
}

namespace {

volatile std::sig_atomic_t heard = 0;
void hear(int) { heard = heard + 1; }

}  // namespace

TEST_CASE("a program's own signal handler is called as ever") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    heard = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            const auto part = [] {
                std::signal(SIGUSR1, hear);
                std::raise(SIGUSR1);
                if (heard == 1) lab::event("heard");
            };
            if (in_thread)
                std::thread(part).join();
            else
                part();
            std::signal(SIGUSR1, SIG_DFL);
        },
        options);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    CHECK(trace.marks("heard").size() == 1);
    still_works(options);
}

TEST_CASE("a program may block signals, and the process has its mask back after the run") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    sigset_t before;
    pthread_sigmask(SIG_SETMASK, nullptr, &before);
    const auto part = [] {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, nullptr);
        std::this_thread::sleep_for(1ms);
    };
    const lab::Trace trace = observe_part(part, in_thread, options);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    sigset_t after;
    pthread_sigmask(SIG_SETMASK, nullptr, &after);
    CHECK(sigismember(&before, SIGTERM) == sigismember(&after, SIGTERM));
    still_works(options);
}

TEST_CASE("a program that blocks all signals crashes like any other") {
    if (left_to_the_sanitizer(fault)) return;
    const lab::Options options = each_handover();
    // In a child: the kernel ends a process for a fault whose signal is blocked.
    const int status = status_of_child([&] {
        const auto part = [] {
            sigset_t all;
            sigfillset(&all);
            pthread_sigmask(SIG_SETMASK, &all, nullptr);
            *nowhere = 1;
        };
        const lab::Trace trace = observe_part(part, true, options);
        _exit(has(trace, Kind::crashed) ? 0 : 1);
    });
    CHECK(status == 0);
    still_works(options);
}
