#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <stdexcept>
#include <thread>

namespace {

// What the workers share. Each call begins with a clean slate.
std::atomic<std::size_t> next_url;
std::atomic<bool> failed;

void work(const Site& site, std::span<const std::string> urls, std::vector<Page>& pages,
          std::vector<std::exception_ptr>& errors) {
    while (!failed) {
        const std::size_t mine = next_url++;
        if (mine >= urls.size()) return;
        try {
            pages[mine] = site.fetch(urls[mine]);
        } catch (...) {
            errors[mine] = std::current_exception();
            failed = true;
        }
    }
}

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads is 0"};
    next_url = 0;
    failed = false;
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    {
        std::vector<std::jthread> threads;
        const std::size_t count = std::min<std::size_t>(max_threads, urls.size());
        for (std::size_t i = 0; i < count; ++i)
            threads.emplace_back(work, std::cref(site), urls, std::ref(pages), std::ref(errors));
    }
    for (const std::exception_ptr& error : errors)
        if (error) std::rethrow_exception(error);
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
