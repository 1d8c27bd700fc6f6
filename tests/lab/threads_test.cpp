// What belongs to each thread: its identity, its storage, its end.
#include "runs.hpp"

#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <set>
#include <system_error>
#include <vector>

using namespace runs;
using namespace lab::matchers;

namespace {

/// Runs `part` in `number` threads, one after another or all at once, and waits for them.
template <class Part>
void in_threads(int number, Part part) {
    std::vector<std::thread> threads;
    for (int i = 0; i < number; ++i) threads.emplace_back(part, i);
    for (std::thread& thread : threads) thread.join();
}

// The order in which thread_local objects come and go, as events of the run.
struct Noted {
    explicit Noted(const char* title) : name(title) { lab::event(std::string(name) + " made"); }
    ~Noted() { lab::event(std::string(name) + " gone"); }
    const char* name;
    int uses = 0;
};
thread_local Noted first("first");
thread_local Noted second("second");
thread_local int counter = 5;
thread_local std::vector<int> list;

pthread_key_t key{};

}  // namespace

TEST_CASE("256 threads at once are fine") {
    lab::Options options = each_handover();
    options.stacks = lab::Stacks::none;
    int sum = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            std::mutex mutex;
            in_threads(256, [&](int) {
                std::this_thread::sleep_for(1s);
                const std::lock_guard lock(mutex);
                ++sum;
            });
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(1s));
    CHECK(sum == 256);
    still_works(options);
}

TEST_CASE("the thread that is one too many is refused as the standard says, and told") {
    lab::Options options = each_handover();
    options.stacks = lab::Stacks::none;
    bool refused = false;
    std::size_t made = 0;
    const lab::Trace trace = lab::observe(
        [&] {
            std::vector<std::jthread> threads;
            try {
                while (threads.size() < 2'000) threads.emplace_back([] {});
            } catch (const std::system_error& error) {
                refused = error.code() == std::errc::resource_unavailable_try_again;
            }
            made = threads.size();
        },
        options);
    CHECK(refused);
    CHECK(has(trace, Kind::too_many_threads));
    CHECK(made + 1 == trace.threads().size());
    CHECK(trace.completed());
    still_works(options);
}

TEST_CASE("every thread has an identity of its own") {
    const lab::Options options = each_handover();
    std::set<std::thread::id> ids;
    bool told_truly = true;
    const lab::Trace trace = lab::observe(
        [&] {
            ids.insert(std::this_thread::get_id());
            std::vector<std::thread> threads;
            std::mutex mutex;
            for (int i = 0; i < 8; ++i)
                threads.emplace_back([&] {
                    const std::lock_guard lock(mutex);
                    ids.insert(std::this_thread::get_id());
                });
            std::set<std::thread::id> known;
            for (std::thread& thread : threads) known.insert(thread.get_id());
            for (std::thread& thread : threads) thread.join();
            for (const std::thread::id id : known) told_truly &= ids.contains(id);
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
    CHECK(ids.size() == 9);
    CHECK(told_truly);
    still_works(options);
}

TEST_CASE("errno is each thread's own, and survives the others' turns") {
    const lab::Options options = each_handover();
    std::atomic<bool> kept{true};
    const lab::Trace trace = lab::observe(
        [&] {
            in_threads(4, [&](int i) {
                errno = 100 + i;
                for (int turn = 0; turn < 5; ++turn) {
                    std::this_thread::yield();
                    std::this_thread::sleep_for(1ms);
                    if (errno != 100 + i) kept = false;
                }
            });
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
    CHECK(kept);
    still_works(options);
}

TEST_CASE("a new thread finds every thread_local as new, also where others were before") {
    const lab::Options options = each_handover();
    std::atomic<bool> fresh{true};
    const auto part = [&](int) {
        if (counter != 5 || !list.empty() || errno != 0) fresh = false;
        counter = 6;
        list.assign(100, 1);
        errno = EINVAL;
    };
    for (int run = 0; run < 3; ++run) {
        const lab::Trace trace = lab::observe(
            [&] {
                part(0);
                in_threads(4, part);
                for (int i = 0; i < 10; ++i) in_threads(1, part);
            },
            options);
        CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
    }
    CHECK(fresh);
    still_works(options);
}

TEST_CASE("thread_local objects are destroyed in their thread, last made first") {
    const lab::Options options = each_handover();
    const auto part = [](int) {
        ++first.uses;
        ++second.uses;
        lab::event("uses", first.uses + second.uses);
    };
    const lab::Trace trace = lab::observe(
        [&] {
            in_threads(1, part);
            in_threads(1, part);
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && happens_times("first made", 2) &&
                          happens_times("second gone", 2) &&
                          happens_before("second gone", "first gone"));
    CHECK(trace.marks("uses").size() == 2);
    for (const lab::Event& uses : trace.marks("uses")) CHECK(uses.value == 2);
    for (const lab::Event& gone : trace.marks("first gone")) CHECK(gone.thread != 0);
    still_works(options);
}

TEST_CASE("the body's thread destroys its thread_local objects, too") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe([] { ++first.uses; }, options);
    CHECK(trace.marks("first gone").size() == 1);
    still_works(options);
}

TEST_CASE("a key's destructor is called with the thread's value, and again if it sets one") {
    const lab::Options options = each_handover();
    pthread_key_create(&key, [](void* value) {
        const auto number = reinterpret_cast<long>(value);
        lab::event("destroyed", number);
        if (number > 1) pthread_setspecific(key, reinterpret_cast<void*>(number - 1));
    });
    std::atomic<bool> fresh{true};
    const lab::Trace trace = lab::observe(
        [&] {
            for (int i = 0; i < 3; ++i)
                in_threads(1, [&](int) {
                    if (pthread_getspecific(key) != nullptr) fresh = false;
                    pthread_setspecific(key, reinterpret_cast<void*>(2L));
                });
            in_threads(1, [&](int) {
                if (pthread_getspecific(key) != nullptr) fresh = false;
            });
        },
        options);
    pthread_key_delete(key);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && happens_times("destroyed", 6));
    CHECK(fresh);
    still_works(options);
}

TEST_CASE("threads are named as the program names them") {
    const lab::Options options = each_handover();
    const lab::Trace trace = lab::observe(
        [] {
            std::thread thread([] {});
            pthread_setname_np(thread.native_handle(), "baker");
            thread.join();
        },
        options);
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis());
    CHECK(trace.thread_name(1) == "baker");
    still_works(options);
}

TEST_CASE("joining answers as POSIX says") {
    const lab::Options options = each_handover();
    std::vector<int> answers;
    const lab::Trace trace = lab::observe(
        [&] {
            pthread_t thread{};
            const auto sleep = [](void*) -> void* {
                std::this_thread::sleep_for(1s);
                return nullptr;
            };
            pthread_create(&thread, nullptr, sleep, nullptr);
            timespec soon{};
            clock_gettime(CLOCK_REALTIME, &soon);
            soon.tv_nsec += 1'000'000;
            answers = {pthread_join(pthread_self(), nullptr), pthread_tryjoin_np(thread, nullptr),
                       pthread_timedjoin_np(thread, nullptr, &soon), pthread_join(thread, nullptr)};
        },
        options);
    CHECK(answers == std::vector<int>{EDEADLK, EBUSY, ETIMEDOUT, 0});
    CHECK_THAT(trace, runs_to_the_end() && no_diagnosis() && makespan_is(1s));
    still_works(options);
}
