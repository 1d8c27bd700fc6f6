#include "downloads.hpp"

#include <algorithm>
#include <cstddef>
#include <future>
#include <utility>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    const std::size_t share = (urls.size() + max_threads - 1) / max_threads;
    std::vector<std::future<std::vector<Page>>> parts;
    for (std::size_t first = 0; first < urls.size(); first += share) {
        parts.push_back(
            std::async(std::launch::async,
                       [&site, part = urls.subspan(first, std::min(share, urls.size() - first))] {
                           return download_sequential(site, part);
                       }));
    }
    for (auto& part : parts) part.wait();
    std::vector<Page> pages;
    for (auto& part : parts)
        for (Page& page : part.get()) pages.push_back(std::move(page));
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
