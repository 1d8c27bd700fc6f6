// Making a value once, and showing it to other threads.
#include "topics.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;
using Flavour::memory_points;
using Flavour::tsan;

struct Settings {
    int width = 0;
    int height = 0;
};

/// Builds Settings, and counts how often.
struct Factory {
    std::atomic<int> made{0};

    std::unique_ptr<Settings> make() {
        ++made;
        auto settings = std::make_unique<Settings>();
        settings->width = 4;
        settings->height = 3;
        return settings;
    }
};

// Made on first use ---------------------------------------------------------------------------

class PlainPointer {
public:
    const Settings& get(Factory& factory) {
        if (pointer_ == nullptr) {
            const std::lock_guard lock{mutex_};
            if (pointer_ == nullptr) {
                owner_ = factory.make();
                pointer_ = owner_.get();
            }
        }
        return *pointer_;
    }

private:
    std::mutex mutex_;
    std::unique_ptr<Settings> owner_;
    Settings* pointer_ = nullptr;
};

class AtomicPointer {
public:
    const Settings& get(Factory& factory) {
        Settings* seen = pointer_.load(std::memory_order_acquire);
        if (seen == nullptr) {
            const std::lock_guard lock{mutex_};
            seen = pointer_.load(std::memory_order_relaxed);
            if (seen == nullptr) {
                owner_ = factory.make();
                seen = owner_.get();
                pointer_.store(seen, std::memory_order_release);
            }
        }
        return *seen;
    }

private:
    std::mutex mutex_;
    std::unique_ptr<Settings> owner_;
    std::atomic<Settings*> pointer_{nullptr};
};

/// Checks only outside the lock: the second thread makes it again.
class CheckedOnce {
public:
    const Settings& get(Factory& factory) {
        Settings* seen = pointer_.load(std::memory_order_acquire);
        if (seen == nullptr) {
            const std::lock_guard lock{mutex_};
            all_.push_back(factory.make());
            seen = all_.back().get();
            pointer_.store(seen, std::memory_order_release);
        }
        return *seen;
    }

private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Settings>> all_;
    std::atomic<Settings*> pointer_{nullptr};
};

class CalledOnce {
public:
    const Settings& get(Factory& factory) {
        std::call_once(once_, [&] { owner_ = factory.make(); });
        return *owner_;
    }

private:
    std::once_flag once_;
    std::unique_ptr<Settings> owner_;
};

/// The initialiser takes its time, so that others arrive while it runs.
class CalledOnceSlowly {
public:
    const Settings& get(Factory& factory) {
        std::call_once(once_, [&] {
            std::this_thread::sleep_for(2ms);
            owner_ = factory.make();
        });
        return *owner_;
    }

private:
    std::once_flag once_;
    std::unique_ptr<Settings> owner_;
};

template <class Lazy>
void ask_three_times() {
    Factory factory;
    Lazy lazy;
    std::atomic<int> area{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 3; ++i) {
            threads.emplace_back([&] {
                const Settings& settings = lazy.get(factory);
                area += settings.width * settings.height;
            });
        }
    }
    expect(area == 36, "somebody saw it half-made");
    expect(factory.made == 1, "it was made more than once");
}

void double_checked_plain() { ask_three_times<PlainPointer>(); }
void double_checked_atomic() { ask_three_times<AtomicPointer>(); }
void checked_once_outside() { ask_three_times<CheckedOnce>(); }
void called_once() { ask_three_times<CalledOnce>(); }
void called_once_slowly() { ask_three_times<CalledOnceSlowly>(); }

void call_once_that_calls_itself() {
    std::once_flag once;
    std::function<void()> prepare = [&] { std::call_once(once, prepare); };
    std::jthread worker{[&] { std::call_once(once, prepare); }};
}

// Shown by a flag -----------------------------------------------------------------------------

/// The settings are on the heap: Clang 14 does not let ThreadSanitizer watch each member of an
/// object that it knows to be on the stack, though the object's address be known elsewhere.
template <std::memory_order show, std::memory_order look>
void show_by_a_flag() {
    const auto settings = std::make_unique<Settings>();
    std::atomic<bool> ready{false};
    int area = 0;
    {
        std::jthread reader{[&] {
            while (!ready.load(look)) {
                std::this_thread::yield();
            }
            area = settings->width * settings->height;
        }};
        *settings = {.width = 4, .height = 3};
        ready.store(true, show);
    }
    expect(area == 12, "the reader saw it half-made");
}

void shown_by_a_relaxed_flag() {
    show_by_a_flag<std::memory_order_relaxed, std::memory_order_relaxed>();
}

void shown_by_a_released_flag() {
    show_by_a_flag<std::memory_order_release, std::memory_order_acquire>();
}

void shown_before_it_is_complete() {
    struct {
        std::atomic<bool> ready{false};
        std::atomic<int> width{0};
    } shared;
    int seen = 0;
    {
        std::jthread reader{[&] {
            while (!shared.ready) {
                std::this_thread::yield();
            }
            seen = shared.width;
        }};
        shared.ready = true;
        shared.width = 4;
    }
    expect(seen == 4, "the flag was up too early");
}

constexpr Program table[] = {
    faulty("double_checked_plain", "Double-checked locking with a plain pointer.",
           double_checked_plain, Kind::data_race, 20, "publication.cpp", tsan),
    correct("double_checked_atomic", "Double-checked locking with an atomic pointer.",
            double_checked_atomic),
    wrong("checked_once_outside", "The check is not made again under the lock.",
          checked_once_outside, 100, "more than once"),
    correct("called_once", "std::call_once makes it.", called_once),
    correct("called_once_slowly", "Two threads wait while the third one makes it.",
            called_once_slowly),
    or_as(faulty("call_once_that_calls_itself", "The once-function needs its own result.",
                 call_once_that_calls_itself, Kind::self_deadlock, 1, "publication.cpp"),
          Kind::never_woken),
    faulty("shown_by_a_relaxed_flag", "A relaxed flag does not order what was written before.",
           shown_by_a_relaxed_flag, Kind::data_race, 20, "show_by_a_flag", tsan),
    correct("shown_by_a_released_flag", "A released flag does.", shown_by_a_released_flag),
    wrong("shown_before_it_is_complete", "The flag goes up before the value is there.",
          shown_before_it_is_complete, 500, "too early", memory_points),
};

}  // namespace

std::span<const Program> publication() { return table; }

}  // namespace corpus
