#include "downloads.hpp"

#include <algorithm>
#include <coroutine>
#include <exception>
#include <iterator>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace {

struct Errand {
    const std::string* url = nullptr;
    Page* page = nullptr;
    std::exception_ptr* error = nullptr;
};

/// A lazy sequence of errands. Whoever resumes it must be alone with it.
class Errands {
public:
    struct promise_type {
        Errand current;
        Errands get_return_object() {
            return Errands{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(Errand errand) noexcept {
            current = errand;
            return {};
        }
        void return_void() noexcept {}
        void unhandled_exception() { throw; }
    };

    Errands(const Errands&) = delete;
    Errands& operator=(const Errands&) = delete;
    ~Errands() { handle_.destroy(); }

    [[nodiscard]] bool next(Errand& errand) {
        if (handle_.done()) return false;
        handle_.resume();
        if (handle_.done()) return false;
        errand = handle_.promise().current;
        return true;
    }

private:
    explicit Errands(std::coroutine_handle<promise_type> handle) : handle_{handle} {}
    std::coroutine_handle<promise_type> handle_;
};

Errands all_errands(std::span<const std::string> urls, Page* pages, std::exception_ptr* errors) {
    for (const std::string& url : urls) {
        Errand errand{&url, pages++, errors++};
        co_yield errand;
    }
}

struct Office {
    Site& site;
    Errands errands;
    std::mutex counter{};
    bool closed = false;

    bool ask(Errand& errand) {
        const std::lock_guard in_turn{counter};
        return !closed && errands.next(errand);
    }
    void close() {
        const std::lock_guard in_turn{counter};
        closed = true;
    }
    static void clerk(Office* office) {
        for (Errand errand; office->ask(errand);) {
            try {
                *errand.page = office->site.fetch(*errand.url);
            } catch (...) {
                *errand.error = std::current_exception();
                office->close();
            }
        }
    }
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"The office has no clerks."};
    const auto count = urls.size();
    const auto pages = std::make_unique<Page[]>(count);
    const auto errors = std::make_unique<std::exception_ptr[]>(count);
    {
        Office office{site, all_errands(urls, pages.get(), errors.get())};
        std::vector<std::jthread> clerks(std::min<std::size_t>(max_threads, count));
        for (std::jthread& clerk : clerks) clerk = std::jthread{&Office::clerk, &office};
    }
    const auto last = errors.get() + count;
    const auto first_error =
        std::find_if(errors.get(), last, [](const std::exception_ptr& e) { return bool(e); });
    if (first_error != last) std::rethrow_exception(*first_error);
    return {std::move_iterator{pages.get()}, std::move_iterator{pages.get() + count}};
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"The office has no clerks."};
    Gain gain{};
    auto stamp = std::chrono::steady_clock::now();
    const auto lap = [&stamp] {
        const auto now = std::chrono::steady_clock::now();
        return now - std::exchange(stamp, now);
    };
    download_sequential(site, urls);
    gain.sequential = lap();
    download_threaded(site, urls, max_threads);
    gain.threaded = lap();
    if (gain.threaded == std::chrono::nanoseconds{0}) return gain;
    gain.speed_up = static_cast<double>(gain.sequential.count());
    gain.speed_up /= static_cast<double>(gain.threaded.count());
    return gain;
}
