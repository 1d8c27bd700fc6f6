#include "downloads.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <list>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");

    std::mutex mutex;
    std::map<std::size_t, Page> found;
    std::map<std::size_t, std::exception_ptr> errors;
    std::size_t next = 0;

    auto work = [&] {
        std::unique_lock lock(mutex);
        while (next < urls.size() && errors.empty()) {
            const std::size_t mine = next++;
            lock.unlock();
            std::exception_ptr error;
            Page page;
            try {
                page = site.fetch(urls[mine]);
            } catch (...) {
                error = std::current_exception();
            }
            lock.lock();
            if (error)
                errors[mine] = error;
            else
                found[mine] = std::move(page);
        }
    };
    std::list<std::thread> threads;
    while (threads.size() < std::min<std::size_t>(max_threads, urls.size()))
        threads.emplace_back(work);
    for (auto& thread : threads) thread.join();

    if (!errors.empty()) std::rethrow_exception(errors.begin()->second);
    std::vector<Page> pages;
    for (auto& [index, page] : found) pages.push_back(std::move(page));
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
