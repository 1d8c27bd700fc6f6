#include "downloads.hpp"

#include <future>
#include <stdexcept>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");
    std::vector<Page> pages;
    for (const std::string& url : urls)
        pages.push_back(std::async(std::launch::async, [&] { return site.fetch(url); }).get());
    return pages;
}

template <class Function>
static std::chrono::nanoseconds duration_of(Function function) {
    const auto start = std::chrono::high_resolution_clock::now();
    function();
    return std::chrono::high_resolution_clock::now() - start;
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads is 0");
    const auto threaded = duration_of([&] { download_threaded(site, urls, max_threads); });
    const auto sequential = duration_of([&] { download_sequential(site, urls); });
    const double ratio = threaded == threaded.zero() ? 1.0
                                                     : std::chrono::duration<double>(sequential) /
                                                           std::chrono::duration<double>(threaded);
    return {sequential, threaded, ratio};
}
