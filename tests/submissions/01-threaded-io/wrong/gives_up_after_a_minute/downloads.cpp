#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads is 0"};
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::atomic<std::size_t> next{0};
    std::atomic<bool> stopped{false};
    std::mutex mutex;
    std::condition_variable finished;
    std::size_t at_work = std::min<std::size_t>(max_threads, urls.size());
    bool in_time = true;

    const auto work = [&] {
        while (!stopped) {
            const std::size_t mine = next++;
            if (mine >= urls.size()) break;
            try {
                pages[mine] = site.fetch(urls[mine]);
            } catch (...) {
                errors[mine] = std::current_exception();
                stopped = true;
            }
        }
        const std::lock_guard lock{mutex};
        --at_work;
        finished.notify_one();
    };
    {
        const std::size_t count = at_work;
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < count; ++i) threads.emplace_back(work);
        std::unique_lock lock{mutex};
        in_time = finished.wait_for(lock, std::chrono::minutes{1}, [&] { return at_work == 0; });
        if (!in_time) stopped = true;
    }
    for (const std::exception_ptr& error : errors)
        if (error) std::rethrow_exception(error);
    if (!in_time) throw std::runtime_error{"The server is too slow."};
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
