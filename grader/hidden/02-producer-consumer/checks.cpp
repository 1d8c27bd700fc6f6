// Exercise 02's hidden checks of the queue's put and get. Those of close and join are in
// checks_ends.cpp, what ThreadSanitizer sees in checks_races.cpp, the pipeline's in
// checks_pipeline.cpp.
#include "scripts.hpp"
#include "traffic.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace lockstep::producer_consumer {
namespace {

using lab::printable::human;

constexpr std::int64_t millisecond = 1'000'000;

Plan plan_for(const Traffic& traffic, Judge judge, std::size_t schedules) {
    Plan plan;
    plan.scenario = "flow";
    plan.workload = traffic.workload();
    plan.judge = std::move(judge);
    plan.schedules = schedules;
    return plan;
}

// --- order ---

/// Everything is put before anything is taken, and there is room for all of it: nobody waits.
Traffic in_phases(std::vector<std::int64_t> puts, std::size_t consumers) {
    Traffic traffic;
    traffic.puts = std::move(puts);
    traffic.capacity = std::accumulate(traffic.puts.begin(), traffic.puts.end(), std::int64_t{0});
    traffic.put_pauses.assign(traffic.puts.size(), 0);
    traffic.gets.assign(consumers, traffic.capacity / static_cast<std::int64_t>(consumers));
    traffic.get_pauses.assign(consumers, 0);
    traffic.delays.assign(consumers, 0);
    traffic.phases = true;
    return traffic;
}

/// Of two items of one producer, the earlier must not be taken by a get that begins after the get
/// of the later one has ended. (Items of two producers, and gets that overlap, have no order.)
std::optional<Complaint> in_order(const Traffic& traffic, const Played& run) {
    if (auto complaint = nothing_lost(traffic.items(), run)) return complaint;
    const std::vector<Got> all = received(run.trace);
    for (const Got& later : all) {
        for (const Got& earlier : all) {
            const bool one_producer = later.item / 1000 == earlier.item / 1000;
            if (!one_producer || later.item <= earlier.item) continue;
            const bool after = later.consumer == earlier.consumer
                                   ? later.end_step < earlier.end_step
                                   : later.end_step < earlier.begin_step;
            if (!after) continue;
            Complaint complaint;
            complaint.expected = "First in, first out: what a producer put first comes out first.";
            complaint.happened = fmt::format(
                "Item {} came out before item {}, which its producer "
                "had put first.",
                later.item, earlier.item);
            complaint.hint = "Put at one end, take from the other: push_back and front.";
            complaint.stacks = places_of(run.trace, "got");
            return complaint;
        }
    }
    return std::nullopt;
}

void examine_order(const std::vector<std::int64_t>& puts, std::size_t consumers) {
    const Traffic traffic = in_phases(puts, consumers);
    examine(plan_for(
        traffic, [traffic](const Played& run) { return in_order(traffic, run); }, 15));
}

/// One thread puts between its gets: nobody waits, and all is in one order.
Script turn_about() {
    const auto put = [] { return Line{.call = Call::put}; };
    const auto get = [](std::int64_t item) { return Line{.call = Call::get, .item = item}; };
    return {.capacity = 3,
            .lines = {put(), put(), get(0), put(), get(1), put(), put(), get(3), get(5), put(),
                      get(6), get(9)},
            .expected = "First in, first out, also when items are put between two gets.",
            .hint = "Put at one end, take from the other: push_back and front.",
            .schedules = 2};
}

void examine_moving() {
    Plan plan;
    plan.scenario = "letters";
    plan.workload = {{"capacity", {20}}};
    plan.schedules = 2;
    plan.judge = [](const Played& run) -> std::optional<Complaint> {
        const std::vector<lab::Event> copies = run.trace.marks("copied");
        if (copies.empty()) return std::nullopt;
        return Complaint{
            .expected = "Items are moved, never copied.",
            .happened = fmt::format("For 40 items that can be copied as well, {}.",
                                    copies.size() == 1
                                        ? std::string{"there was one copy"}
                                        : fmt::format("there were {} copies", copies.size())),
            .hint =
                "std::move what goes in and what comes out. A std::vector that "
                "grows copies what might throw when it is moved: a std::deque "
                "moves nothing.",
            .stacks = places_of(run.trace, "copied")};
    };
    examine(plan);
}

// --- capacity ---

constexpr std::int64_t first_get = 1000 * millisecond;
constexpr std::int64_t between_gets = 100 * millisecond;

/// Producers in a hurry, and one consumer that begins late and takes its time.
Traffic filling(std::int64_t capacity) {
    Traffic traffic;
    traffic.capacity = capacity;
    traffic.puts = {4, 3, 4};
    traffic.put_pauses = {0, 0, 0};
    traffic.gets = {11};
    traffic.get_pauses = {between_gets};
    traffic.delays = {first_get};
    return traffic;
}

std::optional<Complaint> filled_to_capacity(const Traffic& traffic, const Played& run) {
    if (auto complaint = nothing_done(run)) return complaint;
    for (const Standing& standing : standings(run.trace)) {
        const bool too_many = standing.in_queue > traffic.capacity;
        const bool too_few = standing.in_queue < traffic.capacity && standing.puts_waiting > 0;
        if (!too_many && !too_few) continue;
        Complaint complaint;
        complaint.expected = fmt::format(
            "A queue of capacity {} takes that many items, and who puts another one waits for a "
            "free place.",
            traffic.capacity);
        complaint.happened =
            too_many ? fmt::format("Until {} there were {} items in it.", human(standing.until),
                                   standing.in_queue)
                     : fmt::format(
                           "Until {} there were {} items in it, and {} in put all the "
                           "same.",
                           human(standing.until), standing.in_queue,
                           standing.puts_waiting == 1
                               ? "a producer waited"
                               : fmt::format("{} producers waited", standing.puts_waiting));
        complaint.hint =
            "Wait while items.size() == capacity, in a loop: whoever is woken looks again before "
            "it puts.";
        complaint.stacks = places_of(run.trace, "put");
        return complaint;
    }
    return std::nullopt;
}

// --- waiting ---

/// A small queue, and everybody at work at the same time, in paces that let now the producers wait
/// and now the consumers.
Traffic busy(std::string_view name, std::int64_t capacity, std::vector<std::int64_t> puts,
             std::vector<std::int64_t> gets) {
    Draw draw = lockstep::draw(name);
    Traffic traffic;
    traffic.capacity = capacity;
    traffic.put_pauses = draw.numbers(puts.size(), millisecond / 10, millisecond);
    traffic.get_pauses = draw.numbers(gets.size(), millisecond / 10, millisecond);
    traffic.delays.assign(gets.size(), 0);
    traffic.puts = std::move(puts);
    traffic.gets = std::move(gets);
    return traffic;
}

/// No pauses at all: everything is decided by who runs when.
Traffic breathless(Traffic traffic) {
    traffic.put_pauses.assign(traffic.puts.size(), 0);
    traffic.get_pauses.assign(traffic.gets.size(), 0);
    return traffic;
}

std::optional<Complaint> nobody_waits_in_vain(const Traffic& traffic, const Played& run) {
    if (auto complaint = nothing_lost(traffic.items(), run)) return complaint;
    for (const Standing& standing : standings(run.trace)) {
        const bool get_in_vain = standing.in_queue > 0 && standing.gets_waiting > 0;
        const bool put_in_vain = standing.in_queue < traffic.capacity && standing.puts_waiting > 0;
        if (!get_in_vain && !put_in_vain) continue;
        Complaint complaint;
        complaint.expected =
            "Who waits in put goes on when there is a free place, who waits in get when there is "
            "an item, in that very instant.";
        complaint.happened = fmt::format(
            "Until {} somebody waited in {}, with {} of {} places taken.", human(standing.until),
            get_in_vain ? "get" : "put", standing.in_queue, traffic.capacity);
        complaint.hint =
            "Sleep on a condition variable until you are notified, instead of looking again after "
            "a while; and notify whenever something has changed that others wait for.";
        complaint.stacks = places_of(run.trace, get_in_vain ? "get" : "put");
        return complaint;
    }
    return std::nullopt;
}

void examine_waiting(const Traffic& traffic, std::size_t schedules) {
    examine(plan_for(
        traffic, [traffic](const Played& run) { return nobody_waits_in_vain(traffic, run); },
        schedules));
}

/// Two gets wait, and two puts come in one breath: there is an item for each.
Script two_at_once() {
    return {.capacity = 3,
            .lines = {{.thread = 0, .call = Call::get, .at = 1, .ends = 2},
                      {.thread = 1, .call = Call::get, .at = 1, .ends = 2},
                      {.thread = 2, .call = Call::put, .at = 2, .ends = 2},
                      {.thread = 2, .call = Call::put, .at = 2, .ends = 2}},
            .expected = "Each item that is put wakes somebody who waits in get.",
            .hint =
                "Notify after each put, not only after one into an empty queue: who was woken "
                "may not have come to take the first item yet.",
            .late_only = true,
            .schedules = 200};
}

/// While somebody waits in join, and was there first.
Script beside_a_join() {
    return {.capacity = 1,
            .lines = {{.thread = 0, .call = Call::put, .at = 0, .ends = 0},
                      {.thread = 1, .call = Call::join, .at = 1, .ending = Ending::any},
                      {.thread = 2, .call = Call::put, .at = 2, .ends = 3},
                      {.thread = 3, .call = Call::get, .at = 3, .ends = 3},
                      {.thread = 3, .call = Call::get, .at = 3, .ends = 3},
                      {.thread = 3, .call = Call::task_done, .at = 4, .ending = Ending::any},
                      {.thread = 3, .call = Call::task_done, .at = 5, .ending = Ending::any}},
            .expected = "Who waits in put is woken when a place becomes free, whoever else waits.",
            .hint =
                "Let those who wait for different things sleep on different condition "
                "variables, or notify all.",
            .late_only = true};
}

/// Long waits, in put and in get, during which nothing happens: most of a minute, or more.
Script long_waits() {
    return {.capacity = 1,
            .lines = {{.thread = 0, .call = Call::put, .at = 0, .ends = 0},
                      {.thread = 1, .call = Call::put, .at = 1, .ends = 5000},
                      {.thread = 2, .call = Call::get, .at = 5000, .ends = 5000},
                      {.thread = 2, .call = Call::get, .at = 5001, .ends = 5001},
                      {.thread = 3, .call = Call::get, .at = 5002, .ends = 9999},
                      {.thread = 4, .call = Call::put, .at = 9999, .ends = 9999}},
            .expected = "Who waits sleeps until what it waits for has come.",
            .hint = "Wait without a time limit: who makes the change notifies.",
            .late_only = true,
            .undisturbed = true,
            .schedules = 10};
}

}  // namespace

TEST_CASE("02-producer-consumer/order", "[02-producer-consumer][plain]") {
    examine_order({9}, 1);
    examine_order({4, 5, 3}, 1);
    examine_order({6, 4, 5}, 3);
    examine_script(turn_about(), "02 turn about");
    examine_moving();
}

TEST_CASE("02-producer-consumer/capacity", "[02-producer-consumer][plain]") {
    for (const std::int64_t capacity : {3, 1}) {
        const Traffic traffic = filling(capacity);
        examine(plan_for(
            traffic, [traffic](const Played& run) { return filled_to_capacity(traffic, run); },
            40));
    }
    Plan none;
    none.scenario = "no room";
    none.schedules = 1;
    none.judge = [](const Played& run) -> std::optional<Complaint> {
        if (run.answer.text("threw") == "std::invalid_argument") return std::nullopt;
        return Complaint{.expected = "A queue of capacity 0 throws std::invalid_argument.",
                         .happened = run.answer.text("threw").empty() ? "It was made."
                                                                      : "It threw something else.",
                         .hint = "A queue without room lets nothing through: refuse to make one."};
    };
    examine(none);
}

TEST_CASE("02-producer-consumer/waiting", "[02-producer-consumer][plain]") {
    // Room for all: then whoever takes what is not there comes back with nothing. In a full queue
    // somebody would wait for ever in the end, and which of the two comes first is luck.
    examine_waiting(breathless(busy("02 roomy", 12, {4, 4, 4}, {4, 4, 4})), 300);
    const Traffic narrow = busy("02 narrow", 1, {4, 4, 4}, {4, 4, 4});
    examine_waiting(narrow, 40);
    examine_waiting(breathless(narrow), 200);
    const Traffic wide = busy("02 wide", 2, {5, 3, 4}, {6, 6});
    examine_waiting(wide, 40);
    examine_waiting(breathless(wide), 100);
    examine_script(two_at_once(), "02 two at once");
    examine_script(beside_a_join(), "02 beside a join");
    examine_script(long_waits(), "02 long waits");
}

}  // namespace lockstep::producer_consumer
