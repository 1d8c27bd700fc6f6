// Exercise 03's hidden check for races: run_threads under ThreadSanitizer, where also each use of
// an atomic is a point at which another thread may come first.
#include "searches.hpp"

#include <lab/catch.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace lockstep::cpu_parallelism {
namespace {

std::optional<Complaint> something_done(const Played& run) {
    return nothing_searched(run, run.trace.marks("flight").size());
}

std::optional<Complaint> right(const Search& search, const Played& run) {
    std::vector<std::int64_t> starts;
    std::vector<std::vector<lab::Place>> stacks;
    for (const lab::SpanRecord& flight : run.trace.spans("flight")) starts.push_back(flight.value);
    for (const lab::Event& flight : run.trace.marks("flight"))
        stacks.push_back(run.trace.stack(flight.stack));
    std::optional<Complaint> complaint = each_once(search, std::move(starts));
    if (!complaint) complaint = right_flight(search, run);
    if (complaint) complaint->stacks = std::move(stacks);
    return complaint;
}

Plan plan_for(const Search& search, Judge judge, std::size_t schedules) {
    Plan plan;
    plan.scenario = "threads";
    plan.workload = search.workload();
    plan.flavour = Flavour::tsan;
    plan.schedules = schedules;
    plan.cores = static_cast<unsigned>(search.n);
    plan.judge = std::move(judge);
    plan.also = {lab::Diagnosis::Kind::data_race};
    return plan;
}

}  // namespace

TEST_CASE("03-cpu-parallelism/races", "[03-cpu-parallelism][tsan]") {
    constexpr std::size_t few_schedules = 20;
    const Search apart = drawn_tied(draw("03 races"), 3, 18);
    examine(plan_for(apart, something_done, few_schedules));
    // What is wrong in any order is the affair of the check `threads`.
    if (!ever_holds(plan_for(
            apart, [&](const Played& run) { return right(apart, run); }, few_schedules)))
        return;

    constexpr std::size_t schedules = 60;
    const std::vector<Search> meetings{drawn_last_number(), drawn_equals(),
                                       drawn_met(draw("03 met"))};
    // Data races first, in any of the schedules: what comes of one is luck.
    for (const Search& search : meetings) examine(plan_for(search, something_done, schedules));
    for (const Search& search : meetings)
        examine(plan_for(
            search, [search](const Played& run) { return of_order(right(search, run)); },
            schedules));
}

}  // namespace lockstep::cpu_parallelism
