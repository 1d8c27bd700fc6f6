// Exercise 01's hidden check for races: downloads under ThreadSanitizer, where also each use of an
// atomic is a point at which another thread may come first.
#include "fetches.hpp"

#include <lab/catch.hpp>

#include <cstddef>
#include <utility>

namespace lockstep::threaded_io {
namespace {

Plan plan_for(const Downloads& asked, Judge judge, std::size_t schedules) {
    Plan plan;
    plan.scenario = "downloads";
    plan.workload = asked.workload();
    plan.flavour = Flavour::tsan;
    plan.schedules = schedules;
    plan.judge = unless_invented(std::move(judge));
    plan.also = {lab::Diagnosis::Kind::data_race};
    return plan;
}

constexpr std::size_t few_schedules = 20;

void examine_races(const Downloads& asked) {
    examine(plan_for(asked, nothing_done, few_schedules));
}

Judge in_order(const Downloads& asked) {
    return [asked](const Played& run) { return pages_in_order(asked, run); };
}

/// Pages that are there at once, so that all threads come to the last one at the same time.
/// Whoever looks at an atomic and then changes it has no data race, and takes a page twice, or one
/// that is not there (which ends the run).
///
/// Those who do so in any order (`apart`: hardly two threads ever meet) have another mistake, which
/// the check `pages` tells.
void examine_order(const Downloads& apart, std::size_t pages) {
    if (!ever_holds(plan_for(apart, in_order(apart), few_schedules))) return;
    Downloads close = drawn_downloads(draw("01 races for the last page"), pages, few_threads);
    close.latencies.assign(pages, 0);
    constexpr std::size_t schedules = 60;
    Plan plan = plan_for(close, nothing_done, schedules);
    // A word that comes before anybody listens is the affair of `ends`.
    using Kind = lab::Diagnosis::Kind;
    plan.elsewhere = {Kind::lost_wakeup, Kind::never_woken, Kind::busy_wait};
    // Data races first, in any of the schedules: what comes of one is luck.
    examine(plan);
    plan.judge = unless_invented(in_order(close));
    examine(plan);
}

}  // namespace

TEST_CASE("01-threaded-io/races", "[01-threaded-io][tsan]") {
    constexpr std::size_t pages = 8;
    const Downloads apart = drawn_downloads(draw("01 races"), pages, few_threads);
    examine_races(apart);
    Downloads failing = drawn_downloads(draw("01 races with errors"), pages, few_threads);
    for (const std::size_t place : {std::size_t{1}, std::size_t{2}, std::size_t{5}})
        failing.fails[static_cast<std::size_t>(failing.order[place])] = 1;
    examine_races(failing);
    examine_order(apart, 4);
}

}  // namespace lockstep::threaded_io
