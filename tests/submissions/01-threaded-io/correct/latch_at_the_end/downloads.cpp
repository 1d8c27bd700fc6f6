#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <latch>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (!max_threads) throw std::invalid_argument{"at least one thread is needed"};
    if (urls.empty()) return {};

    const auto size = static_cast<std::ptrdiff_t>(urls.size());
    const auto count = std::min<std::ptrdiff_t>(max_threads, size);
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::atomic<std::ptrdiff_t> next{0};
    std::atomic<bool> ok{true};
    std::latch done{count};
    std::vector<std::jthread> threads;
    for (std::ptrdiff_t t = 0; t < count; ++t) {
        threads.emplace_back([&] {
            for (std::ptrdiff_t i = next++; i < size && ok; i = next++) {
                const auto slot = static_cast<std::size_t>(i);
                try {
                    pages[slot] = site.fetch(urls[slot]);
                } catch (...) {
                    errors[slot] = std::current_exception();
                    ok = false;
                }
            }
            done.count_down();
        });
    }
    done.wait();
    for (std::jthread& thread : threads) thread.join();

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
