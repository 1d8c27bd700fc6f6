// Exercise 01's hidden checks of download_threaded. The two others are in checks_gain.cpp (the
// measured gain) and checks_races.cpp (what ThreadSanitizer sees).
#include "fetches.hpp"

#include <lab/catch.hpp>
#include <lab/finding.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>

namespace lockstep::threaded_io {
namespace {

using lab::printable::count;
using lab::printable::human;

/// How many downloads can be under way at once.
unsigned possible(const Downloads& asked) {
    return static_cast<unsigned>(
        std::min(asked.threads, static_cast<std::int64_t>(asked.order.size())));
}

std::optional<Complaint> as_many_as_allowed(const Downloads& asked, const Played& run) {
    if (auto complaint = nothing_done(run)) return complaint;
    const unsigned peak = run.trace.peak_overlap("fetch");
    if (peak >= possible(asked)) return std::nullopt;
    return Complaint{
        .verdict = Verdict::wrong,
        .expected = fmt::format("With max_threads = {} and {}, {} downloads are under way at once.",
                                asked.threads, count(asked.order.size(), "URL"), possible(asked)),
        .happened = peak <= 1 ? std::string{"They ran one after the other."}
                              : fmt::format("There were never more than {}.", peak),
        .hint =
            "Threads only help while they wait at the same time: start them all before you wait "
            "for the first, and hold no lock while you fetch.",
        .stacks = places_of_fetches(run.trace)};
}

std::optional<Complaint> no_more_than_allowed(const Downloads& asked, const Played& run) {
    if (auto complaint = nothing_done(run)) return complaint;
    const unsigned peak = run.trace.peak_overlap("fetch");
    if (peak <= asked.threads) return std::nullopt;
    return Complaint{
        .verdict = Verdict::wrong,
        .expected =
            fmt::format("With max_threads = {}, never more than {} under way.", asked.threads,
                        count(static_cast<std::size_t>(asked.threads), "download")),
        .happened = fmt::format("There were {} at once.", peak),
        .hint =
            "Limit the number of tasks: let max_threads threads take the next URL each, or "
            "guard the fetches with a std::counting_semaphore.",
        .stacks = places_of_fetches(run.trace)};
}

/// While a URL is waiting to be fetched, all threads are at work.
std::optional<Complaint> nobody_idle(const Downloads& asked, const Played& run) {
    if (auto complaint = unexpected_exception(asked, run)) return complaint;
    if (auto complaint = nothing_done(run)) return complaint;
    const std::vector<lab::SpanRecord> all = fetches(run);
    std::vector<lab::Duration> instants;
    lab::Duration last_begin{0};
    for (const lab::SpanRecord& fetch : all) {
        instants.push_back(fetch.begin);
        instants.push_back(fetch.end);
        last_begin = std::max(last_begin, fetch.begin);
    }
    std::ranges::sort(instants);
    lab::Duration before{0};
    for (const lab::Duration instant : instants) {
        if (before >= last_begin) break;
        if (instant > before) {
            const auto busy = std::ranges::count_if(all, [&](const lab::SpanRecord& fetch) {
                return fetch.begin <= before && fetch.end > before;
            });
            if (busy < asked.threads) {
                const auto waiting = std::ranges::count_if(
                    all, [&](const lab::SpanRecord& fetch) { return fetch.begin > before; });
                return Complaint{
                    .verdict = Verdict::wrong,
                    .expected =
                        "As long as a URL waits to be fetched, max_threads downloads are "
                        "under way.",
                    .happened = fmt::format(
                        "After {}, {} of {} threads downloaded while {} waited.", human(before),
                        busy, asked.threads, count(static_cast<std::size_t>(waiting), "URL")),
                    .hint =
                        "Balance the load: no fixed slices and no waves; whoever is done takes "
                        "the next URL.",
                    .stacks = places_of_fetches(run.trace)};
            }
        }
        before = instant;
    }
    return std::nullopt;
}

/// Pages that fail, at instants at which no other download can end.
Downloads failing() {
    Downloads asked = drawn_downloads(draw("01 failing"), many, few_threads);
    Draw more = draw("01 failing, more");
    // To the nanosecond, so that no two downloads end together.
    for (std::int64_t& latency : asked.latencies) latency += more.number(1, 999'999);
    // One of those that begin first fails late, one that begins later in the list fails early: the
    // first error in time is not the first in the order of the URLs.
    // In the alphabet "page-10" stands before "page-9".
    std::ranges::iter_swap(asked.order.begin() + 1, std::ranges::find(asked.order, 9));
    std::ranges::iter_swap(asked.order.begin() + 3, std::ranges::find(asked.order, 10));
    const auto at = [&](std::size_t place) { return static_cast<std::size_t>(asked.order[place]); };
    asked.latencies[at(0)] = 90'000'000 + more.number(1, 999'999);
    asked.latencies[at(1)] = 150'000'000 + more.number(1, 999'999);
    asked.latencies[at(2)] = 60'000'000 + more.number(1, 999'999);
    asked.latencies[at(3)] = 20'000'000 + more.number(1, 999'999);
    for (const std::size_t place : {std::size_t{1}, std::size_t{3}, many - 2})
        asked.fails[at(place)] = 1;
    return asked;
}

/// The first URL fails, and that after others: a place like any other, though its number is 0.
Downloads first_fails(std::int64_t threads, bool others) {
    Downloads asked = drawn_downloads(draw("01 first fails"), 6, threads);
    Draw more = draw("01 first fails, more");
    for (std::int64_t& latency : asked.latencies) latency += more.number(1, 999'999);
    const auto at = [&](std::size_t place) { return static_cast<std::size_t>(asked.order[place]); };
    asked.fails[at(0)] = 1;
    if (others) {
        // All that are under way fail, and the first of the list last.
        for (const std::size_t place : {std::size_t{1}, std::size_t{2}}) asked.fails[at(place)] = 1;
        asked.latencies[at(0)] += 500'000'000;
    }
    return asked;
}

/// One of those that begin first fails in the very instant in which the others are done.
Downloads fails_beside_others() {
    Downloads asked = drawn_downloads(draw("01 fails beside others"), many, few_threads);
    std::ranges::fill(asked.latencies, 50'000'000);
    asked.fails[static_cast<std::size_t>(asked.order[1])] = 1;
    return asked;
}

/// The first of all fails before most of the threads have been started.
Downloads fails_at_once() {
    Downloads asked = drawn_downloads(draw("01 fails at once"), many, few_threads);
    asked.latencies[static_cast<std::size_t>(asked.order[0])] = 0;
    asked.fails[static_cast<std::size_t>(asked.order[0])] = 1;
    return asked;
}

/// More than fit into a machine word, of which the last one fails.
Downloads last_of_seventy() {
    constexpr std::size_t pages = 70;
    Downloads asked = drawn_downloads(draw("01 last of seventy"), 1, few_threads);
    asked.latencies.resize(pages);
    asked.fails.assign(pages, 0);
    asked.order.resize(pages);
    std::iota(asked.order.begin(), asked.order.end(), 0);
    for (std::size_t page = 0; page < pages; ++page)
        asked.latencies[page] = 10'000'000 + 1'000 * static_cast<std::int64_t>(page);
    asked.fails.back() = 1;
    return asked;
}

/// Each page takes minutes.
Downloads slow() {
    Downloads asked = usual();
    for (std::int64_t& latency : asked.latencies) latency *= 1'000;
    return asked;
}

/// Where `page` has failed. Whoever never came to it has made another mistake, which `pages` tells.
std::optional<Complaint> not_told(const Played& run, std::int64_t page, Complaint complaint) {
    const std::string_view threw = run.answer.text("threw");
    if (threw == "FetchError") return std::nullopt;
    const std::vector<lab::SpanRecord> all = fetches(run);
    if (std::ranges::find(all, page, &lab::SpanRecord::value) == all.end()) return std::nullopt;
    complaint.stacks = places_of_fetches(run.trace, {page});
    if (threw.empty()) {
        complaint.happened = fmt::format(
            "Page {} could not be fetched, and the function returned as if nothing had happened.",
            page);
        complaint.hint =
            "Keep the exception of the thread as a std::exception_ptr and rethrow it in "
            "the caller's thread, after the joins.";
        return complaint;
    }
    complaint.happened = fmt::format("The fetch threw FetchError; the function threw {} ({}).",
                                     threw, lab::printable::clean(run.answer.text("what"), 200));
    complaint.hint =
        "Rethrow the exception itself: std::current_exception in the thread, "
        "std::rethrow_exception in the caller.";
    return complaint;
}

std::optional<Complaint> first_error_arrives(const Downloads& asked, const Played& run) {
    const std::vector<lab::SpanRecord> all = fetches(run);
    Complaint complaint;
    complaint.expected =
        "After a failed fetch no further one begins; those under way are waited for; "
        "then the first error, by the order of the URLs, reaches the caller.";
    const auto failed = [](const lab::SpanRecord& fetch) {
        return fetch.outcome == lab::Outcome::failed;
    };
    const auto first = std::ranges::min_element(all, {}, [&](const lab::SpanRecord& fetch) {
        return failed(fetch) ? fetch.end : lab::Duration::max();
    });
    if (first == all.end() || !failed(*first)) {
        complaint.happened = "No fetch failed, for the ones that would were not made.";
        complaint.hint = "Every URL is to be fetched until one fails.";
        complaint.stacks = places_of_fetches(run.trace);
        return complaint;
    }
    std::vector<std::int64_t> late;
    for (const lab::SpanRecord& fetch : all)
        if (fetch.begin >= first->end) late.push_back(fetch.value);
    if (!late.empty()) {
        complaint.happened =
            fmt::format("Page {} failed after {}; after that, {} more.", first->value,
                        human(first->end), count(late.size(), "download") + " began");
        complaint.hint =
            "Let every thread look at a flag that says \"something failed\" before it "
            "takes the next URL.";
        complaint.stacks = places_of_fetches(run.trace, late);
        return complaint;
    }
    if (auto untold = not_told(run, first->value, complaint)) return untold;
    if (auto other = not_the_foremost(asked, run)) {
        other->expected = complaint.expected;
        return other;
    }
    if (const lab::Finding ended = lab::all_threads_ended_before(run.trace, "came back"); !ended) {
        complaint.happened = "The exception reached the caller while a thread was still at work.";
        complaint.hint = "Join first, then rethrow.";
        complaint.stacks = places_of_fetches(run.trace, {first->value});
        return complaint;
    }
    return std::nullopt;
}

std::optional<Complaint> everybody_gone(const Played& run) {
    if (auto complaint = nothing_done(run)) return complaint;
    const lab::Finding ended = lab::all_threads_ended_before(run.trace, "came back");
    if (ended) return std::nullopt;
    return Complaint{.verdict = Verdict::leak,
                     .expected = "No thread is left when the function has returned.",
                     .happened = "It came back while a thread that it started was still alive.",
                     .hint =
                         "Structured concurrency: whoever starts a thread waits for its end; "
                         "std::jthread joins in its destructor.",
                     .stacks = places_of_fetches(run.trace)};
}

/// What takes two threads at one place must not be luck.
constexpr std::size_t many_schedules = 400;

std::vector<lab::Diagnosis::Kind> what_is_left_behind() {
    using Kind = lab::Diagnosis::Kind;
    return {Kind::leaked_thread, Kind::not_released, Kind::destroyed_locked, Kind::unlock_not_owner,
            Kind::leaked_process};
}

Plan plan_for(const Downloads& asked, Judge judge, std::size_t schedules = 40) {
    Plan plan;
    plan.scenario = "downloads";
    plan.workload = asked.workload();
    plan.judge = unless_invented(std::move(judge));
    plan.schedules = schedules;
    return plan;
}

/// So many pages, and so many threads allowed: fetched once each, no more threads than pages.
void examine_size(std::size_t pages, std::int64_t threads) {
    const Downloads asked =
        drawn_downloads(draw(fmt::format("01 {} by {}", pages, threads)), pages, threads);
    examine(plan_for(
        asked,
        [asked](const Played& run) -> std::optional<Complaint> {
            if (auto complaint = pages_in_order(asked, run)) return complaint;
            const std::size_t started = run.trace.threads().size() - 1;
            // One with nothing to do for no URL at all does no harm.
            if (started <= std::max<std::size_t>(1, asked.order.size())) return std::nullopt;
            return Complaint{
                .verdict = Verdict::wrong,
                .expected = "Never more threads than URLs.",
                .happened = fmt::format(
                    "For {} and max_threads = {}, {} started.", count(asked.order.size(), "URL"),
                    asked.threads, count(started, "thread") + (started == 1 ? " was" : " were")),
                .hint =
                    "Start std::min(max_threads, urls.size()) threads: the others "
                    "would have nothing to do.",
                .stacks = places_of_fetches(run.trace)};
        },
        10));
}

void examine_no_threads(std::size_t pages) {
    examine(plan_for(
        without_threads(pages),
        [](const Played& run) -> std::optional<Complaint> {
            if (fetches(run).empty()) return refused(run, "download_threaded");
            return Complaint{.expected = "max_threads = 0: nothing is fetched.",
                             .happened = "Something was fetched.",
                             .hint = "Check the arguments first.",
                             .stacks = places_of_fetches(run.trace)};
        },
        3));
}

/// Two calls at once have nothing in common.
void examine_two_calls() {
    const Downloads asked = drawn_downloads(draw("01 two calls"), 6, few_threads);
    Plan plan = plan_for(
        asked,
        [asked](const Played& run) -> std::optional<Complaint> {
            if (auto complaint = unexpected_exception(asked, run)) return complaint;
            for (const char* pages : {"pages", "other pages"}) {
                const std::vector<std::int64_t>& got = run.answer.list(pages);
                if (got == asked.order) continue;
                const auto right = std::ranges::count_if(asked.order, [&](std::int64_t page) {
                    return std::ranges::find(got, page) != got.end();
                });
                return Complaint{
                    .expected =
                        "Two threads call download_threaded at once, each with a site of its own: "
                        "each gets all pages of its site, in the order of the URLs.",
                    .happened = fmt::format("One of them got {} of its {}{}.", right,
                                            count(asked.order.size(), "page"),
                                            right == std::ssize(asked.order)
                                                ? ", at other places than those of their URLs"
                                                : ""),
                    .hint = std::string{shared_by_all},
                    .stacks = places_of_fetches(run.trace)};
            }
            return std::nullopt;
        },
        5);
    plan.elsewhere = luck_of_meeting();
    plan.scenario = "two calls";
    examine(plan);
}

}  // namespace

TEST_CASE("01-threaded-io/pages", "[01-threaded-io][plain]") {
    const Downloads asked = usual();
    examine(plan_for(asked, [asked](const Played& run) { return pages_in_order(asked, run); }));
    examine(all_at_the_last_page(Flavour::plain));
    const Downloads patient = slow();
    examine(plan_for(
        patient, [patient](const Played& run) { return pages_in_order(patient, run); }, 5));
    // A URL and a page like any other, though there is nothing in them.
    Downloads blank = usual();
    blank.blank = blank.order[many / 2];
    examine(plan_for(
        blank, [blank](const Played& run) { return pages_in_order(blank, run); }, 5));
    examine_two_calls();
}

TEST_CASE("01-threaded-io/overlap", "[01-threaded-io][plain]") {
    const Downloads asked = usual();
    examine(plan_for(asked, [asked](const Played& run) { return as_many_as_allowed(asked, run); }));
    for (const auto& [pages, threads] : {std::pair{many, 7}, std::pair{std::size_t{24}, 21}}) {
        const Downloads wide =
            drawn_downloads(draw(fmt::format("01 {} wide", threads)), pages, threads);
        examine(plan_for(
            wide, [wide](const Played& run) { return as_many_as_allowed(wide, run); }, 10));
    }
}

TEST_CASE("01-threaded-io/bound", "[01-threaded-io][plain]") {
    const Downloads asked = usual();
    examine(
        plan_for(asked, [asked](const Played& run) { return no_more_than_allowed(asked, run); }));
    const Downloads narrow = drawn_downloads(draw("01 narrow"), many, 1);
    examine(plan_for(
        narrow, [narrow](const Played& run) { return no_more_than_allowed(narrow, run); }, 10));
    const Downloads patient = slow();
    examine(plan_for(
        patient, [patient](const Played& run) { return no_more_than_allowed(patient, run); }, 5));
}

TEST_CASE("01-threaded-io/balance", "[01-threaded-io][plain]") {
    const Downloads asked = usual();
    examine(plan_for(asked, [asked](const Played& run) { return nobody_idle(asked, run); }));
    // One page takes longer than all others together.
    Downloads uneven = drawn_downloads(draw("01 uneven"), many, few_threads);
    uneven.latencies[static_cast<std::size_t>(uneven.order[0])] =
        std::accumulate(uneven.latencies.begin(), uneven.latencies.end(), std::int64_t{0});
    examine(plan_for(
        uneven, [uneven](const Played& run) { return nobody_idle(uneven, run); }, 20));
    // A long list for few threads, so that pieces of several URLs may seem to do no harm.
    Downloads longer = drawn_downloads(draw("01 uneven and long"), 2 * many, 2);
    longer.latencies[static_cast<std::size_t>(longer.order[0])] =
        std::accumulate(longer.latencies.begin(), longer.latencies.end(), std::int64_t{0});
    examine(plan_for(
        longer, [longer](const Played& run) { return nobody_idle(longer, run); }, 5));
}

TEST_CASE("01-threaded-io/errors", "[01-threaded-io][plain]") {
    const Downloads asked = failing();
    examine(
        plan_for(asked, [asked](const Played& run) { return first_error_arrives(asked, run); }));
    for (const Downloads& other : {first_fails(1, false), first_fails(few_threads, true)})
        examine(plan_for(
            other,
            [other](const Played& run) -> std::optional<Complaint> {
                // Whoever forgets that URL has made another mistake, which `pages` tells.
                if (std::ranges::none_of(fetches(run), [&](const lab::SpanRecord& fetch) {
                        return fetch.value == other.order[0];
                    }))
                    return std::nullopt;
                return first_error_arrives(other, run);
            },
            10));
    // Who waits for something else has to hear of it, also when it was about to wait just then.
    const Downloads beside = fails_beside_others();
    examine(plan_for(
        beside,
        [page = beside.order[1]](const Played& run) {
            return not_told(run, page, {.expected = "The error of a fetch reaches the caller."});
        },
        many_schedules));
    const Downloads at_once = fails_at_once();
    Plan beginning = plan_for(
        at_once,
        [page = at_once.order[0]](const Played& run) -> std::optional<Complaint> {
            const std::vector<lab::SpanRecord> all = fetches(run);
            const auto failed = std::ranges::find(all, page, &lab::SpanRecord::value);
            if (failed == all.end()) return std::nullopt;  // `pages` tells
            std::vector<std::int64_t> late;
            for (const lab::SpanRecord& fetch : all)
                if (fetch.begin > failed->end) late.push_back(fetch.value);
            Complaint complaint{.expected = "After a failed fetch no further one begins."};
            if (late.empty()) return not_told(run, page, complaint);
            complaint.happened =
                fmt::format("Page {} failed after {}; later than that, {} began.", page,
                            human(failed->end), count(late.size(), "download"));
            complaint.hint =
                "Threads that are started after the failure have to learn of it as well: let all "
                "look at one flag.";
            complaint.stacks = places_of_fetches(run.trace, late);
            return complaint;
        },
        100);
    beginning.elsewhere = luck_of_meeting();
    examine(beginning);
    const Downloads seventy = last_of_seventy();
    examine(plan_for(
        seventy,
        [page = seventy.order.back()](const Played& run) {
            return not_told(run, page, {.expected = "The error of a fetch reaches the caller."});
        },
        3));
}

TEST_CASE("01-threaded-io/ends", "[01-threaded-io][plain]") {
    Plan plan = plan_for(usual(), everybody_gone);
    plan.also = what_is_left_behind();
    examine(plan);
    Plan with_errors = plan_for(failing(), everybody_gone);
    with_errors.also = what_is_left_behind();
    examine(with_errors);
    // Pages that are there at once: then all may be over before the caller begins to wait. That
    // takes a caller whom the schedule holds back, as one in twenty does, and must not be luck.
    Downloads instant = usual();
    instant.latencies.assign(instant.latencies.size(), 0);
    Plan at_once = plan_for(instant, everybody_gone, many_schedules);
    at_once.also = what_is_left_behind();
    // Who takes a page that is not there: `pages` tells.
    at_once.elsewhere = {lab::Diagnosis::Kind::out_of_bounds};
    examine(at_once);
}

TEST_CASE("01-threaded-io/edges", "[01-threaded-io][plain]") {
    examine_size(0, few_threads);
    examine_size(1, few_threads);
    examine_size(3, 50);
    examine_size(3, std::numeric_limits<unsigned>::max());
    examine_no_threads(4);
    examine_no_threads(0);
}

}  // namespace lockstep::threaded_io
