#include <lab/catch.hpp>

#include <judge/draw.hpp>
#include <judge/schedules.hpp>

#include <algorithm>

namespace {

using namespace lockstep;

TEST_CASE("schedules begin with round robin and mix random walks with PCT") {
    const std::vector<Run> runs = schedules(10, 20);
    REQUIRE(runs.size() == 20);
    CHECK(runs[0].policy.kind == lab::Policy::Kind::round_robin);
    const auto of = [&](lab::Policy::Kind kind) {
        return std::ranges::count_if(runs, [&](const Run& run) { return run.policy.kind == kind; });
    };
    CHECK(of(lab::Policy::Kind::random_walk) == 16);
    CHECK(of(lab::Policy::Kind::pct) == 3);
    CHECK(std::ranges::count_if(runs, [](const Run& run) { return run.spurious_wakeups > 0; }) ==
          5);
    CHECK(schedules(10, 20) == runs);
}

TEST_CASE("draws stay within their range, reach its ends, and are the same everywhere") {
    Draw draw{7, "range"};
    bool least = false;
    bool most = false;
    for (int i = 0; i < 1'000; ++i) {
        const std::int64_t number = draw.number(-2, 3);
        REQUIRE(number >= -2);
        REQUIRE(number <= 3);
        least = least || number == -2;
        most = most || number == 3;
    }
    CHECK(least);
    CHECK(most);
    // SplitMix64's first number for seed 0, as published.
    CHECK(Draw{0, ""}.bits() == 0xe220a8397b1dcdafU);
}

TEST_CASE("an order holds each number once") {
    std::vector<std::int64_t> order = Draw{3, "order"}.order(50);
    std::ranges::sort(order);
    for (std::size_t i = 0; i < order.size(); ++i) CHECK(order[i] == static_cast<std::int64_t>(i));
}

}  // namespace
