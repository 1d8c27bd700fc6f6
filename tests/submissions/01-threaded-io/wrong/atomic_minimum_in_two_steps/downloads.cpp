#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads is 0"};
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> first_failed{urls.size()};  // none
    const auto work = [&] {
        while (first_failed == urls.size()) {
            const std::size_t mine = next++;
            if (mine >= urls.size()) return;
            try {
                pages[mine] = site.fetch(urls[mine]);
            } catch (...) {
                errors[mine] = std::current_exception();
                if (mine < first_failed) first_failed = mine;
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        const std::size_t count = std::min<std::size_t>(max_threads, urls.size());
        for (std::size_t i = 0; i < count; ++i) threads.emplace_back(work);
    }
    if (first_failed < urls.size()) std::rethrow_exception(errors[first_failed]);
    return pages;
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads is 0"};
    Gain gain;
    const auto start = std::chrono::steady_clock::now();
    (void)download_sequential(site, urls);
    const auto middle = std::chrono::steady_clock::now();
    (void)download_threaded(site, urls, max_threads);
    const auto end = std::chrono::steady_clock::now();
    gain.sequential = middle - start;
    gain.threaded = end - middle;
    if (gain.threaded.count() != 0)
        gain.speed_up = static_cast<double>(gain.sequential.count()) /
                        static_cast<double>(gain.threaded.count());
    return gain;
}
