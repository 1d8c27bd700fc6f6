#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <ctime>
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
    const std::clock_t begin = std::clock();
    (void)download_sequential(site, urls);
    const std::clock_t between = std::clock();
    (void)download_threaded(site, urls, max_threads);
    const std::clock_t end = std::clock();

    const auto duration = [](std::clock_t ticks) {
        return std::chrono::nanoseconds(1'000'000'000LL * ticks / CLOCKS_PER_SEC);
    };
    Gain gain{duration(between - begin), duration(end - between), 1.0};
    if (gain.threaded.count() > 0) gain.speed_up = gain.sequential / gain.threaded;
    return gain;
}
