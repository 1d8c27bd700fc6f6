#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <deque>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");

    std::atomic<bool> failed{false};
    std::mutex mutex;
    std::deque<std::packaged_task<Page()>> tasks;
    std::vector<std::future<Page>> futures;
    for (const std::string& url : urls) {
        tasks.emplace_back([&] {
            try {
                return site.fetch(url);
            } catch (...) {
                failed = true;
                throw;
            }
        });
        futures.push_back(tasks.back().get_future());
    }

    auto work = [&] {
        for (;;) {
            std::packaged_task<Page()> task;
            {
                std::lock_guard lock(mutex);
                if (tasks.empty() || failed) return;
                task = std::move(tasks.front());
                tasks.pop_front();
            }
            task();
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < std::min<std::size_t>(max_threads, urls.size()); ++t)
            threads.emplace_back(work);
    }
    // In this order: tasks behind the first error may never have run, those before it all have.
    std::vector<Page> pages;
    for (auto& future : futures) pages.push_back(future.get());
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
