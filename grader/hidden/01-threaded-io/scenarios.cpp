// Exercise 01's scenarios: how downloads.cpp is called.
//
// Workload of all: `latencies` (nanoseconds) and `fails` (0 or 1), one for each page of the site;
// `order`: the pages asked for, by their index; `threads`; `salt`: goes into URLs and texts;
// `blank`: the page whose URL and text are empty, or -1.
// Answer of all: `fetches`, how many the site itself has counted (of "two calls": both sites).
#include <downloads.hpp>

#include <lab/events.hpp>

#include <worker/scenario.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using lockstep::UrlList;
using lockstep::worker::Scenario;
using lockstep::worker::Telling;
using lockstep::worker::Workload;

std::string url_of(const Workload& workload, std::int64_t page) {
    if (page == workload.number("blank")) return "";
    return "https://site-" + std::to_string(workload.number("salt")) + ".example/page-" +
           std::to_string(page);
}

std::string text_of(const Workload& workload, std::int64_t page) {
    if (page == workload.number("blank")) return "";
    return "page " + std::to_string((page + 1) * workload.number("salt"));
}

Site site_of(const Workload& workload) {
    std::vector<Site::Entry> entries;
    const auto latencies = workload.list("latencies");
    const auto fails = workload.list("fails");
    for (std::size_t i = 0; i < latencies.size(); ++i) {
        const auto page = static_cast<std::int64_t>(i);
        entries.push_back({.url = url_of(workload, page),
                           .latency = std::chrono::nanoseconds{latencies[i]},
                           .text = text_of(workload, page),
                           .fails = fails[i] != 0});
    }
    return Site{std::move(entries)};
}

UrlList urls_of(const Workload& workload) {
    std::vector<std::string> urls;
    for (const std::int64_t page : workload.list("order")) urls.push_back(url_of(workload, page));
    return UrlList{std::move(urls)};
}

/// Which page of the site this is; -1: of no URL of it; -2: the URL is right, the text is not.
std::int64_t recognise(const Workload& workload, const Page& page) {
    const auto count = static_cast<std::int64_t>(workload.list("latencies").size());
    for (std::int64_t i = 0; i < count; ++i)
        if (page.url == url_of(workload, i)) return page.text == text_of(workload, i) ? i : -2;
    return -1;
}

/// Calls, and tells what exception came out: "" when none did.
template <typename Call>
void call(const Workload& workload, Telling& telling, Call&& body) {
    telling.text("threw", "");
    try {
        body();
        lab::event("came back");
    } catch (const lockstep::Todo&) {
        throw;
    } catch (const FetchError& error) {
        lab::event("came back");
        telling.text("threw", "FetchError");
        const auto count = static_cast<std::int64_t>(workload.list("latencies").size());
        for (std::int64_t i = 0; i < count; ++i)
            if (error.url() == url_of(workload, i)) telling.number("threw page", i);
    } catch (const std::invalid_argument& error) {
        lab::event("came back");
        telling.text("threw", "std::invalid_argument");
        telling.text("what", error.what());
    } catch (const std::exception& error) {
        lab::event("came back");
        telling.text("threw", "another exception");
        telling.text("what", error.what());
    }
}

std::vector<std::int64_t> downloaded(const Workload& workload, Site& site) {
    const UrlList list = urls_of(workload);
    std::vector<std::int64_t> recognised;
    for (const Page& page :
         download_threaded(site, list.urls(), static_cast<unsigned>(workload.number("threads"))))
        recognised.push_back(recognise(workload, page));
    return recognised;
}

void downloads(const Workload& workload, Telling& telling) {
    Site site = site_of(workload);
    call(workload, telling, [&] { telling.list("pages", downloaded(workload, site)); });
    telling.number("fetches", static_cast<std::int64_t>(site.fetches()));
}

/// Two threads call at once, each with a site of its own.
void two_calls(const Workload& workload, Telling& telling) {
    Site site = site_of(workload);
    Site other_site = site_of(workload);
    call(workload, telling, [&] {
        std::vector<std::int64_t> other_pages;
        std::exception_ptr error;
        {
            const std::jthread other{[&] {
                try {
                    other_pages = downloaded(workload, other_site);
                } catch (...) {
                    error = std::current_exception();
                }
            }};
            telling.list("pages", downloaded(workload, site));
        }
        if (error) std::rethrow_exception(error);
        telling.list("other pages", std::move(other_pages));
    });
    telling.number("fetches", static_cast<std::int64_t>(site.fetches() + other_site.fetches()));
}

void gain(const Workload& workload, Telling& telling) {
    Site site = site_of(workload);
    const UrlList list = urls_of(workload);
    call(workload, telling, [&] {
        const Gain gain =
            measure_gain(site, list.urls(), static_cast<unsigned>(workload.number("threads")));
        telling.number("sequential", gain.sequential.count());
        telling.number("threaded", gain.threaded.count());
        constexpr double most = 1e9;
        telling.number("millionths", std::isfinite(gain.speed_up) && std::abs(gain.speed_up) < most
                                         ? std::llround(gain.speed_up * 1e6)
                                         : -1);
    });
    telling.number("fetches", static_cast<std::int64_t>(site.fetches()));
}

/// Measures, and then downloads with the same number of threads, to hold one against the other.
void gain_and_downloads(const Workload& workload, Telling& telling) {
    Site site = site_of(workload);
    const UrlList list = urls_of(workload);
    const auto threads = static_cast<unsigned>(workload.number("threads"));
    call(workload, telling, [&] {
        static_cast<void>(measure_gain(site, list.urls(), threads));
        lab::event("measured");
        static_cast<void>(download_threaded(site, list.urls(), threads));
    });
    telling.number("fetches", static_cast<std::int64_t>(site.fetches()));
}

const Scenario downloads_scenario{"downloads", downloads};
const Scenario two_calls_scenario{"two calls", two_calls};
const Scenario gain_scenario{"gain", gain};
const Scenario gain_and_downloads_scenario{"gain and downloads", gain_and_downloads};

}  // namespace
