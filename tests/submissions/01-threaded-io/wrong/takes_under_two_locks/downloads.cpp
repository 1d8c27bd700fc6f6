#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads must be at least 1."};

    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::mutex mutex;
    std::size_t next = 0;
    std::atomic<bool> failed{false};

    const auto work = [&] {
        while (!failed) {
            {
                const std::lock_guard lock{mutex};
                if (next == urls.size()) return;
            }
            std::size_t mine = 0;
            {
                const std::lock_guard lock{mutex};
                mine = next++;
            }
            try {
                pages[mine] = site.fetch(urls[mine]);
            } catch (...) {
                errors[mine] = std::current_exception();
                failed = true;
            }
        }
    };

    {
        std::vector<std::jthread> threads;
        const std::size_t count = std::min<std::size_t>(max_threads, urls.size());
        for (std::size_t i = 0; i < count; ++i) threads.emplace_back(work);
    }  // every jthread is joined here: from now on this thread is alone

    for (const std::exception_ptr& error : errors) {
        if (error) std::rethrow_exception(error);
    }
    return pages;
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads must be at least 1."};

    // steady_clock never jumps. A CPU clock would not do: who waits uses no processor.
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    (void)download_sequential(site, urls);
    const Clock::time_point middle = Clock::now();
    (void)download_threaded(site, urls, max_threads);
    const Clock::time_point end = Clock::now();

    Gain gain{.sequential = middle - start, .threaded = end - middle, .speed_up = 1.0};
    if (gain.threaded.count() > 0) {
        using Seconds = std::chrono::duration<double>;
        gain.speed_up = Seconds{gain.sequential} / Seconds{gain.threaded};
    }
    return gain;
}
