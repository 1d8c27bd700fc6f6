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
constexpr std::size_t many_schedules = 100;

void examine_races(const Downloads& asked) {
    examine(plan_for(asked, nothing_done, few_schedules));
}

/// Those who take a page twice in any order (`apart`: hardly two threads ever meet) have another
/// mistake, which the check `pages` tells.
void examine_order(const Downloads& apart) {
    const auto in_order = [&](const Played& run) { return pages_in_order(apart, run); };
    if (!ever_holds(plan_for(apart, in_order, few_schedules))) return;
    Plan plan = all_at_the_last_page(Flavour::tsan);
    plan.also = {lab::Diagnosis::Kind::data_race};
    // Data races first, in any of the schedules: what comes of one is luck.
    const Judge once_each = std::exchange(plan.judge, unless_invented(nothing_done));
    examine(plan);
    plan.judge = once_each;
    examine(plan);
}

/// All three fetches fail, and which of them is the foremost is found out by all three threads at
/// the same time. Those who throw another one even where they fail one after the other (the middle
/// one first, and the foremost neither first nor last) have a mistake that the check `errors`
/// tells.
void examine_errors_together() {
    constexpr std::int64_t millisecond = 1'000'000;
    Downloads asked = drawn_downloads(draw("01 races for the first error"), 3, 3);
    asked.fails.assign(3, 1);
    const auto latency = [&](std::size_t place) -> std::int64_t& {
        return asked.latencies[static_cast<std::size_t>(asked.order[place])];
    };
    latency(0) = 60 * millisecond;
    latency(1) = 30 * millisecond;
    latency(2) = 90 * millisecond;
    const Judge foremost = [asked](const Played& run) { return not_the_foremost(asked, run); };
    if (!ever_holds(plan_for(asked, foremost, few_schedules))) return;
    asked.latencies.assign(3, 60 * millisecond);
    Plan plan = plan_for(asked, nothing_done, many_schedules);
    examine(plan);
    plan.judge = [asked](const Played& run) {
        std::optional<Complaint> complaint = not_the_foremost(asked, run);
        if (complaint) complaint->hint = check_then_act;
        return complaint;
    };
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
    examine_order(apart);
    examine_errors_together();
}

}  // namespace lockstep::threaded_io
