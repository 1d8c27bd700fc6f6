#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>

namespace {

/// One leg for each URL. Leg j is started by the caller, or by a leg i < j that then ends.
struct Relay {
    struct Leg {
        std::thread runner;
        Page page;
        std::exception_ptr error;
    };

    Relay(Site& where, std::span<const std::string> what)
        : site(where), urls(what), legs(what.size()) {}

    void start(std::size_t leg) noexcept {
        try {
            legs[leg].runner = std::thread(&Relay::run, this, leg);
        } catch (...) {  // no thread to be had: this leg has failed before it began
            legs[leg].error = std::current_exception();
            fallen = true;
        }
    }

    void run(std::size_t leg) noexcept {
        if (fallen) return;
        try {
            legs[leg].page = site.fetch(urls[leg]);
        } catch (...) {
            fallen = true;
            legs[leg].error = std::current_exception();
        }
        if (fallen) return;
        const std::size_t successor = next++;
        if (successor < legs.size()) start(successor);
    }

    void race(std::size_t lanes) {
        next = lanes;
        for (std::size_t leg = 0; leg < lanes; ++leg) start(leg);
        // When leg j's turn comes, all that could have started it have been joined.
        for (Leg& leg : legs)
            if (leg.runner.joinable()) leg.runner.join();
    }

    Site& site;
    std::span<const std::string> urls;
    std::vector<Leg> legs;
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> fallen = false;
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("a race needs a lane");
    Relay relay(site, urls);
    relay.race(std::min<std::size_t>(urls.size(), max_threads));

    // A leg that was never run has neither page nor error; then another one has an error.
    std::vector<Page> pages;
    pages.reserve(urls.size());
    for (Relay::Leg& leg : relay.legs) {
        if (leg.error) std::rethrow_exception(leg.error);
        pages.push_back(std::move(leg.page));
    }
    return pages;
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument("a race needs a lane");
    using Clock = std::chrono::steady_clock;
    Clock::duration sequential = Clock::duration::zero();
    Clock::duration threaded = Clock::duration::zero();
    for (const bool with_threads : {false, true}) {
        const Clock::time_point start = Clock::now();
        const std::vector<Page> pages = with_threads ? download_threaded(site, urls, max_threads)
                                                     : download_sequential(site, urls);
        (with_threads ? threaded : sequential) = Clock::now() - start;
    }
    Gain gain;
    gain.sequential = sequential;
    gain.threaded = threaded;
    if (threaded > Clock::duration::zero())
        gain.speed_up =
            std::chrono::duration<double>(sequential) / std::chrono::duration<double>(threaded);
    return gain;
}
