#include "downloads.hpp"

std::vector<Page> download_threaded([[maybe_unused]] Site& site,
                                    [[maybe_unused]] std::span<const std::string> urls,
                                    [[maybe_unused]] unsigned max_threads) {
    // Start from download_sequential in downloads.hpp. Who takes which URL, and where does a page
    // go?
    todo("download the pages with up to max_threads threads at once");
}

Gain measure_gain([[maybe_unused]] Site& site, [[maybe_unused]] std::span<const std::string> urls,
                  [[maybe_unused]] unsigned max_threads) {
    todo("measure both ways of downloading, and compute the speed-up");
}
