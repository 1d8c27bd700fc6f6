// Exercise 01's hidden check of measure_gain: what it says against what the trace shows.
#include "fetches.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace lockstep::threaded_io {
namespace {

using lab::printable::human;

/// How long a part of the downloads took, from the first begin to the last end.
lab::Duration extent(std::span<const lab::SpanRecord> part) {
    if (part.empty()) return lab::Duration{0};
    lab::Duration begin = part.front().begin;
    lab::Duration end = part.front().end;
    for (const lab::SpanRecord& fetch : part) {
        begin = std::min(begin, fetch.begin);
        end = std::max(end, fetch.end);
    }
    return end - begin;
}

/// True when each began after the one before it had ended.
bool one_by_one(std::span<const lab::SpanRecord> part) {
    for (std::size_t i = 1; i < part.size(); ++i)
        if (part[i].begin_step < part[i - 1].end_step) return false;
    return true;
}

/// How many of them were under way at once.
std::ptrdiff_t peak(std::span<const lab::SpanRecord> part) {
    std::ptrdiff_t most = 0;
    for (const lab::SpanRecord& at : part)
        most =
            std::max(most, std::ranges::count_if(part, [&](const lab::SpanRecord& other) {
                         return other.begin_step <= at.begin_step && other.end_step > at.begin_step;
                     }));
    return most;
}

struct Phases {
    lab::Duration sequential{0};
    lab::Duration threaded{0};
    std::ptrdiff_t threaded_peak = 0;  ///< downloads at once
};

/// Downloads split into their two halves; nullopt when they are not two rounds of the URLs, one of
/// them sequential.
std::optional<Phases> phases_of(const Downloads& asked, std::vector<lab::SpanRecord> all) {
    std::ranges::sort(all, {}, &lab::SpanRecord::begin_step);
    const std::size_t half = asked.order.size();
    if (all.size() != 2 * half) return std::nullopt;
    const auto first = std::span{all}.first(half);
    const auto second = std::span{all}.last(half);
    for (const auto part : {first, second}) {
        std::vector<std::int64_t> pages;
        for (const lab::SpanRecord& fetch : part) pages.push_back(fetch.value);
        if (!std::ranges::is_permutation(pages, asked.order)) return std::nullopt;
    }
    if (one_by_one(first)) return Phases{extent(first), extent(second), peak(second)};
    if (one_by_one(second)) return Phases{extent(second), extent(first), peak(first)};
    return std::nullopt;
}

std::optional<Complaint> gain_is_exact(const Downloads& asked, const Played& run) {
    if (auto complaint = unexpected_exception(asked, run)) return complaint;
    Complaint complaint;
    complaint.stacks = places_of_fetches(run.trace);
    complaint.hint =
        "Measure first: read std::chrono::steady_clock before and after each of the two "
        "downloads, and divide the sequential time by the threaded one.";
    const std::optional<Phases> phases = phases_of(asked, run.trace.spans("fetch"));
    if (!phases) {
        complaint.expected =
            "All URLs are downloaded twice: once one after the other, once with "
            "threads.";
        complaint.happened =
            fmt::format("There were {} for {}, and not in two such rounds.",
                        lab::printable::count(run.trace.marks("fetch").size(), "fetch call"),
                        lab::printable::count(asked.order.size(), "URL"));
        return complaint;
    }
    const lab::Duration sequential{run.answer.number("sequential").value_or(-1)};
    const lab::Duration threaded{run.answer.number("threaded").value_or(-1)};
    if (sequential != phases->sequential) {
        complaint.expected =
            "`sequential` is how long the sequential download took by the clock on "
            "the wall.";
        complaint.happened = fmt::format("It took {}; measured were {}.", human(phases->sequential),
                                         human(sequential));
        return complaint;
    }
    if (threaded != phases->threaded) {
        complaint.expected =
            "`threaded` is how long the download with threads took, until the last "
            "of them had ended, by the clock on the wall.";
        complaint.happened =
            fmt::format("It took {}; measured were {}.", human(phases->threaded), human(threaded));
        return complaint;
    }
    const double expected = threaded.count() == 0 ? 1.0
                                                  : static_cast<double>(sequential.count()) /
                                                        static_cast<double>(threaded.count());
    const double measured = static_cast<double>(run.answer.number("millionths").value_or(-1)) / 1e6;
    constexpr double rounding = 2e-6;
    if (std::abs(measured - expected) > rounding * std::max(1.0, expected)) {
        complaint.expected =
            "`speed_up` is the sequential time divided by the threaded one (1 when "
            "the latter is zero).";
        complaint.happened = fmt::format(
            "{} and {} were measured, and the speed-up was said to be "
            "{:.3f}.",
            human(sequential), human(threaded), measured);
        complaint.hint =
            "A speed-up is above 1 when it got faster: old time over new time, divided "
            "as floating-point numbers.";
        return complaint;
    }
    return std::nullopt;
}

std::optional<Complaint> one_where_nothing_took_time(const Played& run) {
    const std::optional<std::int64_t> millionths = run.answer.number("millionths");
    if (!millionths || *millionths == 1'000'000) return std::nullopt;
    return Complaint{
        .expected = "`speed_up` is 1 when the threaded download took no time.",
        .happened = *millionths < 0
                        ? std::string{"It was no number, or beyond all measure."}
                        : fmt::format("It was {:.3f}.", static_cast<double>(*millionths) / 1e6),
        .hint = "Compare the threaded time with zero before you divide by it.",
        .stacks = places_of_fetches(run.trace)};
}

/// Whatever the downloads throw: measuring is no reason to keep it to oneself.
std::optional<Complaint> error_passes_through(const Played& run) {
    const std::string_view threw = run.answer.text("threw");
    if (threw == "FetchError") return std::nullopt;
    return Complaint{.expected = "measure_gain throws FetchError when a fetch throws it.",
                     .happened = threw.empty() ? "It returned as if nothing had happened."
                                               : fmt::format("It threw {}.", threw),
                     .hint = "Let exceptions pass: what was measured until then tells nothing.",
                     .stacks = places_of_fetches(run.trace)};
}

/// It measures what it was asked to: as many downloads at once as download_threaded has when it is
/// called with this number of threads, whatever that is.
std::optional<Complaint> threads_passed_on(const Downloads& asked, const Played& run) {
    if (auto complaint = unexpected_exception(asked, run)) return complaint;
    const std::vector<lab::Event> measured = run.trace.marks("measured");
    if (measured.empty()) return std::nullopt;
    std::vector<lab::SpanRecord> before;
    std::vector<lab::SpanRecord> after;
    for (const lab::SpanRecord& fetch : run.trace.spans("fetch"))
        (fetch.begin_step < measured.front().step ? before : after).push_back(fetch);
    const std::optional<Phases> phases = phases_of(asked, std::move(before));
    // Other rounds than two are for gain_is_exact to tell.
    if (!phases || phases->threaded_peak == peak(after)) return std::nullopt;
    return Complaint{
        .expected = fmt::format("measure_gain with max_threads = {} measures download_threaded "
                                "with max_threads = {}.",
                                asked.threads, asked.threads),
        .happened = fmt::format("Of the downloads that it measured, {} were under way at once; of "
                                "those of download_threaded, called so, {} are.",
                                phases->threaded_peak, peak(after)),
        .hint =
            "Hand max_threads on as it is: a gain with another number of threads answers a "
            "question that nobody has asked.",
        .stacks = places_of_fetches(run.trace)};
}

void examine_gain(const Downloads& asked, Judge judge, const char* scenario = "gain",
                  std::vector<lab::Diagnosis::Kind> elsewhere = {}) {
    Plan plan;
    plan.elsewhere = std::move(elsewhere);
    plan.scenario = scenario;
    plan.workload = asked.workload();
    plan.schedules = 10;
    plan.judge = unless_invented(std::move(judge));
    examine(plan);
}

/// Nobody to download: refused, as download_threaded refuses it. Where that function does not, the
/// mistake is not one of measuring.
void examine_no_threads() {
    const Downloads asked = without_threads(4);
    Plan plan;
    plan.scenario = "downloads";
    plan.workload = asked.workload();
    plan.judge = [](const Played& run) { return refused(run, "download_threaded"); };
    plan.schedules = 3;
    if (!ever_holds(plan)) return;
    examine_gain(asked, [](const Played& run) { return refused(run, "measure_gain"); });
}

void examine_figures(const char* name, std::size_t pages, std::int64_t threads) {
    Downloads asked = drawn_downloads(draw(name), pages, threads);
    // Finer than a millisecond, and not finer than what gettimeofday tells.
    Draw more = draw(fmt::format("{}, more", name));
    for (std::int64_t& latency : asked.latencies) latency += more.number(1, 999) * 1'000;
    examine_gain(asked, [asked](const Played& run) { return gain_is_exact(asked, run); });
}

}  // namespace

TEST_CASE("01-threaded-io/gain", "[01-threaded-io][plain]") {
    examine_figures("01 gain", 8, 3);
    examine_figures("01 gain with one thread", 3, 1);
    examine_figures("01 gain of one", 1, 2);
    examine_figures("01 gain of none", 0, 2);
    examine_no_threads();

    Downloads short_ones = drawn_downloads(draw("01 gain of short ones"), 5, 2);
    for (std::int64_t& latency : short_ones.latencies) latency /= 1'000;
    examine_gain(short_ones,
                 [short_ones](const Played& run) { return gain_is_exact(short_ones, run); });
    Downloads instant = drawn_downloads(draw("01 gain of no time"), 4, 2);
    std::ranges::fill(instant.latencies, 0);
    examine_gain(instant, one_where_nothing_took_time, "gain", luck_of_meeting());

    Downloads failing = drawn_downloads(draw("01 gain of a failure"), 4, 2);
    failing.fails[static_cast<std::size_t>(failing.order.back())] = 1;
    examine_gain(failing, error_passes_through);

    const Downloads wide = drawn_downloads(draw("01 gain, wide"), 12, 5);
    examine_gain(
        wide, [wide](const Played& run) { return threads_passed_on(wide, run); },
        "gain and downloads");
}

}  // namespace lockstep::threaded_io
