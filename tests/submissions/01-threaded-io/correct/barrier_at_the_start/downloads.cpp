#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};

    const std::size_t count = std::min<std::size_t>(max_threads, urls.size());
    std::barrier start(static_cast<std::ptrdiff_t>(count));
    auto worker = [&] {
        start.arrive_and_wait();
        while (!failed) {
            const std::size_t i = next++;
            if (i >= urls.size()) return;
            try {
                pages[i] = site.fetch(urls[i]);
            } catch (...) {
                errors[i] = std::current_exception();
                failed = true;
            }
        }
    };
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < count; ++t) threads.emplace_back(worker);
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
