#include "downloads.hpp"

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");

    std::mutex mutex;
    std::condition_variable ended;
    unsigned running = 0;
    bool failed = false;
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::vector<std::jthread> threads;

    for (std::size_t i = 0; i < urls.size(); ++i) {
        {
            std::unique_lock lock(mutex);
            ended.wait(lock, [&] { return running < max_threads; });
            if (failed) break;
            ++running;
        }
        threads.emplace_back([&, i] {
            std::exception_ptr error;
            try {
                pages[i] = site.fetch(urls[i]);
            } catch (...) {
                error = std::current_exception();
            }
            std::lock_guard lock(mutex);
            errors[i] = error;
            failed = failed || error;
            --running;
            ended.notify_all();
        });
    }
    threads.clear();

    for (auto& error : errors)
        if (error) std::rethrow_exception(error);
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
