#include "downloads.hpp"

#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

namespace {

struct Work {
    std::mutex mutex;
    std::size_t next = 0;
    std::size_t failed_at = static_cast<std::size_t>(-1);
    std::exception_ptr error;

    std::optional<std::size_t> take(std::size_t size) {
        std::lock_guard lock(mutex);
        if (error || next == size) return std::nullopt;
        return next++;
    }
    void fail(std::size_t index) {
        std::lock_guard lock(mutex);
        if (index > failed_at) return;
        failed_at = index;
        error = std::current_exception();
    }
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");

    Work work;
    std::vector<Page> pages(urls.size());
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < max_threads && t < urls.size(); ++t) {
        threads.emplace_back([&] {
            while (const auto index = work.take(urls.size())) {
                try {
                    pages[*index] = site.fetch(urls[*index]);
                } catch (...) {
                    work.fail(*index);
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();
    if (work.error) std::rethrow_exception(work.error);
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
