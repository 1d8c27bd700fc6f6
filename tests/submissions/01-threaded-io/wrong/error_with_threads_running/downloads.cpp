#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");
    std::vector<Page> pages(urls.size());
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::condition_variable changed;
    std::exception_ptr error;
    std::size_t ended = 0;
    std::vector<std::thread> threads;
    const std::size_t count = std::min<std::size_t>(max_threads, urls.size());
    for (std::size_t t = 0; t < count; ++t) {
        threads.emplace_back([&] {
            for (std::size_t i = next++; i < urls.size(); i = next++) {
                try {
                    pages[i] = site.fetch(urls[i]);
                } catch (...) {
                    const std::lock_guard lock(mutex);
                    error = std::current_exception();
                    changed.notify_one();
                    return;
                }
            }
            const std::lock_guard lock(mutex);
            ++ended;
            changed.notify_one();
        });
    }
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return error || ended == count; });
        if (error) std::rethrow_exception(error);
    }
    for (auto& thread : threads) thread.join();
    return pages;
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    const auto begin = std::chrono::steady_clock::now();
    (void)download_sequential(site, urls);
    const auto between = std::chrono::steady_clock::now();
    (void)download_threaded(site, urls, max_threads);
    const auto end = std::chrono::steady_clock::now();

    Gain gain;
    gain.sequential = between - begin;
    gain.threaded = end - between;
    if (gain.threaded.count() != 0)
        gain.speed_up = static_cast<double>(gain.sequential.count()) /
                        static_cast<double>(gain.threaded.count());
    return gain;
}
