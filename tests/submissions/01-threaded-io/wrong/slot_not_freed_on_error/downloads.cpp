#include "downloads.hpp"

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads");
    std::mutex m;
    std::condition_variable cv;
    unsigned free = max_threads;
    bool failed = false;
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < urls.size(); ++i) {
            {
                std::unique_lock lock(m);
                cv.wait(lock, [&] { return free > 0; });
                if (failed) break;
                --free;
            }
            threads.emplace_back([&, i] {
                try {
                    pages[i] = site.fetch(urls[i]);
                    std::lock_guard lock(m);
                    ++free;
                    cv.notify_one();
                } catch (...) {
                    std::lock_guard lock(m);
                    errors[i] = std::current_exception();
                    failed = true;
                }
            });
        }
    }
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
