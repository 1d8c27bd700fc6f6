#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace {

struct Job {
    std::size_t index = 0;
    std::string url;
};

class JobQueue {
public:
    void put(Job job) {
        const std::lock_guard lock{mutex_};
        jobs_.push_back(std::move(job));
        filled_.notify_one();
    }
    Job get() {
        std::unique_lock lock{mutex_};
        filled_.wait(lock, [this] { return !jobs_.empty(); });
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        return job;
    }
    void clear() {
        const std::lock_guard lock{mutex_};
        jobs_.clear();
    }

private:
    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<Job> jobs_;
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"max_threads is 0"};
    const std::size_t count = std::min<std::size_t>(max_threads, urls.size());
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    JobQueue queue;

    // A job without URL means: no more work.
    const auto send_home = [&] {
        for (std::size_t i = 0; i < count; ++i) queue.put({});
    };
    for (std::size_t i = 0; i < urls.size(); ++i) queue.put({i, urls[i]});
    send_home();

    const auto work = [&] {
        for (;;) {
            const Job job = queue.get();
            if (job.url.empty()) return;
            try {
                pages[job.index] = site.fetch(job.url);
            } catch (...) {
                errors[job.index] = std::current_exception();
                queue.clear();
                send_home();
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < count; ++i) threads.emplace_back(work);
    }
    for (const std::exception_ptr& error : errors)
        if (error) std::rethrow_exception(error);
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
