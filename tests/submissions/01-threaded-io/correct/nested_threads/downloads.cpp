#include "downloads.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace {

class Job {
public:
    Job(Site& site, std::span<const std::string> urls) : site_{site}, urls_{urls} {
        pages_.resize(urls.size());
    }

    /// Works with `dolls` threads, the calling one among them. Nothing is left of the others when
    /// it comes back.
    void open(std::size_t dolls) noexcept {
        std::jthread inner;
        if (dolls > 1) {
            try {
                inner = std::jthread{&Job::open, this, dolls - 1};
            } catch (...) {
                report(urls_.size(), std::current_exception());  // behind every URL
            }
        }
        while (const auto index = take()) {
            try {
                pages_[*index] = site_.fetch(urls_[*index]);
            } catch (...) {
                report(*index, std::current_exception());
            }
        }
    }

    std::vector<Page> result() && {
        if (error_) std::rethrow_exception(error_);
        return std::move(pages_);
    }

private:
    std::optional<std::size_t> take() {
        const std::lock_guard lock{mutex_};
        if (error_ || next_ == urls_.size()) return std::nullopt;
        return next_++;
    }

    void report(std::size_t index, std::exception_ptr error) {
        const std::lock_guard lock{mutex_};
        if (error_ && index >= failed_) return;
        error_ = std::move(error);
        failed_ = index;
    }

    Site& site_;
    std::span<const std::string> urls_;
    std::vector<Page> pages_;
    std::mutex mutex_;
    std::size_t next_ = 0;
    std::size_t failed_ = 0;
    std::exception_ptr error_;
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"No download without a thread."};
    Job job{site, urls};
    job.open(std::min<std::size_t>(max_threads, urls.size()));
    return std::move(job).result();
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"No download without a thread."};
    Gain gain;
    const auto time_into = [](std::chrono::nanoseconds& result, auto&& action) {
        const auto start = std::chrono::steady_clock::now();
        action();
        result = std::chrono::steady_clock::now() - start;
    };
    time_into(gain.sequential, [&] { download_sequential(site, urls); });
    time_into(gain.threaded, [&] { download_threaded(site, urls, max_threads); });
    if (gain.threaded != gain.threaded.zero()) {
        gain.speed_up = static_cast<double>(gain.sequential.count()) /
                        static_cast<double>(gain.threaded.count());
    }
    return gain;
}
