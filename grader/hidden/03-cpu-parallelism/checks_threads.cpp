// Exercise 03's hidden checks of run_threads, on virtual cores. What ThreadSanitizer sees is in
// checks_races.cpp.
#include "searches.hpp"

#include <lab/catch.hpp>
#include <lab/finding.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <utility>

namespace lockstep::cpu_parallelism {
namespace {

using lab::printable::count;
using lab::printable::human;

std::vector<std::int64_t> starts_of(const Played& run) {
    std::vector<std::int64_t> starts;
    for (const lab::SpanRecord& flight : run.trace.spans("flight")) starts.push_back(flight.value);
    return starts;
}

/// Where the work was called, then where threads were started.
std::vector<std::vector<lab::Place>> places(const lab::Trace& trace) {
    std::vector<std::vector<lab::Place>> stacks;
    for (const lab::Event& event : trace.marks("flight"))
        stacks.push_back(trace.stack(event.stack));
    for (const lab::ThreadInfo& thread : trace.threads())
        stacks.push_back(trace.stack(thread.created_at));
    return stacks;
}

std::optional<Complaint> with_places(std::optional<Complaint> complaint, const Played& run) {
    if (complaint) complaint->stacks = places(run.trace);
    return complaint;
}

std::optional<Complaint> as_the_serial_one(const Search& search, const Played& run) {
    if (search.size() > 0)
        if (auto complaint = nothing_searched(run, starts_of(run).size()))
            return with_places(complaint, run);
    if (auto complaint = right_flight(search, run)) return with_places(complaint, run);
    if (auto complaint = each_once(search, starts_of(run))) return with_places(complaint, run);
    if (!lab::all_threads_ended_before(run.trace, "came back"))
        return with_places(
            Complaint{.verdict = Verdict::leak,
                      .expected = "No thread is left when the function has returned.",
                      .happened = "It came back while a thread that it started was still alive.",
                      .hint =
                          "Whoever starts a thread waits for its end; std::jthread joins in its "
                          "destructor."},
            run);
    return std::nullopt;
}

std::optional<Complaint> never_more(const Search& search, const Played& run) {
    const unsigned peak = run.trace.peak_overlap("flight");
    if (peak <= search.n) return std::nullopt;
    return with_places(
        Complaint{
            .expected =
                fmt::format("With n = {}, never more than {} compute at once.", search.n, search.n),
            .happened = fmt::format("There were {}.", count(peak, "thread")),
            .hint = "More threads than cores gain nothing in a computation: let n threads take "
                    "the next number each."},
        run);
}

constexpr const char* too_few =
    "n threads compute at the same time only if there are n, and none waits for another: start all "
    "before you join one, and hold no lock while you call flight.";

/// Work over makespan. What counts is the work that there is, not what was done of it twice.
std::optional<Complaint> fast_enough(const Search& search, const char* hint, const Played& run) {
    if (auto complaint = nothing_searched(run, starts_of(run).size())) return complaint;
    if (auto complaint = never_more(search, run)) return complaint;
    constexpr double share = 0.75;
    const std::chrono::microseconds alone{search.work()};
    const double speed_up = static_cast<double>(alone.count()) * 1e3 /
                            static_cast<double>(run.trace.makespan().count());
    if (speed_up >= share * static_cast<double>(search.n)) return std::nullopt;
    const unsigned peak = run.trace.peak_overlap("flight");
    return with_places(
        Complaint{
            .expected = fmt::format("{} threads on {} cores are at least {:.4g} times as fast "
                                    "as the serial search.",
                                    search.n, search.n, share * static_cast<double>(search.n)),
            .happened = fmt::format(
                "{} took {} instead of {}: {:.2f} times as fast. At most {} computed at once.",
                count(static_cast<std::size_t>(search.size()), "number"),
                human(run.trace.makespan()), human(alone), speed_up, count(peak, "thread")),
            .hint = peak < search.n ? too_few : hint},
        run);
}

Plan plan_for(const Search& search, Judge judge, std::size_t schedules, std::int64_t cores = 4) {
    Plan plan;
    plan.scenario = "threads";
    plan.workload = search.workload();
    plan.judge = std::move(judge);
    plan.schedules = schedules;
    plan.cores = static_cast<unsigned>(cores);
    // A thread for each number, of which n go on at a time, takes many.
    plan.max_steps = 2'000'000;
    return plan;
}

void examine_result(const Search& search, std::size_t schedules) {
    examine(plan_for(
        search, [search](const Played& run) { return as_the_serial_one(search, run); }, schedules));
}

/// Work that takes no time: then threads are done with all that there is while others are still
/// being given it, as on a machine where one of them is not scheduled for a while.
void examine_meetings(const Search& search) {
    Plan plan = plan_for(
        search, [search](const Played& run) { return as_the_serial_one(search, run); }, 200);
    plan.compute_takes_time = false;
    examine(plan);
}

void examine_speed(const Search& search, const char* hint, std::int64_t cores) {
    examine(plan_for(
        search, [search, hint](const Played& run) { return fast_enough(search, hint, run); }, 6,
        cores));
}

}  // namespace

TEST_CASE("03-cpu-parallelism/threads", "[03-cpu-parallelism][plain]") {
    examine_result(drawn_tied(draw("03 tied, 3 threads"), 3, 14), 40);
    examine_result(drawn_tied(draw("03 tied, 2 threads"), 2, 8), 40);
    // With a lock around the look and another one around the change, it is wrong here already.
    for (const Search& search : {drawn_last_number(), drawn_equals(), drawn_met(draw("03 met"))})
        examine(plan_for(
            search,
            [search](const Played& run) { return of_order(as_the_serial_one(search, run)); }, 60,
            search.n));
    Draw some = draw("03 sizes");
    const std::int64_t first = some.number(1'000, 60'000);
    examine_result({first, first, 3}, 5);
    examine_result({first, first + 1, 4}, 10);
    examine_result({first, first + 3, 20}, 10);
    examine_result({first, first - 3, 3}, 5);
    examine_result({1, some.number(5, 9), 2}, 10);
    examine_result(drawn_long(draw("03 long, 3 threads"), 3, 8), 5);
    // Prime numbers: no piece but that of one number goes into them.
    for (const auto& [size, n] : {std::pair{127, 2}, std::pair{211, 3}})
        examine_result({first, first + size, n}, 3);
    examine_meetings({first, first + 4, 2});
    examine_meetings({first, first + 6, 3});
    const auto nothing = [](const Played& run) {
        return with_places(refused(run, !starts_of(run).empty()), run);
    };
    examine(plan_for({first, first + 5, 0}, nothing, 3));
}

TEST_CASE("03-cpu-parallelism/speed", "[03-cpu-parallelism][plain]") {
    constexpr const char* hint =
        "All computed at once, but not for long: see that none runs out of numbers early, and that "
        "nothing is computed twice.";
    constexpr std::int64_t for_each = 48;
    for (const std::int64_t n : {2, 4, 8})
        examine_speed(drawn_even(draw(fmt::format("03 even, {}", n)), n, n * for_each), hint, n);
    // Few numbers, but not so few that threads would not be worth it.
    examine_speed(drawn_even(draw("03 few"), 3, 24), hint, 3);
    // More cores than threads were asked for.
    const Search narrow = drawn_even(draw("03 narrow"), 2, 40);
    examine(plan_for(
        narrow, [narrow](const Played& run) { return never_more(narrow, run); }, 6, 8));
}

TEST_CASE("03-cpu-parallelism/balance", "[03-cpu-parallelism][plain]") {
    constexpr const char* hint =
        "Balance the load: no fixed slices, and not every nth number; whoever is done takes the "
        "next numbers.";
    examine_speed(drawn_uneven(draw("03 uneven, 4"), 4, 128), hint, 4);
    examine_speed(drawn_uneven(draw("03 uneven, 8"), 8, 320), hint, 8);
    constexpr const char* smaller =
        "Balance the load in small pieces: while one thread has a large one left, the others have "
        "nothing to do.";
    examine_speed(drawn_coarse(draw("03 coarse"), 4, 128), smaller, 4);
}

}  // namespace lockstep::cpu_parallelism
