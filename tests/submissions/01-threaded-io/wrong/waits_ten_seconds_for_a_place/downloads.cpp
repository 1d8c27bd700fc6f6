#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads is 0"};
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t under_way = 0;
    bool failed = false;
    {
        std::vector<std::jthread> threads;
        threads.reserve(urls.size());
        for (std::size_t i = 0; i < urls.size(); ++i) {
            {
                std::unique_lock lock{mutex};
                changed.wait_for(lock, std::chrono::seconds{10},
                                 [&] { return failed || under_way < max_threads; });
                if (failed) break;
                ++under_way;
            }
            threads.emplace_back([&, i] {
                try {
                    pages[i] = site.fetch(urls[i]);
                } catch (...) {
                    errors[i] = std::current_exception();
                }
                const std::lock_guard lock{mutex};
                --under_way;
                if (errors[i]) failed = true;
                changed.notify_one();
            });
        }
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
