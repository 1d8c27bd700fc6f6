#include "downloads.hpp"

#include <atomic>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");

    std::atomic<unsigned> places{max_threads};
    std::atomic<bool> failed{false};
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());

    auto enter = [&places] {
        unsigned seen = places.load();
        for (;;) {
            if (seen == 0) {
                places.wait(0);
                seen = places.load();
            } else if (places.compare_exchange_weak(seen, seen - 1)) {
                return;
            }
        }
    };
    auto leave = [&places] {
        places.fetch_add(1);
        places.notify_one();
    };

    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < urls.size(); ++i) {
        threads.emplace_back([&, i] {
            enter();
            try {
                if (!failed.load()) pages[i] = site.fetch(urls[i]);
            } catch (...) {
                errors[i] = std::current_exception();
                failed.store(true);
            }
            leave();
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
