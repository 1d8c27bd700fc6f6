// Bodies and threads that end in other ways than by returning.
#include "runs.hpp"

#include <pthread.h>

#include <cassert>
#include <cstdlib>
#include <exception>
#include <stdexcept>

using namespace runs;

namespace {

/// Runs `part` in a thread that the body waits for, or in the body itself.
std::function<void()> body_with(std::function<void()> part, bool in_thread) {
    if (in_thread) return [part] { std::thread(part).join(); };
    return part;
}

}  // namespace

TEST_CASE("an exception that leaves the body is a diagnosis") {
    const lab::Options options = each_handover();
    const lab::Trace trace =
        lab::observe([] { throw std::out_of_range("no such shelf"); }, options);
    REQUIRE(has(trace, Kind::body_threw));
    CHECK_THAT(words_of(trace),
               lab::contains("std::out_of_range") && lab::contains("no such shelf"));
    CHECK(trace.diagnoses().size() == 1);
    still_works(options);
}

TEST_CASE("an exception of no known type leaves observe as well") {
    const lab::Options options = each_handover();
    CHECK_THROWS_AS(lab::observe([] { throw 42; }, options), int);
    still_works(options);
    // Whatever else was going on.
    CHECK_THROWS_AS(lab::observe(
                        [] {
                            std::thread([] { std::this_thread::sleep_for(1h); }).detach();
                            throw std::string("out");
                        },
                        options),
                    std::string);
    still_works(options);
}

TEST_CASE("an exception that leaves a thread ends the run, and what it said is told") {
    const lab::Options options = each_handover();
    const unsigned line = __LINE__ + 2;
    const lab::Trace trace = lab::observe(
        [] { std::thread([] { throw std::runtime_error("no bread"); }).join(); }, options);
    REQUIRE(has(trace, Kind::uncaught_exception));
    CHECK_THAT(words_of(trace), lab::contains("thread 1") && lab::contains("no bread"));
    CHECK(line_of(trace) == line);
    CHECK_FALSE(trace.completed());
    still_works(options);
}

TEST_CASE("a thread that throws something else ends the run, too") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe([] { std::thread([] { throw 42; }).join(); }, options);
    CHECK(has(trace, Kind::uncaught_exception));
    still_works(options);
}

TEST_CASE("an exception may not leave a noexcept function") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    const auto part = [] {
        const auto promise = []() noexcept { std::string().at(7) = 'x'; };
        promise();
    };
    const lab::Trace trace = lab::observe(body_with(part, in_thread), options);
    CHECK(has(trace, Kind::uncaught_exception));
    still_works(options);
}

TEST_CASE("calls that end the process end the run instead") {
    const lab::Options options = each_handover();
    struct Way {
        const char* name;
        void (*take)();
    };
    const bool in_thread = GENERATE(false, true);
    const Way way = GENERATE(
        Way{"exit(3)", [] { std::exit(3); }}, Way{"_exit(3)", [] { _exit(3); }},
        Way{"_Exit(3)", [] { std::_Exit(3); }}, Way{"quick_exit(3)", [] { std::quick_exit(3); }});
    const lab::Trace trace = lab::observe(body_with(way.take, in_thread), options);
    REQUIRE(has(trace, Kind::exited));
    CHECK_THAT(words_of(trace), lab::contains(way.name));
    CHECK(line_of(trace) != 0);
    still_works(options);
}

TEST_CASE("a step beyond the end of the simulated world ends the run, before what comes of it") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    bool went_on = false;
    const unsigned line = __LINE__ + 2;
    const auto step = [&] {
        lab::out_of_bounds("took what is behind the last one");
        went_on = true;
    };
    const lab::Trace trace = lab::observe(body_with(step, in_thread), options);
    REQUIRE(has(trace, Kind::out_of_bounds));
    CHECK_THAT(words_of(trace), lab::contains("took what is behind the last one"));
    CHECK(line_of(trace) == line);
    CHECK_FALSE(went_on);
    still_works(options);
}

TEST_CASE("abort and terminate end the run, with the place") {
    const lab::Options options = each_handover();
    const bool in_thread = GENERATE(false, true);
    unsigned line = 0;
    std::function<void()> part;
    std::string word;
    SECTION("abort") {
        line = __LINE__ + 1;
        part = [] { std::abort(); };
        word = "called abort";
    }
    SECTION("terminate") {
        line = __LINE__ + 1;
        part = [] { std::terminate(); };
        word = "called std::terminate";
    }
    SECTION("a false assertion") {
#ifndef NDEBUG
        line = __LINE__ + 1;
        part = [] { assert(!"this"); };
        word = "this";
#else
        line = __LINE__ + 1;
        part = [] { std::abort(); };
#endif
    }
    const lab::Trace trace = lab::observe(body_with(part, in_thread), options);
    REQUIRE(has(trace, Kind::terminated));
    CHECK_THAT(words_of(trace), lab::contains(word));
    CHECK(line_of(trace) == line);
    still_works(options);
}

TEST_CASE("a std::thread that nobody joined is named where it died") {
    const lab::Options options = each_handover();
    unsigned line = __LINE__ + 1;
    const lab::Trace destroyed = lab::observe([] { std::thread forgotten([] {}); }, options);
    CHECK(has(destroyed, Kind::joinable_destroyed));
    CHECK(line_of(destroyed) == line);
    still_works(options);
    line = __LINE__ + 3;
    const lab::Trace overwritten = lab::observe(
        [] {
            std::thread forgotten([] {});
            forgotten = std::thread([] {});
            forgotten.join();
        },
        options);
    CHECK(has(overwritten, Kind::joinable_destroyed));
    CHECK(line_of(overwritten) >= line);
    CHECK(line_of(overwritten) <= line + 3);
    still_works(options);
}

TEST_CASE("a forgotten std::thread is placed also where compilers merge what destroys several") {
    const lab::Options options = each_handover();
    const unsigned line = __LINE__ + 1;
    const auto part = [](int jobs) {
        std::thread forgotten([] {});
        if (jobs == 0) return;
        std::thread joined([] {});
        if (jobs == 1) {
            joined.join();
            return;
        }
        joined.join();
        forgotten.join();
    };
    const int jobs = GENERATE(0, 1);
    const lab::Trace trace = lab::observe([&] { part(2), part(jobs); }, options);
    REQUIRE(has(trace, Kind::joinable_destroyed));
    CHECK(line_of(trace) > line);
    CHECK(line_of(trace) <= line + 11);
    still_works(options);
}

TEST_CASE("the program's own terminate handler is given back after the run") {
    const lab::Options options = each_handover();
    const std::terminate_handler mine = [] { std::_Exit(1); };
    const std::terminate_handler before = std::set_terminate(mine);
    still_works(options);
    CHECK(std::get_terminate() == mine);
    std::set_terminate(before);
}

TEST_CASE("pthread_exit ends a thread, runs its destructors, and hands over its result") {
    const lab::Options options = each_handover();
    int destroyed = 0;
    long result = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            pthread_t thread{};
            pthread_create(
                &thread, nullptr,
                [](void* argument) -> void* {
                    struct Count {
                        int& count;
                        ~Count() { ++count; }
                    } outer{*static_cast<int*>(argument)};
                    const auto deeper = [&] {
                        const Count inner{outer.count};
                        pthread_exit(reinterpret_cast<void*>(17L));
                    };
                    deeper();
                    return nullptr;
                },
                &destroyed);
            void* answer = nullptr;
            pthread_join(thread, &answer);
            result = reinterpret_cast<long>(answer);
        },
        options);
    CHECK_THAT(trace, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());
    CHECK(destroyed == 2);
    CHECK(result == 17);
    still_works(options);
}

TEST_CASE("pthread_exit in the body ends the body, and the others may finish") {
    const lab::Options options = each_handover();
    int destroyed = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            struct Count {
                int& count;
                ~Count() { ++count; }
            } const outer{destroyed};
            std::thread([] {
                std::this_thread::yield();
                lab::event("finished");
            }).detach();
            pthread_exit(nullptr);
        },
        options);
    CHECK(destroyed == 1);
    CHECK(trace.completed());
    CHECK_THAT(trace, lab::matchers::no_diagnosis());
    CHECK(trace.marks("finished").size() == 1);
    still_works(options);
}

TEST_CASE("a detached thread that ends is fine, one that does not is left behind") {
    const lab::Options options = each_handover();
    const lab::Trace ended = lab::observe(
        [] {
            std::thread([] {}).detach();
            std::this_thread::sleep_for(1ms);
        },
        options);
    CHECK_THAT(ended, lab::matchers::runs_to_the_end() && lab::matchers::no_diagnosis());

    const lab::Trace alive = lab::observe(
        [] { std::thread([] { std::this_thread::sleep_for(1h); }).detach(); }, options);
    CHECK(has(alive, Kind::leaked_thread));
    CHECK(alive.completed());
    still_works(options);
}

TEST_CASE("a thread that nobody joined or detached is left behind") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            pthread_t thread{};
            pthread_create(
                &thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
            std::this_thread::sleep_for(1ms);
        },
        options);
    CHECK(has(trace, Kind::leaked_thread));
    still_works(options);
}
