#include "fetches.hpp"

#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::threaded_io {

Numbers Downloads::workload() const {
    return {{"latencies", latencies},
            {"fails", fails},
            {"order", order},
            {"threads", {threads}},
            {"salt", {salt}}};
}

Downloads drawn_downloads(Draw draw, std::size_t count, std::int64_t threads) {
    constexpr std::int64_t millisecond = 1'000'000;
    Downloads drawn;
    while (drawn.latencies.size() < count) {
        const std::int64_t latency = draw.number(20, 400) * millisecond;
        if (std::ranges::find(drawn.latencies, latency) == drawn.latencies.end())
            drawn.latencies.push_back(latency);
    }
    drawn.fails.assign(count, 0);
    drawn.order = draw.order(count);
    drawn.threads = threads;
    drawn.salt = draw.number(1'000, 999'999);
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

std::optional<Complaint> unexpected_exception(const Played& run) {
    const std::string_view threw = run.answer.text("threw");
    if (threw.empty()) return std::nullopt;
    return Complaint{.verdict = Verdict::wrong,
                     .expected = "The function returns; no fetch fails here.",
                     .happened = fmt::format("It threw {}: {}", threw,
                                             lab::printable::clean(run.answer.text("what"), 200)),
                     .hint = "Read what the exception says, and find out who throws it.",
                     .stacks = places_of_fetches(run.trace)};
}

}  // namespace lockstep::threaded_io
