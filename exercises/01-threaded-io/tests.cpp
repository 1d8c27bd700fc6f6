// The public tests of exercise 01: a test case for each check of exercise.toml.
//
// Each plays your functions in the lab (exercises/lab/README.md), where time is virtual and the
// threads take turns in many different orders. You may add tests of your own.

#include "downloads.hpp"

#include <lab/catch.hpp>
#include <lab/events.hpp>
#include <support/trial.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace {

using namespace std::chrono_literals;
using Milliseconds = std::vector<std::chrono::milliseconds>;

/// A site with a page for each latency; those in `failing` (by index) throw.
struct World {
    std::vector<Page> pages;
    lockstep::UrlList list;
    std::span<const std::string> urls;
    Site site;

    explicit World(const Milliseconds& latencies, const std::vector<std::size_t>& failing = {})
        : pages{numbered(latencies.size())},
          list{urls_of(pages)},
          urls{list.urls()},
          site{entries(latencies, failing)} {}

private:
    static std::vector<Page> numbered(std::size_t count) {
        std::vector<Page> made;
        for (std::size_t i = 0; i < count; ++i)
            made.push_back(
                {fmt::format("https://example.org/page-{}", i), fmt::format("text of page {}", i)});
        return made;
    }

    static std::vector<std::string> urls_of(const std::vector<Page>& pages) {
        std::vector<std::string> made;
        for (const Page& page : pages) made.push_back(page.url);
        return made;
    }

    std::vector<Site::Entry> entries(const Milliseconds& latencies,
                                     const std::vector<std::size_t>& failing) {
        std::vector<Site::Entry> made;
        for (std::size_t i = 0; i < latencies.size(); ++i)
            made.push_back({.url = pages[i].url,
                            .latency = latencies[i],
                            .text = pages[i].text,
                            .fails = std::ranges::count(failing, i) > 0});
        return made;
    }
};

lab::Finding differs(const std::string& expected, const std::string& actual) {
    return {false, fmt::format("expected: {}\nactual:   {}", expected, actual)};
}

double seconds(lab::Duration duration) { return std::chrono::duration<double>{duration}.count(); }

// --- Claims ---

trial::Claim each_fetched_once(const World& world) {
    return [last = static_cast<std::int64_t>(world.urls.size()) - 1](const lab::Trace& trace) {
        return lab::each_exactly_once(trace, "fetch", 0, last);
    };
}

trial::Claim fetches(std::size_t times) {
    return [times](const lab::Trace& trace) { return lab::happens_times(trace, "fetch", times); };
}

trial::Claim same_pages(const World& world, const std::vector<Page>& pages) {
    return [&](const lab::Trace&) -> lab::Finding {
        if (pages.size() != world.pages.size())
            return differs(fmt::format("{} pages", world.pages.size()),
                           fmt::format("{} pages", pages.size()));
        for (std::size_t i = 0; i < pages.size(); ++i) {
            if (pages[i] == world.pages[i]) continue;
            return differs(
                fmt::format("at place {} the page of {}: \"{}\"", i, world.urls[i],
                            world.pages[i].text),
                pages[i].url.empty() && pages[i].text.empty()
                    ? "an empty page"
                    : fmt::format("the page of {}: \"{}\"", pages[i].url, pages[i].text));
        }
        return {true, "the right pages"};
    };
}

/// Who does nothing makes no mistake: it takes a download to show the contrary.
lab::Finding something_fetched(const lab::Trace& trace) {
    if (!trace.marks("fetch").empty()) return {true, "something was fetched"};
    return differs("the pages downloaded", "Site::fetch never called");
}

trial::Claim at_least_at_once(unsigned number) {
    return [number](const lab::Trace& trace) {
        return lab::peak_overlap_at_least(trace, "fetch", number);
    };
}

trial::Claim at_most_at_once(unsigned number) {
    return [number](const lab::Trace& trace) {
        return lab::peak_overlap_at_most(trace, "fetch", number);
    };
}

/// Until the last download begins, so many are under way at every moment.
trial::Claim nobody_idle_before_the_last(unsigned number) {
    return [number](const lab::Trace& trace) -> lab::Finding {
        const std::vector<lab::SpanRecord> fetches = trace.spans("fetch");
        lab::Duration last{0};
        for (const lab::SpanRecord& fetch : fetches) last = std::max(last, fetch.begin);
        std::vector<lab::Duration> instants;
        for (const lab::SpanRecord& fetch : fetches) {
            instants.push_back(fetch.begin);
            instants.push_back(fetch.end);
        }
        for (const lab::Duration at : instants) {
            if (at >= last) continue;
            const auto under_way = std::ranges::count_if(fetches, [&](const lab::SpanRecord& one) {
                return one.begin <= at && one.end > at;
            });
            if (under_way >= number) continue;
            const auto waiting = std::ranges::count_if(
                fetches, [&](const lab::SpanRecord& one) { return one.begin > at; });
            return differs(
                fmt::format("{} downloads under way as long as URLs are waiting", number),
                fmt::format("after {} s only {} under way, and {} waiting", seconds(at), under_way,
                            waiting));
        }
        return {true, "nobody was idle"};
    };
}

trial::Claim no_fetch_after_a_failure() {
    return [](const lab::Trace& trace) -> lab::Finding {
        const std::vector<lab::SpanRecord> fetches = trace.spans("fetch");
        lab::Duration failure = trace.makespan();
        for (const lab::SpanRecord& fetch : fetches) {
            if (fetch.outcome == lab::Outcome::failed && !fetch.open)
                failure = std::min(failure, fetch.end);
        }
        // At the very instant of the failure another thread may not know of it yet.
        for (const lab::SpanRecord& fetch : fetches) {
            if (fetch.begin > failure)
                return differs(
                    fmt::format("no download begun after the first failed, at {} s",
                                seconds(failure)),
                    fmt::format("page {} begun at {} s", fetch.value, seconds(fetch.begin)));
        }
        return {true, "none begun"};
    };
}

/// The exception that came out is that of the first URL, in their order, whose fetch failed.
trial::Claim first_error_came_out(const World& world, const std::optional<std::string>& thrown) {
    return [&](const lab::Trace& trace) -> lab::Finding {
        std::int64_t first = -1;
        for (const lab::SpanRecord& fetch : trace.spans("fetch")) {
            if (fetch.outcome != lab::Outcome::failed) continue;
            if (first < 0 || fetch.value < first) first = fetch.value;
        }
        if (first < 0) return differs("a download that fails", "none did: it was never tried");
        const std::string& expected = world.urls[static_cast<std::size_t>(first)];
        if (thrown == expected) return {true, "the right error"};
        return differs(fmt::format("the FetchError of {} thrown to the caller", expected),
                       thrown ? *thrown : "nothing thrown");
    };
}

trial::Claim downloads_ended_before(const std::string& label) {
    return
        [label](const lab::Trace& trace) { return lab::spans_ended_before(trace, "fetch", label); };
}

trial::Claim all_ended_before(const std::string& label) {
    return [label](const lab::Trace& trace) { return lab::all_threads_ended_before(trace, label); };
}

trial::Claim threads_at_most(std::size_t number) {
    return [number](const lab::Trace& trace) -> lab::Finding {
        const std::size_t started = trace.threads().size() - 1;
        if (started <= number) return {true, "few threads"};
        return differs(fmt::format("at most {} threads started", number),
                       fmt::format("{}", started));
    };
}

/// The gain is what the two rounds of downloads really took; one of them was sequential.
trial::Claim gain_fits(const Gain& gain) {
    return [&gain](const lab::Trace& trace) -> lab::Finding {
        using Round = std::span<const lab::SpanRecord>;
        const std::vector<lab::SpanRecord> all = trace.spans("fetch");
        const auto one_by_one = [](Round round) {
            return std::ranges::adjacent_find(round, [](const auto& earlier, const auto& later) {
                       return later.begin_step < earlier.end_step;
                   }) == round.end();
        };
        const auto duration = [](Round round) {
            const auto last = std::ranges::max_element(round, {}, &lab::SpanRecord::end);
            return last->end - round.front().begin;
        };
        Round sequential = Round{all}.first(all.size() / 2);
        Round threaded = Round{all}.last(all.size() / 2);
        if (!one_by_one(sequential)) std::swap(sequential, threaded);
        if (!one_by_one(sequential))
            return differs("everything downloaded twice, once one page after the other",
                           "both rounds of downloads overlapped");

        const lab::Duration slow = duration(sequential);
        const lab::Duration fast = duration(threaded);
        const double speed_up = seconds(slow) / seconds(fast);
        if (gain.sequential == slow && gain.threaded == fast &&
            std::abs(gain.speed_up - speed_up) < 1e-6)
            return {true, "exact"};
        return differs(
            fmt::format("sequential {} s, threaded {} s, speed_up {:.4g}", seconds(slow),
                        seconds(fast), speed_up),
            fmt::format("sequential {} s, threaded {} s, speed_up {:.4g}", seconds(gain.sequential),
                        seconds(gain.threaded), gain.speed_up));
    };
}

/// Calls download_threaded, and tells which URL's FetchError, or what else, came out of it.
std::optional<std::string> error_of_download(World& world, unsigned max_threads) {
    std::optional<std::string> thrown;
    try {
        (void)download_threaded(world.site, world.urls, max_threads);
    } catch (const FetchError& error) {
        thrown = error.url();
    } catch (const lockstep::Todo&) {
        throw;
    } catch (const std::exception& error) {
        thrown = fmt::format("another exception: {}", error.what());
    }
    lab::event("returned");
    return thrown;
}

}  // namespace

// --- Task 1 ---

TEST_CASE("the pages come in the order of the URLs, each fetched once", "[pages]") {
    World world{{600ms, 500ms, 400ms, 300ms, 200ms, 100ms, 50ms, 40ms, 30ms, 20ms, 10ms, 5ms}};
    std::vector<Page> pages;
    trial::expect("pages", [&] { pages = download_threaded(world.site, world.urls, 3); },
                  {each_fetched_once(world), same_pages(world, pages)});
}

TEST_CASE("max_threads downloads are under way at once", "[overlap]") {
    World world{Milliseconds(8, 100ms)};
    trial::expect("overlap", [&] { (void)download_threaded(world.site, world.urls, 4); },
                  {at_least_at_once(4)});
}

TEST_CASE("never more than max_threads downloads at once", "[bound]") {
    World world{{300ms, 100ms, 200ms, 100ms, 100ms, 200ms, 100ms, 300ms, 100ms}};
    trial::expect("bound", [&] { (void)download_threaded(world.site, world.urls, 3); },
                  {something_fetched, at_most_at_once(3)});
}

TEST_CASE("a free thread takes the next URL", "[balance]") {
    World world{{800ms, 100ms, 110ms, 120ms, 130ms, 140ms, 150ms, 160ms, 170ms}};
    trial::expect("balance", [&] { (void)download_threaded(world.site, world.urls, 3); },
                  {something_fetched, nobody_idle_before_the_last(3)});
}

TEST_CASE("no data race, in whatever order the threads run", "[races]") {
    World fine{{10ms, 30ms, 20ms, 20ms, 10ms, 40ms}};
    trial::expect_no_race("races", [&] { (void)download_threaded(fine.site, fine.urls, 3); },
                          {something_fetched});

    // Nobody waits, so that all come to the last URLs at the same time.
    World instant{{0ms, 0ms, 0ms, 0ms}};
    trial::expect_no_race("races", [&] { (void)download_threaded(instant.site, instant.urls, 3); },
                          {each_fetched_once(instant)});

    World broken{{10ms, 30ms, 20ms, 20ms, 10ms, 40ms}, {1, 2}};
    trial::expect_no_race("races", [&] { (void)error_of_download(broken, 3); },
                          {something_fetched});
}

TEST_CASE("the first error reaches the caller, once every thread has ended", "[errors]") {
    // Page 2 fails long before page 1, which is under way by then.
    World world{{300ms, 250ms, 100ms, 90ms, 80ms, 70ms, 60ms, 50ms, 40ms}, {1, 2}};
    std::optional<std::string> thrown;
    trial::expect("errors", [&] { thrown = error_of_download(world, 3); },
                  {first_error_came_out(world, thrown), no_fetch_after_a_failure(),
                   downloads_ended_before("returned")});
}

TEST_CASE("it ends: no thread left, no deadlock, no waiting in circles", "[ends]") {
    World fine{{30ms, 10ms, 20ms, 10ms, 30ms}};
    trial::expect("ends", [&] { (void)error_of_download(fine, 2); }, {all_ended_before("returned")},
                  {.tidy = true});

    World broken{{30ms, 10ms, 20ms, 10ms, 30ms}, {1, 4}};
    trial::expect("ends", [&] { (void)error_of_download(broken, 2); },
                  {something_fetched, all_ended_before("returned")}, {.tidy = true});
}

TEST_CASE("no URL, one URL, more threads than URLs, no thread at all", "[edges]") {
    std::vector<Page> pages;

    World none{{}};
    trial::expect("edges", [&] { pages = download_threaded(none.site, none.urls, 4); },
                  {fetches(0), same_pages(none, pages)});

    World one{{100ms}};
    trial::expect("edges", [&] { pages = download_threaded(one.site, one.urls, 4); },
                  {each_fetched_once(one), same_pages(one, pages), threads_at_most(1)});

    World three{{100ms, 200ms, 300ms}};
    trial::expect("edges", [&] { pages = download_threaded(three.site, three.urls, 100); },
                  {each_fetched_once(three), same_pages(three, pages), threads_at_most(3)});

    bool refused = false;
    trial::expect("edges",
                  [&] {
                      refused = false;
                      try {
                          (void)download_threaded(three.site, three.urls, 0);
                      } catch (const std::invalid_argument&) {
                          refused = true;
                      }
                  },
                  {[&](const lab::Trace&) {
                       return refused ? lab::Finding{true, "refused"}
                                      : differs("std::invalid_argument for max_threads == 0",
                                                "nothing thrown");
                   },
                   fetches(0)});
}

// --- Task 2 ---

TEST_CASE("the gain is measured, and exact", "[gain]") {
    World world{{125ms, 100ms, 150ms, 75ms, 200ms, 50ms}};
    Gain gain;
    trial::expect("gain", [&] { gain = measure_gain(world.site, world.urls, 3); },
                  {fetches(12), gain_fits(gain)});

    World none{{}};
    trial::expect(
        "gain", [&] { gain = measure_gain(none.site, none.urls, 3); }, {[&](const lab::Trace&) {
            return gain.speed_up == 1.0 ? lab::Finding{true, "one"}
                                        : differs("speed_up: 1 when there is nothing to download",
                                                  fmt::format("speed_up: {}", gain.speed_up));
        }});
}
