// Exercise 02's hidden check for data races: the queue's scenarios under ThreadSanitizer.
#include "traffic.hpp"

#include <lab/catch.hpp>

namespace lockstep::producer_consumer {
namespace {

void examine_races(std::string scenario, Numbers workload, Judge judge = nothing_done) {
    Plan plan;
    plan.scenario = std::move(scenario);
    plan.workload = std::move(workload);
    plan.judge = std::move(judge);
    plan.flavour = Flavour::tsan;
    plan.schedules = 12;
    // A race needs none, and to sleep on after one is another check's business.
    plan.spurious_wakeups = false;
    plan.also = {lab::Diagnosis::Kind::data_race};
    examine(plan);
}

}  // namespace

TEST_CASE("02-producer-consumer/races", "[02-producer-consumer][tsan]") {
    Traffic traffic;
    traffic.capacity = 2;
    traffic.puts = {4, 4};
    traffic.put_pauses = {0, 0};
    traffic.gets = {4, 4};
    traffic.get_pauses = {0, 0};
    traffic.delays = {0, 0};
    examine_races("flow", traffic.workload());
    examine_races("closing",
                  {{"capacity", {2}}, {"putters", {2}}, {"getters", {2}}, {"wait", {1'000'000}}},
                  nullptr);
    examine_races(
        "accounting",
        {{"efforts", {1'000'000, 2'000'000, 3'000'000}}, {"shares", {2, 1}}, {"joiners", {2}}});
}

}  // namespace lockstep::producer_consumer
