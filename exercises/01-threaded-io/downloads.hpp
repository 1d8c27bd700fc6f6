// Exercise 01: what downloads.cpp has to define. This header is the specification.
#pragma once

#include <support/site.hpp>
#include <support/todo.hpp>

#include <chrono>
#include <span>
#include <string>
#include <vector>

using lockstep::FetchError;
using lockstep::Page;
using lockstep::Site;
using lockstep::todo;

// Given: one page after the other. `Site::fetch(url)` (support/site.hpp) blocks the thread that
// calls it until the page is there, or throws FetchError; several threads may call it at the same
// time.
inline std::vector<Page> download_sequential(Site& site, std::span<const std::string> urls) {
    std::vector<Page> pages;
    for (const std::string& url : urls) pages.push_back(site.fetch(url));
    return pages;
}

// Task 1. The same pages in the same order, but with up to `max_threads` downloads at once.
//
// - `urls` holds no URL twice; each is fetched exactly once.
// - As long as there are URLs that nobody has begun to fetch, `max_threads` downloads are under
//   way: whoever is done takes the next one. There are never more, and never more threads than
//   URLs.
// - When a fetch throws, no further one is begun; those under way are waited for; then the
//   exception leaves this function. If several fetches threw, it is that of the first of these
//   URLs in `urls`.
// - However it ends, no thread is left that it started.
// - `max_threads` is 0: throws std::invalid_argument, and fetches nothing.
// - Several threads may call it at the same time, each with a site of its own.
std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads);

struct Gain {
    std::chrono::nanoseconds sequential{};  // how long download_sequential took
    std::chrono::nanoseconds threaded{};    // how long download_threaded took
    double speed_up = 1.0;                  // sequential / threaded; 1 when threaded took no time
};

// Task 2. Downloads everything twice, sequentially and with threads, and measures how long each
// took by the clock on the wall. What the downloads throw, passes through; `max_threads` is 0:
// throws std::invalid_argument.
Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads);
