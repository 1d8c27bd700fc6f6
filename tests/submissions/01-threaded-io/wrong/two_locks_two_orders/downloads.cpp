#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

namespace {

struct Todo_list {
    std::mutex mutex;
    std::size_t next = 0;
    std::size_t end = 0;
};

struct Failure {
    std::mutex mutex;
    std::size_t index = 0;
    std::exception_ptr error;
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads is 0"};
    std::vector<Page> pages(urls.size());
    Todo_list list;
    Failure failure;
    list.end = urls.size();

    const auto take = [&]() -> std::optional<std::size_t> {
        const std::lock_guard list_lock{list.mutex};
        if (list.next == list.end) return std::nullopt;
        const std::lock_guard failure_lock{failure.mutex};
        if (failure.error) return std::nullopt;
        return list.next++;
    };
    const auto fail = [&](std::size_t index, const std::exception_ptr& error) {
        const std::lock_guard failure_lock{failure.mutex};
        if (!failure.error || index < failure.index) {
            failure.index = index;
            failure.error = error;
        }
        const std::lock_guard list_lock{list.mutex};
        list.next = list.end;  // nothing left for anybody
    };
    {
        std::vector<std::jthread> threads;
        const std::size_t count = std::min<std::size_t>(max_threads, urls.size());
        for (std::size_t i = 0; i < count; ++i) {
            threads.emplace_back([&] {
                while (const auto mine = take()) {
                    try {
                        pages[*mine] = site.fetch(urls[*mine]);
                    } catch (...) {
                        fail(*mine, std::current_exception());
                    }
                }
            });
        }
    }
    if (failure.error) std::rethrow_exception(failure.error);
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
