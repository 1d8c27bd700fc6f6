// Exercise 03's hidden check for data races: run_threads under ThreadSanitizer.
#include "searches.hpp"

#include <lab/catch.hpp>

namespace lockstep::cpu_parallelism {
namespace {

std::optional<Complaint> something_done(const Played& run) {
    if (!run.trace.marks("flight").empty()) return std::nullopt;
    return Complaint{.expected = "The numbers are searched.",
                     .happened = "flight was never called.",
                     .hint = "Every number is to be searched, by one of the threads."};
}

}  // namespace

TEST_CASE("03-cpu-parallelism/races", "[03-cpu-parallelism][tsan]") {
    Plan plan;
    plan.scenario = "threads";
    plan.workload = drawn_tied(draw("03 races"), 3, 18).workload();
    plan.flavour = Flavour::tsan;
    plan.schedules = 20;
    plan.judge = something_done;
    plan.also = {lab::Diagnosis::Kind::data_race};
    examine(plan);
}

}  // namespace lockstep::cpu_parallelism
