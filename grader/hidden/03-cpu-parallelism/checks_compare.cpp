// Exercise 03's hidden check of compare. It measures real time, which differs from machine to
// machine: so what is judged is what must hold on every one. Each number sleeps in this scenario,
// which a clock of processor time does not see.
#include "real_runs.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>
#include <support/journal.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <set>
#include <utility>

namespace lockstep::cpu_parallelism {
namespace {

using namespace std::chrono_literals;

/// From the first call of a search to the end of its last.
struct Phase {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::set<std::int64_t> starts;
    bool overlaps = false;  ///< two calls at the same time: never in a serial search

    void add(std::int64_t start, std::int64_t begun, std::int64_t ended) {
        overlaps = overlaps || (!starts.empty() && begun < end);
        begin = starts.empty() ? begun : std::min(begin, begun);
        end = std::max(end, ended);
        starts.insert(start);
    }
    [[nodiscard]] std::int64_t time() const { return end - begin; }
};

struct Phases {
    Phase first;      ///< of the two in the calling process
    Phase second;     ///< the other
    Phase processes;  ///< by workers; and what the calling process computes behind the other two
};

Phases phases_of(const Search& search, const Played& run) {
    const std::vector<std::int64_t>& starts = run.answer.list("starts");
    const std::vector<std::int64_t>& by_caller = run.answer.list("by caller");
    Phases phases;
    std::int64_t own = 0;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        Phase& phase = by_caller[i] == 0     ? phases.processes
                       : own < search.size() ? phases.first
                       : own < 2 * search.size() || phases.processes.starts.empty()
                           ? phases.second
                           : phases.processes;
        own += by_caller[i];
        phase.add(starts[i], run.answer.list("begins")[i], run.answer.list("ends")[i]);
    }
    return phases;
}

struct Told {
    std::int64_t time;
    double speed_up;
    double efficiency;
};

std::optional<std::array<Told, 3>> told(const Played& run) {
    const std::vector<std::int64_t>& numbers = run.answer.list("timings");
    std::array<Told, 3> all{};
    if (numbers.size() != 3 * all.size()) return std::nullopt;
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = {numbers[3 * i], static_cast<double>(numbers[3 * i + 1]) / 1e6,
                  static_cast<double>(numbers[3 * i + 2]) / 1e6};
    return all;
}

bool is_nearly(double value, double expected) {
    return std::abs(value - expected) <= 1e-5 * std::max(1.0, std::abs(expected));
}

std::optional<Complaint> times_fit(const Search& search, const std::array<Told, 3>& all,
                                   const Played& run) {
    constexpr std::int64_t rounding = 1'000'000;  // who counts in milliseconds may
    Complaint complaint{
        .expected =
            "Each time is how long that search took, from its call to its return, by the clock on "
            "the wall.",
        .hint =
            "Read std::chrono::steady_clock before and after each search. A clock of processor "
            "time stands still while a thread sleeps or waits for a worker."};
    const Phases phases = phases_of(search, run);
    // That each of them searches all of it, other checks see to.
    if (phases.processes.starts.empty() || phases.second.starts.empty()) {
        complaint.expected = "The range is searched three times: alone, by threads, by processes.";
        complaint.happened = phases.second.starts.empty()
                                 ? "The calling process searched it once at most."
                                 : "One of the three searches did not take place.";
        complaint.hint = "Call longest_flight, run_threads and run_processes, one after the other.";
        return complaint;
    }
    // Of the two in the calling process the one whose calls overlap is that of the threads. On a
    // machine so busy that neither has any, both times need only be that of the shorter one.
    const Phase& a = phases.first;
    const Phase& b = phases.second;
    const std::int64_t shorter = std::min(a.time(), b.time());
    const bool told_apart = a.overlaps != b.overlaps;
    const std::array<std::int64_t, 3> took{told_apart ? (a.overlaps ? b : a).time() : shorter,
                                           told_apart ? (a.overlaps ? a : b).time() : shorter,
                                           phases.processes.time()};
    constexpr std::array<const char*, 3> names{"serial", "threads", "processes"};
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        sum += all[i].time;
        if (all[i].time + rounding >= took[i]) continue;
        complaint.happened = fmt::format(
            "`{}.time` is less than what passed between the first number of that search and the "
            "last.",
            names[i]);
        return complaint;
    }
    if (sum <= run.answer.number("wall").value_or(0) + rounding) return std::nullopt;
    complaint.happened = "Together the three times are more than the whole comparison took.";
    complaint.hint = "Read the clock again before each search: a time begins where it begins.";
    return complaint;
}

/// It compares what it was asked to.
std::optional<Complaint> n_passed_on(const Search& search, const Played& run) {
    const std::int64_t started = run.answer.number("started").value_or(0);
    if (started == search.n) return std::nullopt;
    return Complaint{
        .expected = fmt::format("compare with n = {} measures run_threads and run_processes with "
                                "n = {}.",
                                search.n, search.n),
        .happened = fmt::format("{} started.",
                                lab::printable::count(static_cast<std::size_t>(started), "worker") +
                                    (started == 1 ? " was" : " were")),
        .hint = "Hand n on as it is: how many cores there are, the caller knows."};
}

/// What the searches throw: measuring is no reason to keep it to oneself.
std::optional<Complaint> error_passes_through(const Played& run) {
    const std::string_view threw = run.answer.text("threw");
    if (threw == "WorkerError") return std::nullopt;
    return Complaint{.expected = "compare throws WorkerError when run_processes throws it.",
                     .happened = threw.empty() ? "It returned as if nothing had happened."
                                               : fmt::format("It threw {}.", threw),
                     .hint = "Let exceptions pass: what was measured until then tells nothing."};
}

std::optional<Complaint> measured(const Search& search, const Played& run) {
    if (const std::string_view threw = run.answer.text("threw"); !threw.empty())
        return Complaint{.expected = "The comparison returns.",
                         .happened = fmt::format("It threw {}.", threw),
                         .hint = "Read what the exception says, and find out who throws it."};
    const auto all = told(run);
    if (!all)
        return Complaint{.expected = "The comparison returns its three rows.",
                         .happened = "They could not be read.",
                         .hint = "Fill in all members of Comparison."};
    if (auto complaint = times_fit(search, *all, run)) return complaint;
    const auto serial = static_cast<double>((*all)[0].time);
    constexpr std::array<const char*, 3> names{"serial", "threads", "processes"};
    for (std::size_t i = 0; i < all->size(); ++i) {
        const Told& row = (*all)[i];
        const double expected = row.time == 0 ? 1.0 : serial / static_cast<double>(row.time);
        if (!is_nearly(row.speed_up, expected))
            return Complaint{
                .expected =
                    "`speed_up` is the serial time divided by the row's own, and 1 for the "
                    "serial row.",
                .happened = fmt::format("That of `{}` is not.", names[i]),
                .hint =
                    "Old time over new time, as floating-point numbers: above 1 when it got "
                    "faster."};
        const double workers = i == 0 ? 1.0 : static_cast<double>(search.n);
        if (!is_nearly(row.efficiency, row.speed_up / workers))
            return Complaint{
                .expected =
                    fmt::format("`efficiency` is the speed-up per worker: of {} for threads "
                                "and processes, of one for the serial search.",
                                search.n),
                .happened = fmt::format("That of `{}` is not.", names[i]),
                .hint = "An efficiency of 1 means that every worker was worth its core."};
    }
    return std::nullopt;
}

/// Threads and processes are real here, and so is their luck. A search that hangs or crashes now
/// and then is for the other checks to find, which hold its threads and workers together: this one
/// objects when the comparison never comes back.
void examine_measuring(Plan plan) {
    const Judge judge = std::exchange(plan.judge, did_not_return);
    const auto out_of_luck = [](const Played& run) {
        const std::optional<Complaint> complaint = did_not_return(run);
        return complaint && complaint->verdict != Verdict::timeout;
    };
    bool unlucky = false;
    Plan once = plan;
    once.judge = [&](const Played& run) {
        unlucky = out_of_luck(run);
        return unlucky ? std::nullopt : judge(run);
    };
    examine(once);
    if (!unlucky) return;
    Plan more = plan;
    more.schedules = 4;
    if (!ever_holds(more)) examine(plan);
}

/// Where run_processes starts fewer workers itself, or more, the mistake is not one of measuring.
void examine_n(const Search& search) {
    const Judge as_many = [search](const Played& run) { return n_passed_on(search, run); };
    if (ever_holds(real_plan("processes", search, as_many)))
        examine_measuring(real_plan("compare", search, as_many));
}

void examine_compare(const Search& search, Judge judge, std::chrono::nanoseconds nap = 0ns) {
    Plan plan = real_plan("compare", search, std::move(judge));
    plan.workload["nap"] = {nap.count()};
    examine_measuring(plan);
}

/// A worker is killed. Where run_processes does not tell, the mistake is not one of measuring.
void examine_failure(const Search& search) {
    const auto befall = [&](const char* scenario) {
        Plan plan = real_plan(scenario, search, error_passes_through);
        plan.workload["mishap"] = {static_cast<std::int64_t>(journal::Mishap::killed)};
        plan.workload["at"] = {search.last - 1};
        return plan;
    };
    if (ever_holds(befall("processes"))) examine_measuring(befall("compare"));
}

}  // namespace

TEST_CASE("03-cpu-parallelism/compare", "[03-cpu-parallelism][plain]") {
    Draw some = draw("03 compare");
    const std::int64_t first = some.number(1'000, 60'000);
    const Search search{first, first + some.number(10, 14), 2};
    examine_compare(
        search, [search](const Played& run) { return measured(search, run); }, 15ms);
    // One of them is not the number of this machine's cores.
    for (const std::int64_t n : {2, 3}) examine_n({first, first + 6, n});
    examine_failure({first, first + 6, 2});
    // What it did before it came to that, the header leaves open.
    examine_compare({first, first + 2, 0}, [](const Played& run) { return refused(run, false); });
}

}  // namespace lockstep::cpu_parallelism
