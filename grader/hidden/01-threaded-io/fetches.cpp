#include "fetches.hpp"

#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <queue>
#include <set>

namespace lockstep::threaded_io {
namespace {

using lab::printable::count;

std::optional<Complaint> invented_fetches(const Played& run) {
    const std::optional<std::int64_t> counted = run.answer.number("fetches");
    const std::vector<lab::Event> back = run.trace.marks("came back");
    if (!counted || back.empty()) return std::nullopt;
    // Threads that were left behind may go on fetching while the site is asked.
    const auto recorded = std::ranges::count_if(
        run.trace.marks("fetch"),
        [&](const lab::Event& fetch) { return fetch.step <= back.back().step; });
    if (recorded <= *counted) return std::nullopt;
    return Complaint{
        .verdict = Verdict::wrong,
        .expected = "The pages are fetched from the site.",
        .happened = fmt::format("The trace tells of {}, and the site has seen {}.",
                                count(static_cast<std::size_t>(recorded), "fetch call"), *counted),
        .hint = "Call site.fetch(url): what the lab records is not for a submission to write.",
        .stacks = places_of_fetches(run.trace)};
}

/// Whether two of the downloads are over at the same instant, or take as long, when whoever is free
/// takes the next page.
bool two_end_together(const Downloads& asked) {
    const auto threads = static_cast<std::size_t>(std::max<std::int64_t>(asked.threads, 1));
    std::set<std::int64_t> ends;
    std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> free_at;
    for (const std::int64_t page : asked.order) {
        std::int64_t begin = 0;
        if (free_at.size() == threads) {
            begin = free_at.top();
            free_at.pop();
        }
        const std::int64_t end = begin + asked.latencies[static_cast<std::size_t>(page)];
        if (!ends.insert(end).second) return true;
        free_at.push(end);
    }
    const std::set<std::int64_t> different(asked.latencies.begin(), asked.latencies.end());
    return different.size() < asked.latencies.size();
}

}  // namespace

Numbers Downloads::workload() const {
    return {{"latencies", latencies}, {"fails", fails}, {"order", order},
            {"threads", {threads}},   {"salt", {salt}}, {"blank", {blank}}};
}

Downloads drawn_downloads(Draw draw, std::size_t count, std::int64_t threads) {
    constexpr std::int64_t millisecond = 1'000'000;
    Downloads drawn;
    drawn.fails.assign(count, 0);
    drawn.order = draw.order(count);
    drawn.threads = threads;
    drawn.salt = draw.number(1'000, 999'999);
    do {
        drawn.latencies.clear();
        while (drawn.latencies.size() < count)
            drawn.latencies.push_back(draw.number(20, 400) * millisecond);
    } while (two_end_together(drawn));
    return drawn;
}

std::vector<std::vector<lab::Place>> places_of_fetches(const lab::Trace& trace,
                                                       const std::vector<std::int64_t>& pages) {
    std::vector<std::vector<lab::Place>> stacks;
    for (const lab::Event& event : trace.marks("fetch"))
        if (pages.empty() || std::ranges::find(pages, event.value) != pages.end())
            stacks.push_back(trace.stack(event.stack));
    for (const lab::ThreadInfo& thread : trace.threads())
        stacks.push_back(trace.stack(thread.created_at));
    return stacks;
}

Downloads without_threads(std::size_t pages) {
    return drawn_downloads(draw(fmt::format("01 {} by 0", pages)), pages, 0);
}

Downloads usual() { return drawn_downloads(draw("01 usual"), many, few_threads); }

Judge unless_invented(Judge judge) {
    return [judge = std::move(judge)](const Played& run) -> std::optional<Complaint> {
        if (auto complaint = invented_fetches(run)) return complaint;
        return judge(run);
    };
}

std::optional<Complaint> nothing_done(const Played& run) {
    if (!run.trace.marks("fetch").empty()) return std::nullopt;
    return Complaint{.verdict = Verdict::wrong,
                     .expected = "The pages are downloaded.",
                     .happened = "Site::fetch was never called.",
                     .hint = "Every URL is to be fetched, by one of the threads."};
}

std::string named(const std::vector<std::int64_t>& pages) {
    std::string text = pages.size() == 1 ? "page " : "pages ";
    for (std::size_t i = 0; i < pages.size(); ++i) {
        if (i > 0) text += i + 1 == pages.size() ? " and " : ", ";
        text += std::to_string(pages[i]);
    }
    return text;
}

std::optional<Complaint> unexpected_exception(const Downloads& asked, const Played& run) {
    const std::string_view threw = run.answer.text("threw");
    if (threw.empty()) return std::nullopt;
    return Complaint{.verdict = Verdict::wrong,
                     .expected = fmt::format(
                         "With {} and max_threads = {}, the function returns: no fetch fails here.",
                         lab::printable::count(asked.order.size(), "URL"), asked.threads),
                     .happened = fmt::format("It threw {}: {}", threw,
                                             lab::printable::clean(run.answer.text("what"), 200)),
                     .hint = "Read what the exception says, and find out who throws it.",
                     .stacks = places_of_fetches(run.trace)};
}

std::optional<Complaint> refused(const Played& run, std::string_view function) {
    const std::string_view threw = run.answer.text("threw");
    if (threw == "std::invalid_argument") return std::nullopt;
    return Complaint{
        .expected = fmt::format("{} with max_threads = 0 throws std::invalid_argument.", function),
        .happened = threw.empty() ? "It returned as if nothing were wrong."
                                  : fmt::format("It threw {}.", threw),
        .hint = "Check the arguments first.",
        .stacks = places_of_fetches(run.trace)};
}

std::vector<lab::SpanRecord> fetches(const Played& run) { return run.trace.spans("fetch"); }

std::optional<Complaint> not_the_foremost(const Downloads& asked, const Played& run) {
    if (run.answer.text("threw") != "FetchError") return std::nullopt;
    std::vector<std::int64_t> failures;
    for (const lab::SpanRecord& fetch : fetches(run))
        if (fetch.outcome == lab::Outcome::failed) failures.push_back(fetch.value);
    const auto foremost = std::ranges::find_if(asked.order, [&](std::int64_t page) {
        return std::ranges::find(failures, page) != failures.end();
    });
    const std::optional<std::int64_t> thrown = run.answer.number("threw page");
    if (foremost == asked.order.end() || thrown == *foremost) return std::nullopt;
    return Complaint{
        .verdict = Verdict::wrong,
        .expected =
            "If several fetches threw, the exception of the first of these URLs in the list "
            "reaches the caller.",
        .happened = fmt::format(
            "Failed: {}. The exception was that of {}, though page {} comes first in the list.",
            named(failures), thrown ? named({*thrown}) : "another URL", *foremost),
        .hint =
            "Keep one exception per URL, and look through them in the order of the URLs when all "
            "threads have ended.",
        .stacks = places_of_fetches(run.trace, failures)};
}

std::optional<Complaint> pages_in_order(const Downloads& asked, const Played& run) {
    if (auto complaint = unexpected_exception(asked, run)) return complaint;
    Complaint complaint;
    complaint.expected = "Every URL is fetched once, and its page is at the URL's place.";
    complaint.hint =
        "Give every URL a slot of its own in the result, made before the threads start: "
        "then it does not matter which of them is done first.";
    std::vector<std::int64_t> times(asked.latencies.size(), 0);
    std::vector<std::int64_t> strange;
    for (const lab::SpanRecord& fetch : fetches(run)) {
        if (fetch.value < 0 || static_cast<std::size_t>(fetch.value) >= times.size())
            strange.push_back(fetch.value);
        else
            ++times[static_cast<std::size_t>(fetch.value)];
    }
    std::vector<std::int64_t> never;
    std::vector<std::int64_t> often;
    for (std::size_t page = 0; page < times.size(); ++page) {
        if (times[page] == 0) never.push_back(static_cast<std::int64_t>(page));
        if (times[page] > 1) often.push_back(static_cast<std::int64_t>(page));
    }
    if (!strange.empty()) {
        complaint.happened = fmt::format("{} for URLs that were not asked for.",
                                         count(strange.size(), "fetch call"));
        complaint.stacks = places_of_fetches(run.trace, strange);
        return complaint;
    }
    if (!often.empty()) {
        complaint.happened = fmt::format(
            "Of {} URLs, {} fetched more than once ({}).", asked.order.size(),
            often.size() == 1 ? "one was" : fmt::format("{} were", often.size()), named(often));
        complaint.stacks = places_of_fetches(run.trace, often);
        return complaint;
    }
    if (!never.empty()) {
        complaint.happened = fmt::format(
            "Of {} URLs, {} never fetched ({}).", asked.order.size(),
            never.size() == 1 ? "one was" : fmt::format("{} were", never.size()), named(never));
        complaint.stacks = places_of_fetches(run.trace);
        return complaint;
    }
    const std::vector<std::int64_t>& pages = run.answer.list("pages");
    if (pages.size() != asked.order.size()) {
        complaint.happened = fmt::format("For {} URLs {} came back.", asked.order.size(),
                                         count(pages.size(), "page"));
        complaint.stacks = places_of_fetches(run.trace);
        return complaint;
    }
    const auto [page, url] = std::ranges::mismatch(pages, asked.order);
    if (page != pages.end()) {
        const auto place = page - pages.begin();
        complaint.happened =
            *page == -1 ? fmt::format("At place {} is a page without a known URL.", place)
            : *page == -2
                ? fmt::format("At place {} is a page whose text is not the site's.", place)
                : fmt::format("At place {} is page {}, where page {} was asked for.", place, *page,
                              *url);
        complaint.stacks = places_of_fetches(run.trace);
        return complaint;
    }
    return std::nullopt;
}

std::vector<lab::Diagnosis::Kind> luck_of_meeting() {
    using Kind = lab::Diagnosis::Kind;
    return {Kind::lost_wakeup, Kind::never_woken, Kind::busy_wait, Kind::out_of_bounds};
}

Plan all_at_the_last_page(Flavour flavour) {
    constexpr std::size_t pages = 4;
    Downloads asked = drawn_downloads(draw("01 races for the last page"), pages, few_threads);
    asked.latencies.assign(pages, 0);
    Plan plan;
    plan.scenario = "downloads";
    plan.workload = asked.workload();
    plan.flavour = flavour;
    plan.schedules = 60;
    plan.elsewhere = luck_of_meeting();
    std::erase(plan.elsewhere, lab::Diagnosis::Kind::out_of_bounds);  // found here
    plan.judge = unless_invented([asked](const Played& run) -> std::optional<Complaint> {
        std::optional<Complaint> complaint = pages_in_order(asked, run);
        if (complaint) complaint->hint = check_then_act;
        return complaint;
    });
    return plan;
}

}  // namespace lockstep::threaded_io
