// Exercise 01's hidden check for data races: the same downloads under ThreadSanitizer.
#include "fetches.hpp"

#include <lab/catch.hpp>

#include <cstddef>

namespace lockstep::threaded_io {
namespace {

void examine_races(const Downloads& asked) {
    Plan plan;
    plan.scenario = "downloads";
    plan.workload = asked.workload();
    plan.flavour = Flavour::tsan;
    plan.schedules = 20;
    plan.judge = unless_invented(nothing_done);
    plan.also = {lab::Diagnosis::Kind::data_race};
    examine(plan);
}

}  // namespace

TEST_CASE("01-threaded-io/races", "[01-threaded-io][tsan]") {
    constexpr std::size_t pages = 8;
    constexpr std::int64_t threads = 3;
    examine_races(drawn_downloads(draw("01 races"), pages, threads));
    Downloads failing = drawn_downloads(draw("01 races with errors"), pages, threads);
    for (const std::size_t place : {std::size_t{1}, std::size_t{2}, std::size_t{5}})
        failing.fails[static_cast<std::size_t>(failing.order[place])] = 1;
    examine_races(failing);
}

}  // namespace lockstep::threaded_io
