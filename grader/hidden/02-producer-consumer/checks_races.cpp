// Exercise 02's hidden check for data races: the queue's scenarios under ThreadSanitizer.
#include "scripts.hpp"
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

/// Each call is made by a thread that nothing but the queue's lock binds to the others: who looks
/// at something before taking it races with who changed it.
Script strangers() {
    return {.capacity = 2,
            .lines = {{.thread = 0, .call = Call::put, .at = 0},
                      {.thread = 1, .call = Call::put, .at = 1},
                      {.thread = 2, .call = Call::get, .at = 2},
                      {.thread = 3, .call = Call::get, .at = 3},
                      {.thread = 4, .call = Call::task_done, .at = 4},
                      {.thread = 5, .call = Call::task_done, .at = 5},
                      {.thread = 6, .call = Call::join, .at = 6},
                      {.thread = 7, .call = Call::close, .at = 7},
                      {.thread = 8, .call = Call::close, .at = 8},
                      {.thread = 9, .call = Call::put, .at = 9},
                      {.thread = 10, .call = Call::get, .at = 10},
                      {.thread = 11, .call = Call::task_done, .at = 11}}};
}

}  // namespace

TEST_CASE("02-producer-consumer/races", "[02-producer-consumer][tsan]") {
    Traffic traffic;
    // Room for all, and one who takes: nobody is woken in the place of somebody else, for that
    // comes to light in some orders only, and is the affair of `waiting`.
    traffic.capacity = 8;
    traffic.puts = {4, 4};
    traffic.put_pauses = {0, 0};
    traffic.gets = {8};
    traffic.get_pauses = {0};
    traffic.delays = {0};
    examine_races("flow", traffic.workload());
    examine_races("closing",
                  {{"capacity", {2}}, {"putters", {2}}, {"getters", {2}}, {"wait", {1'000'000}}},
                  nullptr);
    examine_races(
        "accounting",
        {{"efforts", {1'000'000, 2'000'000, 3'000'000}}, {"shares", {2, 1}}, {"joiners", {2}}});
    examine_races("script", strangers().workload(1'000'000));
}

}  // namespace lockstep::producer_consumer
