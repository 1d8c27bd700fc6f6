#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("no threads to download with");
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};

    auto worker = [&] {
        while (!failed) {
            const std::size_t i = next++;
            if (i >= urls.size()) return;
            try {
                pages[i] = site.fetch(urls[i]);
            } catch (...) {
                errors[i] = std::current_exception();
                failed = true;
            }
        }
    };
    const std::size_t count = std::min<std::size_t>(max_threads, urls.size());
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < count; ++t) threads.emplace_back(worker);
    threads.clear();

    for (auto& error : errors)
        if (error) std::rethrow_exception(error);
    return pages;
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    using Clock = std::chrono::steady_clock;
    Gain gain;
    if (max_threads == 0) return gain;

    const auto begin = Clock::now();
    (void)download_sequential(site, urls);
    const auto between = Clock::now();
    (void)download_threaded(site, urls, max_threads);
    const auto end = Clock::now();

    gain.sequential = between - begin;
    gain.threaded = end - between;
    if (end > between)
        gain.speed_up = std::chrono::duration<double>(gain.sequential) /
                        std::chrono::duration<double>(gain.threaded);
    return gain;
}
