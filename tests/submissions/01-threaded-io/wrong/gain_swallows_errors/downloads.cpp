#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");
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
    const auto begin = std::chrono::steady_clock::now();
    try {
        (void)download_sequential(site, urls);
    } catch (const FetchError&) {
    }
    const auto between = std::chrono::steady_clock::now();
    try {
        (void)download_threaded(site, urls, max_threads);
    } catch (const FetchError&) {
    }
    const auto end = std::chrono::steady_clock::now();

    Gain gain;
    gain.sequential = between - begin;
    gain.threaded = end - between;
    if (gain.threaded.count() != 0)
        gain.speed_up = static_cast<double>(gain.sequential.count()) /
                        static_cast<double>(gain.threaded.count());
    return gain;
}
