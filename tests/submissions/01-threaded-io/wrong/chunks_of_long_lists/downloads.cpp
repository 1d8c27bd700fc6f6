#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads is 0"};
    const std::size_t count = std::min<std::size_t>(max_threads, urls.size());
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::atomic<bool> failed{false};
    std::mutex mutex;
    std::size_t next = 0;

    // Large pieces first, so that the lock is not taken so often; single URLs towards the end.
    const auto take = [&]() -> std::pair<std::size_t, std::size_t> {
        const std::lock_guard lock{mutex};
        const std::size_t left = urls.size() - next;
        const std::size_t first = next;
        next += std::min(left, std::max<std::size_t>(1, left / (4 * count)));
        return {first, next};
    };
    const auto work = [&] {
        for (;;) {
            const auto [first, last] = take();
            if (first == last) return;
            for (std::size_t i = first; i < last; ++i) {
                if (failed) return;
                try {
                    pages[i] = site.fetch(urls[i]);
                } catch (...) {
                    errors[i] = std::current_exception();
                    failed = true;
                }
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < count; ++i) threads.emplace_back(work);
    }
    for (const std::exception_ptr& error : errors)
        if (error) std::rethrow_exception(error);
    return pages;
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads is 0"};
    Gain gain;
    const auto start = std::chrono::steady_clock::now();
    (void)download_sequential(site, urls);
    const auto middle = std::chrono::steady_clock::now();
    (void)download_threaded(site, urls, max_threads);
    const auto end = std::chrono::steady_clock::now();
    gain.sequential = middle - start;
    gain.threaded = end - middle;
    if (gain.threaded.count() != 0)
        gain.speed_up = static_cast<double>(gain.sequential.count()) /
                        static_cast<double>(gain.threaded.count());
    return gain;
}
