#include "downloads.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads");
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::mutex m;
    std::condition_variable done;
    std::size_t next = 0, active = std::min<std::size_t>(max_threads, urls.size());
    bool failed = false;
    std::vector<std::jthread> threads;
    for (std::size_t t = 0, n = active; t < n; ++t)
        threads.emplace_back([&] {
            std::unique_lock lock(m);
            while (!failed && next < urls.size()) {
                const std::size_t i = next++;
                lock.unlock();
                try {
                    pages[i] = site.fetch(urls[i]);
                    lock.lock();
                } catch (...) {
                    lock.lock();
                    errors[i] = std::current_exception();
                    failed = true;
                }
            }
            if (--active == 0) done.notify_one();
        });
    if (!urls.empty()) {
        std::unique_lock lock(m);
        done.wait(lock);
    }
    threads.clear();
    for (auto& e : errors)
        if (e) std::rethrow_exception(e);
    return pages;
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must be positive");
    const auto t0 = std::chrono::steady_clock::now();
    (void)download_sequential(site, urls);
    const auto t1 = std::chrono::steady_clock::now();
    (void)download_threaded(site, urls, max_threads);
    const auto t2 = std::chrono::steady_clock::now();
    Gain gain;
    gain.sequential = t1 - t0;
    gain.threaded = t2 - t1;
    if (gain.threaded.count() > 0)
        gain.speed_up = static_cast<double>(gain.sequential.count()) /
                        static_cast<double>(gain.threaded.count());
    return gain;
}
