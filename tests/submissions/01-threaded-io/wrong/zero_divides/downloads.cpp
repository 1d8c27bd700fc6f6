#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::atomic<bool> failed{false};
    const std::size_t share = (urls.size() + max_threads - 1) / max_threads;
    std::vector<std::jthread> threads;
    for (std::size_t first = 0; first < urls.size(); first += share) {
        threads.emplace_back([&, first] {
            for (std::size_t i = first; i < std::min(first + share, urls.size()) && !failed; ++i) {
                try {
                    pages[i] = site.fetch(urls[i]);
                } catch (...) {
                    errors[i] = std::current_exception();
                    failed = true;
                }
            }
        });
    }
    threads.clear();

    for (auto& error : errors)
        if (error) std::rethrow_exception(error);
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
