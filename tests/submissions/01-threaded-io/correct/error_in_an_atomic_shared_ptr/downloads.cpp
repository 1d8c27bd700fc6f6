#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <thread>

// The first error (by URL) is kept in an atomic shared_ptr.
namespace {
struct Failed {
    std::size_t index;
    std::exception_ptr error;
};
}  // namespace
std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");
    std::vector<Page> pages(urls.size());
    std::atomic<std::size_t> next{0};
    std::atomic<std::shared_ptr<const Failed>> failure;
    auto work = [&] {
        while (!failure.load()) {
            const std::size_t i = next++;
            if (i >= urls.size()) return;
            try {
                pages[i] = site.fetch(urls[i]);
            } catch (...) {
                auto mine = std::make_shared<const Failed>(Failed{i, std::current_exception()});
                std::shared_ptr<const Failed> seen = failure.load();
                while (!seen || i < seen->index)
                    if (failure.compare_exchange_strong(seen, mine)) break;
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < std::min<std::size_t>(max_threads, urls.size()); ++t)
            threads.emplace_back(work);
    }
    if (auto f = failure.load()) std::rethrow_exception(f->error);
    return pages;
}

#include <sys/time.h>
static std::chrono::nanoseconds wall() {
    timeval tv;
    gettimeofday(&tv, nullptr);
    return std::chrono::seconds(tv.tv_sec) + std::chrono::microseconds(tv.tv_usec);
}
Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");
    const auto a = wall();
    (void)download_sequential(site, urls);
    const auto b = wall();
    (void)download_threaded(site, urls, max_threads);
    const auto c = wall();
    const std::chrono::duration<double> s = b - a, t = c - b;
    return {b - a, c - b, t.count() == 0 ? 1.0 : s / t};
}
