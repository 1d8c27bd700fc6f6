#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <latch>
#include <stdexcept>
#include <thread>

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("max_threads must not be 0");
    struct State {
        explicit State(std::size_t threads) : done(static_cast<std::ptrdiff_t>(threads)) {}
        std::latch done;
        std::atomic<std::size_t> next{0};
        std::atomic<bool> failed{false};
    };
    const std::size_t count = std::min<std::size_t>(max_threads, urls.size());
    State* const state = new State(count);  // the threads may need it after this function
    std::vector<Page> pages(urls.size());
    std::vector<std::exception_ptr> errors(urls.size());
    for (std::size_t t = 0; t < count; ++t) {
        std::thread([&, state] {
            while (!state->failed) {
                const std::size_t i = state->next++;
                if (i >= urls.size()) break;
                try {
                    pages[i] = site.fetch(urls[i]);
                } catch (...) {
                    errors[i] = std::current_exception();
                    state->failed = true;
                }
            }
            state->done.count_down();
        }).detach();
    }
    state->done.wait();

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
