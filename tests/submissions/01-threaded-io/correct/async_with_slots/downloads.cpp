#include "downloads.hpp"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>

namespace {

/// A counting semaphore.
class Slots {
public:
    explicit Slots(unsigned free) : free_(free) {}
    void acquire() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return free_ > 0; });
        --free_;
    }
    void release() {
        const std::lock_guard lock(mutex_);
        ++free_;
        changed_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned free_;
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");

    Slots slots(max_threads);
    std::atomic<bool> failed{false};
    std::vector<std::future<Page>> futures;
    futures.reserve(urls.size());
    for (const std::string& url : urls) {
        futures.push_back(std::async(std::launch::async, [&] {
            slots.acquire();
            struct Release {
                Slots& slots;
                ~Release() { slots.release(); }
            } release{slots};
            if (failed) return Page{};
            try {
                return site.fetch(url);
            } catch (...) {
                failed = true;
                throw;
            }
        }));
    }
    for (auto& future : futures) future.wait();

    std::vector<Page> pages;
    for (auto& future : futures) pages.push_back(future.get());
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
