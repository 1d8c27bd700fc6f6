#include "downloads.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace {

struct Shared {
    std::mutex mutex;
    std::size_t next = 0;
    bool failed = false;
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");
    const auto shared = std::make_unique<Shared>();
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::lock_guard lock(shared->mutex);
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < max_threads && t < urls.size(); ++t) {
        threads.emplace_back([&] {
            for (;;) {
                std::size_t i;
                {
                    std::lock_guard take(shared->mutex);
                    if (shared->failed || shared->next == urls.size()) return;
                    i = shared->next++;
                }
                try {
                    pages[i] = site.fetch(urls[i]);
                } catch (...) {
                    std::lock_guard note(shared->mutex);
                    errors[i] = std::current_exception();
                    shared->failed = true;
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();

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
