// What the tests of the lab's behaviour share.
#pragma once

#include <lab/catch.hpp>
#include <lab/events.hpp>
#include <lab/matchers.hpp>
#include <lab/observe.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <functional>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace runs {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitised = true;
#elif defined(__has_feature)
inline constexpr bool sanitised =
    __has_feature(thread_sanitizer) || __has_feature(address_sanitizer);
#else
inline constexpr bool sanitised = false;
#endif

/// Both hand-overs in turn: a test case that calls it is run once with each. The patience is short,
/// for the tests that use it up.
inline lab::Options each_handover() {
    lab::Options options;
    options.handover = GENERATE(lab::Handover::user_level, lab::Handover::futex);
    options.patience = 200ms;
    return options;
}

/// True, and says so, where a sanitizer would take the test's fault for its own affair.
inline bool left_to_the_sanitizer(std::string_view fault) {
    if (sanitised) WARN("not checked here: the sanitizer itself looks after " << fault);
    return sanitised;
}

/// Whatever came before, a correct body is observed as ever.
inline void still_works(const lab::Options& options) {
    int got = 0;
    bool thrown = false;
    const lab::Trace trace = lab::observe(
        [&] {
            std::mutex mutex;
            std::condition_variable filled;
            bool full = false;
            std::thread producer([&] {
                std::this_thread::sleep_for(5ms);
                const std::lock_guard lock(mutex);
                full = true;
                filled.notify_one();
            });
            {
                std::unique_lock lock(mutex);
                filled.wait(lock, [&] { return full; });
                ++got;
            }
            producer.join();
            try {
                throw std::string("caught");
            } catch (const std::string&) {
                thrown = true;
            }
        },
        options);
    using namespace lab::matchers;
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(5ms));
    CHECK(got == 1);
    CHECK(thrown);
    CHECK_FALSE(lab::observing());
}

inline bool has(const lab::Trace& trace, Kind kind) {
    return std::ranges::any_of(trace.diagnoses(),
                               [&](const lab::Diagnosis& one) { return one.kind == kind; });
}

/// All that a trace's diagnoses say.
inline std::string words_of(const lab::Trace& trace) {
    std::string words;
    for (const lab::Diagnosis& diagnosis : trace.diagnoses()) words += diagnosis.explain();
    return words;
}

/// Where the first diagnosis' first witness stood; 0 when that is not known.
inline unsigned line_of(const lab::Trace& trace) {
    if (trace.clean() || trace.diagnoses().front().witnesses.empty()) return 0;
    return trace.diagnoses().front().witnesses.front().place.line;
}

/// Runs `part` in a child process of the test's own, and returns its wait status.
inline int status_of_child(const std::function<void()>& part) {
    std::cout.flush();
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        part();
        _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

/// Runs `part` in a thread that the body waits for, or in the body itself.
inline lab::Trace observe_part(void (*part)(), bool in_thread, const lab::Options& options) {
    return lab::observe(
        [part, in_thread] {
            if (in_thread)
                std::thread(part).join();
            else
                part();
        },
        options);
}

}  // namespace runs
