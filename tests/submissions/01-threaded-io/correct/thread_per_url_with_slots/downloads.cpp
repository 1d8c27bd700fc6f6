#include "downloads.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

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
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::atomic<bool> failed = false;
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < urls.size(); ++i) {
            threads.emplace_back([&, i] {
                slots.acquire();
                if (!failed) {
                    try {
                        pages[i] = site.fetch(urls[i]);
                    } catch (...) {
                        errors[i] = std::current_exception();
                        failed = true;
                    }
                }
                slots.release();
            });
        }
    }

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
