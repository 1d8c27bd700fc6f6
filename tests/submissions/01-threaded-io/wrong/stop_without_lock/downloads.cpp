#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace {

/// A short queue of URL numbers, from the caller to the workers.
struct Feed {
    explicit Feed(std::size_t room) : capacity{room} {}

    const std::size_t capacity;
    std::mutex mutex;
    std::condition_variable not_full;
    std::condition_variable not_empty;
    std::deque<std::size_t> numbers;
    bool complete = false;
    std::atomic<bool> stopped = false;

    bool put(std::size_t number) {
        std::unique_lock lock{mutex};
        not_full.wait(lock, [&] { return stopped || numbers.size() < capacity; });
        if (stopped) return false;
        numbers.push_back(number);
        not_empty.notify_one();
        return true;
    }

    bool get(std::size_t& number) {
        std::unique_lock lock{mutex};
        not_empty.wait(lock, [&] { return stopped || complete || !numbers.empty(); });
        if (stopped || numbers.empty()) return false;
        number = numbers.front();
        numbers.pop_front();
        not_full.notify_one();
        return true;
    }

    void end() {
        const std::lock_guard lock{mutex};
        complete = true;
        not_empty.notify_all();
    }

    void stop() {
        stopped = true;
        not_full.notify_all();
        not_empty.notify_all();
    }
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads must not be 0"};

    const std::size_t count = std::min<std::size_t>(max_threads, urls.size());
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    Feed feed{count};
    {
        std::vector<std::jthread> workers;
        try {
            while (workers.size() < count) {
                workers.emplace_back([&] {
                    std::size_t i = 0;
                    while (feed.get(i)) {
                        try {
                            pages[i] = site.fetch(urls[i]);
                        } catch (...) {
                            errors[i] = std::current_exception();
                            feed.stop();
                        }
                    }
                });
            }
            for (std::size_t i = 0; i < urls.size() && feed.put(i); ++i) {
            }
        } catch (...) {
            feed.end();
            feed.stop();
            throw;
        }
        feed.end();
    }
    for (const auto& error : errors)
        if (error) std::rethrow_exception(error);
    return pages;
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads must not be 0"};
    const auto start = std::chrono::steady_clock::now();
    (void)download_sequential(site, urls);
    const auto middle = std::chrono::steady_clock::now();
    (void)download_threaded(site, urls, max_threads);
    const auto end = std::chrono::steady_clock::now();

    Gain gain;
    gain.sequential = middle - start;
    gain.threaded = end - middle;
    if (gain.threaded.count() > 0)
        gain.speed_up = static_cast<double>(gain.sequential.count()) /
                        static_cast<double>(gain.threaded.count());
    return gain;
}
