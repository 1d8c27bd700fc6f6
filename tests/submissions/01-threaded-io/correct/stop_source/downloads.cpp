#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <utility>
#include <variant>

namespace {

class Downloads {
public:
    Downloads(Site& site, std::span<const std::string> urls)
        : site_(site), urls_(urls), results_(urls.size()) {}

    void run(std::size_t threads) {
        std::vector<std::jthread> workers;
        for (std::size_t i = 0; i < threads; ++i)
            workers.emplace_back([this](std::stop_token) { work(); });
    }

    std::vector<Page> pages() {
        for (auto& result : results_)
            if (auto* error = std::get_if<std::exception_ptr>(&result))
                std::rethrow_exception(*error);
        std::vector<Page> pages;
        for (auto& result : results_) pages.push_back(std::get<Page>(std::move(result)));
        return pages;
    }

private:
    void work() {
        while (!stop_.stop_requested()) {
            const std::size_t i = next_++;
            if (i >= urls_.size()) return;
            try {
                results_[i] = site_.fetch(urls_[i]);
            } catch (...) {
                results_[i] = std::current_exception();
                stop_.request_stop();
            }
        }
    }

    Site& site_;
    std::span<const std::string> urls_;
    std::vector<std::variant<Page, std::exception_ptr>> results_;
    std::atomic<std::size_t> next_{0};
    std::stop_source stop_;
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");
    Downloads downloads(site, urls);
    downloads.run(std::min<std::size_t>(max_threads, urls.size()));
    return downloads.pages();
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
