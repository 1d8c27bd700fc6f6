#include "downloads.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <queue>
#include <stdexcept>
#include <thread>

namespace {

class Queue {
public:
    void put(std::size_t index) {
        {
            std::scoped_lock lock(mutex_);
            if (closed_) return;  // after a failure nobody wants it
            items_.push(index);
        }
        changed_.notify_one();
    }
    void close() {
        {
            std::scoped_lock lock(mutex_);
            closed_ = true;
        }
        changed_.notify_all();
    }
    void close_and_clear() {
        {
            std::scoped_lock lock(mutex_);
            items_ = {};
            closed_ = true;
        }
        changed_.notify_all();
    }
    bool get(std::size_t& index) {
        std::unique_lock lock(mutex_);
        while (items_.empty() && !closed_) changed_.wait(lock);
        if (items_.empty()) return false;
        index = items_.front();
        items_.pop();
        return true;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::queue<std::size_t> items_;
    bool closed_ = false;
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");

    Queue queue;
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < std::min<std::size_t>(max_threads, urls.size()); ++t) {
        threads.emplace_back([&] {
            std::size_t index;
            while (queue.get(index)) {
                try {
                    pages[index] = site.fetch(urls[index]);
                } catch (...) {
                    errors[index] = std::current_exception();
                    queue.close_and_clear();
                }
            }
        });
    }
    for (std::size_t i = 0; i < urls.size(); ++i) queue.put(i);
    queue.close();
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
