#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <future>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");

    std::vector<std::promise<Page>> promises(urls.size());
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    {
        std::vector<std::jthread> threads;
        const auto count = std::min<std::size_t>(max_threads, urls.size());
        while (threads.size() < count) {
            threads.emplace_back([&] {
                while (!failed) {
                    const std::size_t i = next.fetch_add(1);
                    if (i >= urls.size()) break;
                    try {
                        promises[i].set_value(site.fetch(urls[i]));
                    } catch (...) {
                        promises[i].set_exception(std::current_exception());
                        failed = true;
                    }
                }
            });
        }
    }
    // The numbers were handed out in order, so each promise before the first error was kept.
    std::vector<Page> pages;
    for (auto& promise : promises) pages.push_back(promise.get_future().get());
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
