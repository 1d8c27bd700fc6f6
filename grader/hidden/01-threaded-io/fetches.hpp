// What the checks of exercise 01 ask of a trace: its fetches.
#pragma once

#include <judge/examination.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::threaded_io {

/// A site, and what is asked of it. The names of its lists are those of scenarios.cpp.
struct Downloads {
    std::vector<std::int64_t> latencies;  ///< nanoseconds
    std::vector<std::int64_t> fails;      ///< 0 or 1
    std::vector<std::int64_t> order;      ///< pages, in the order in which they are asked for
    std::int64_t threads = 1;
    std::int64_t salt = 1;
    std::int64_t blank = -1;  ///< this page has an empty URL and an empty text

    [[nodiscard]] Numbers workload() const;
};

/// `count` pages in a drawn order with latencies of 20 to 400 whole milliseconds, all different;
/// and no two are over at the same time when whoever is free takes the next one. What goes wrong
/// where two threads meet has plans of its own, and is left to luck in no other.
[[nodiscard]] Downloads drawn_downloads(Draw draw, std::size_t count, std::int64_t threads);

constexpr std::size_t many = 12;
constexpr std::int64_t few_threads = 3;

/// The downloads that most checks look at: drawn once, played once.
[[nodiscard]] Downloads usual();

/// So many pages, and nobody allowed to fetch them.
[[nodiscard]] Downloads without_threads(std::size_t pages);

[[nodiscard]] std::vector<lab::SpanRecord> fetches(const Played& run);

/// Stacks to look at for a complaint about fetches: where those of these pages were begun (empty:
/// where any was), then where threads were started.
[[nodiscard]] std::vector<std::vector<lab::Place>> places_of_fetches(
    const lab::Trace& trace, const std::vector<std::int64_t>& pages = {});

/// `judge`, for runs that tell of no more fetches than the site has counted until the function came
/// back. Where it did not, the site could not be asked.
[[nodiscard]] Judge unless_invented(Judge judge);

/// Nothing was fetched at all: then what a check looks for can't go wrong, and proves nothing.
[[nodiscard]] std::optional<Complaint> nothing_done(const Played& run);

/// "page 3", "pages 3, 5 and 7": the student sees the numbers in the URLs.
[[nodiscard]] std::string named(const std::vector<std::int64_t>& pages);

/// The first complaint about what came out of downloads of which none fails: an exception.
[[nodiscard]] std::optional<Complaint> unexpected_exception(const Downloads& asked,
                                                            const Played& run);

/// What goes wrong by luck where threads meet. For each of these kinds a plan sees to it that they
/// do meet, and finds it; the others leave it to that one.
[[nodiscard]] std::vector<lab::Diagnosis::Kind> luck_of_meeting();

/// Pages that are there at once, so that all threads come to the last one at the same time: whoever
/// looks at what is left and then takes it, takes a page twice, or one that is not there (which
/// ends the run). With a lock around each half that shows in any flavour, with atomics in that of
/// ThreadSanitizer. Judges as pages_in_order.
[[nodiscard]] Plan all_at_the_last_page(Flavour flavour);

/// The complaint about a `function` that was called with max_threads = 0: unless it threw
/// std::invalid_argument.
[[nodiscard]] std::optional<Complaint> refused(const Played& run, std::string_view function);

/// Where a FetchError came out: the complaint that it is not that of the foremost URL that failed.
[[nodiscard]] std::optional<Complaint> not_the_foremost(const Downloads& asked, const Played& run);

/// The first complaint about what came out of them: each page once, at its place.
[[nodiscard]] std::optional<Complaint> pages_in_order(const Downloads& asked, const Played& run);

}  // namespace lockstep::threaded_io
