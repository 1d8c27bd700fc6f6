// The public tests of exercise 03: a test case for each check of exercise.toml.
//
// run_threads is played in the lab (exercises/lab/README.md), on virtual cores, in many orders of
// its threads. run_processes and compare are played with real processes (support/real_run.hpp), and
// no verdict depends on how fast those are. You may add tests of your own.

#include "parallel.hpp"

#include <lab/catch.hpp>
#include <lab/events.hpp>
#include <support/real_run.hpp>
#include <support/searched.hpp>
#include <support/trial.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

namespace {

using lockstep::RealConditions;
using lockstep::RealRun;
using lockstep::Searched;
using lockstep::journal::Mishap;

// The longest flights of this range have 22 values: those of 2075 and of 2079.
constexpr Range tied{2063, 2083};
// 96 numbers, whose flights have about the same number of values in each quarter.
constexpr Range even{2184, 2280};
// Cut in four slices, or dealt out like cards, one share is much longer than the others. Who takes
// the next number when it is free is fast enough, wherever it begins.
constexpr Range uneven{1657, 1721};
// 12235060455 has more than 32 bits, and flies for 893 values: more than go into a pipe of 4 KiB.
constexpr Range far{12'235'060'440, 12'235'060'460};

/// By the given function, outside of everything.
Flight expected_flight(Range range) {
    Flight best;
    for (std::uint64_t start = range.first; start < range.last; ++start) {
        Flight values{start};
        while (start > 1 && values.back() >= start)
            values.push_back(values.back() % 2 == 0 ? values.back() / 2 : 3 * values.back() + 1);
        if (beats(values, best)) best = values;
    }
    return best;
}

lab::Finding differs(const std::string& expected, const std::string& actual) {
    return {false, fmt::format("expected: {}\nactual:   {}", expected, actual)};
}

std::string named(const Flight& flight) {
    return flight.empty()
               ? "an empty flight"
               : fmt::format("a flight of {} values from {}", flight.size(), flight.front());
}

// --- Claims about runs in the lab ---

trial::Claim finds_the_serial_flight(Range range, const Searched& result) {
    return [range, &result](const lab::Trace&) -> lab::Finding {
        const Flight expected = expected_flight(range);
        if (!result.threw.empty())
            return differs(named(expected), fmt::format("{}: {}", result.threw, result.what));
        if (result.flight == expected) return {true, "the serial one"};
        return differs(named(expected), named(result.flight));
    };
}

trial::Claim refuses(const Searched& result) {
    return [&result](const lab::Trace& trace) -> lab::Finding {
        if (result.threw == "std::invalid_argument" && trace.marks("flight").empty())
            return {true, "refused"};
        return differs("std::invalid_argument for n == 0, and nothing computed",
                       result.threw.empty() ? "no exception" : result.threw);
    };
}

trial::Claim each_number_once(Range range) {
    return [range](const lab::Trace& trace) {
        return lab::each_exactly_once(trace, "flight", static_cast<std::int64_t>(range.first),
                                      static_cast<std::int64_t>(range.last) - 1);
    };
}

lab::Finding something_computed(const lab::Trace& trace) {
    if (!trace.marks("flight").empty()) return {true, "something was computed"};
    return differs("the range searched", "flight never called");
}

lab::Finding all_threads_ended(const lab::Trace& trace) {
    return lab::all_threads_ended_before(trace, "came back");
}

lab::Finding nearly_four_times_as_fast(const lab::Trace& trace) {
    return lab::speed_up_at_least(trace, 3.0);
}

lab::Finding four_at_most(const lab::Trace& trace) {
    return lab::peak_overlap_at_most(trace, "flight", 4);
}

Searched search_with_threads(Range range, unsigned n) {
    Searched result = lockstep::searched([&] { return run_threads(range, n); });
    lab::event("came back");
    return result;
}

// --- Real runs ---

/// What is wrong, and how it should be; nothing when all is well.
using Objection = std::optional<std::string>;

Objection objection(const std::string& expected, const std::string& happened) {
    return fmt::format("expected: {}\nhappened: {}\n", expected, happened);
}

std::string told(const std::function<Flight()>& search) {
    try {
        return lockstep::searched(search).text();
    } catch (const lockstep::Todo&) {
        return {};  // it is noted
    }
}

RealRun run_for_real(Range range, unsigned n, RealConditions conditions = {}) {
    conditions.workers = static_cast<unsigned>(std::min<std::uint64_t>(n, range.size()));
    return lockstep::real_run(conditions,
                              [&] { return told([&] { return run_processes(range, n); }); });
}

/// What ends every test, whatever it is about.
Objection did_not_return(const RealRun& run) {
    switch (run.end) {
    case RealRun::End::returned: return std::nullopt;
    case RealRun::End::deadlock:
        return objection("the function returns", "everybody waits:\n" + run.waits);
    case RealRun::End::signalled:
        return objection("the function returns",
                         fmt::format("signal {} ended the program", run.status));
    case RealRun::End::exited: return objection("the function returns", "something called exit");
    case RealRun::End::endless: return objection("the function returns", "it went on and on");
    }
    return std::nullopt;
}

Objection wrong_flight(const RealRun& run, Range range) {
    const Searched result = Searched::from(run.told);
    const Flight expected = expected_flight(range);
    if (!result.threw.empty())
        return objection(named(expected), fmt::format("{}: {}", result.threw, result.what));
    if (result.flight != expected) return objection(named(expected), named(result.flight));
    if (run.calls.size() != range.size())
        return objection(fmt::format("{} calls of flight", range.size()),
                         fmt::format("{}", run.calls.size()));
    return std::nullopt;
}

Objection not_shared(const RealRun& run, unsigned n) {
    const auto own = std::ranges::count(run.calls, run.caller, &lockstep::journal::Record::process);
    if (own > 0)
        return objection("flight called by workers only",
                         fmt::format("{} calls in the calling process", own));
    if (run.workers.size() != n)
        return objection(fmt::format("{} workers", n), fmt::format("{}", run.workers.size()));
    if (!std::ranges::all_of(run.workers, &RealRun::Worker::program))
        return objection("processes that run worker_program()", "copies of the calling program");
    if (!run.met)
        return objection("all workers at work at the same time",
                         "some were started only when others had ended");
    std::uint64_t sum = 0;
    std::uint64_t most = 0;
    for (const RealRun::Worker& worker : run.workers) {
        sum += worker.values;
        most = std::max(most, worker.values);
    }
    if (static_cast<double>(sum) < 1.5 * static_cast<double>(most))
        return objection("each worker has its share",
                         fmt::format("one did {} % of the work", 100 * most / sum));
    return std::nullopt;
}

Objection worker_not_named(const RealRun& run, Range range, std::uint64_t at) {
    const Searched result = Searched::from(run.told);
    if (std::ranges::count(run.calls, at, &lockstep::journal::Record::start) == 0)
        return objection("workers that search the range", "the failing one was never there");
    if (result.threw != "WorkerError")
        return objection("WorkerError", result.threw.empty() ? "a result" : result.threw);
    const Range slice = result.slice;
    if (at < slice.first || at >= slice.last || slice.size() >= range.size())
        return objection(fmt::format("the slice with {}", at),
                         fmt::format("from {} to {}", slice.first, slice.last));
    return std::nullopt;
}

Objection something_left(const RealRun& run) {
    if (run.calls.empty()) return objection("workers that search the range", "none did");
    if (run.left_running + run.left_dead + run.left_threads == 0) return std::nullopt;
    return objection("nothing left",
                     fmt::format("{} processes still running, {} ended but not waited for, {} "
                                 "threads",
                                 run.left_running, run.left_dead, run.left_threads));
}

void judge(const char* check, const RealRun& run, const std::function<Objection()>& claim) {
    if (!run.unwritten.empty()) FAIL(run.unwritten);
    if (const Objection wrong = did_not_return(run)) trial::fail(check, *wrong);
    if (const Objection wrong = claim()) trial::fail(check, *wrong);
    SUCCEED("the run was as it should be");
}

}  // namespace

// --- Task 1 ---

TEST_CASE("threads find the flight that the serial search finds", "[threads]") {
    Searched result;
    for (const Range range : {tied, far, Range{5, 5}, Range{9, 6}, Range{27, 28}, Range{1, 4}}) {
        trial::expect("threads", [&] { result = search_with_threads(range, 4); },
                      {finds_the_serial_flight(range, result), all_threads_ended});
    }
    trial::expect("threads", [&] { result = search_with_threads(tied, 3); },
                  {each_number_once(tied)});
    trial::expect("threads", [&] { result = search_with_threads(tied, 0); }, {refuses(result)});
}

TEST_CASE("n threads on n cores are nearly n times as fast", "[speed]") {
    trial::expect("speed", [] { (void)search_with_threads(even, 4); },
                  {something_computed, nearly_four_times_as_fast, four_at_most}, {.schedules = 20});
}

TEST_CASE("uneven work is balanced", "[balance]") {
    trial::expect("balance", [] { (void)search_with_threads(uneven, 4); },
                  {something_computed, nearly_four_times_as_fast}, {.schedules = 20});
}

TEST_CASE("no data race between the threads", "[races]") {
    trial::expect_no_race("races", [] { (void)search_with_threads(tied, 3); },
                          {something_computed});
    // Two threads come to the last number at the same time.
    constexpr Range close{1'000, 1'004};
    trial::expect_no_race("races", [] { (void)search_with_threads(close, 2); },
                          {each_number_once(close)});
}

// --- Task 2 ---

TEST_CASE("processes find the same flight, and little is sent for it", "[processes]") {
    for (const Range range : {tied, far, Range{5, 5}, Range{9, 6}, Range{27, 28}, Range{1, 4}}) {
        const RealRun run = run_for_real(range, 4);
        judge("processes", run, [&] { return wrong_flight(run, range); });
    }
    const RealRun none = run_for_real(tied, 0);
    judge("processes", none, [&]() -> Objection {
        const Searched result = Searched::from(none.told);
        if (result.threw == "std::invalid_argument" && none.calls.empty()) return std::nullopt;
        return objection("std::invalid_argument for n == 0",
                         result.threw.empty() ? "no exception" : result.threw);
    });
    // So many numbers that the limit is less than two bytes for each.
    const Range large{30'000'000, 30'090'000};
    const RealRun run =
        lockstep::real_run({}, [&] { return told([&] { return run_processes(large, 2); }); });
    judge("processes", run, [&]() -> Objection {
        if (run.bytes_moved <= 150'000) return std::nullopt;
        return objection("at most 150000 bytes sent, however long the range",
                         fmt::format("{}", run.bytes_moved));
    });
}

TEST_CASE("n worker processes are at work at the same time, each on its share", "[spread]") {
    const RealRun run = run_for_real(even, 4);
    judge("spread", run, [&] { return not_shared(run, 4); });
}

TEST_CASE("a worker that fails is an exception, never a wrong result", "[failures]") {
    constexpr std::uint64_t at = 2072;
    for (const Mishap mishap : {Mishap::killed, Mishap::garbage, Mishap::silence, Mishap::status,
                                Mishap::killed_at_the_end}) {
        const RealRun run = run_for_real(tied, 3, {.mishap = mishap, .mishap_at = at});
        judge("failures", run, [&] { return worker_not_named(run, tied, at); });
    }
}

TEST_CASE("no process is left: no zombie, no orphan, also after an error", "[ends]") {
    for (const Mishap mishap : {Mishap::none, Mishap::killed, Mishap::garbage}) {
        const RealRun run = run_for_real(tied, 3, {.mishap = mishap, .mishap_at = 2065});
        judge("ends", run, [&] { return something_left(run); });
    }
}

// --- Task 3 ---

TEST_CASE("the comparison measures what it says", "[compare]") {
    using namespace std::chrono_literals;
    constexpr Range range{2078, 2090};
    // Each number sleeps for 15 ms: alone that makes 180 ms, which no clock of processor time sees.
    const RealRun run = lockstep::real_run({.nap = 15ms}, [&] {
        return told([&] {
            const Comparison all = compare(range, 2);
            Flight figures;
            for (const Timing& row : {all.serial, all.threads, all.processes}) {
                figures.push_back(static_cast<std::uint64_t>(row.time.count()));
                figures.push_back(static_cast<std::uint64_t>(std::llround(row.speed_up * 1e6)));
                figures.push_back(static_cast<std::uint64_t>(std::llround(row.efficiency * 1e6)));
            }
            return figures;
        });
    });
    judge("compare", run, [&]() -> Objection {
        const Searched result = Searched::from(run.told);
        if (result.flight.size() != 9) return objection("a comparison", result.threw);
        if (run.calls.size() != 3 * range.size())
            return objection(fmt::format("{} calls of flight", 3 * range.size()),
                             fmt::format("{}", run.calls.size()));
        std::vector<double> figures{result.flight.begin(), result.flight.end()};
        if (figures[0] < 178e6)
            return objection("a serial time of 180 ms at least",
                             fmt::format("{:.0f} ms", figures[0] / 1e6));
        if (figures[0] + figures[3] + figures[6] > static_cast<double>(run.wall.count()) + 1e6)
            return objection("three times that are no more than the whole", "more");
        for (const std::size_t row : {0U, 3U, 6U}) {
            const double speed_up = figures[0] / figures[row];
            const double workers = row == 0 ? 1.0 : 2.0;
            if (std::abs(figures[row + 1] / 1e6 - speed_up) > 1e-3)
                return objection(fmt::format("a speed-up of {:.3f}", speed_up),
                                 fmt::format("{:.3f}", figures[row + 1] / 1e6));
            if (std::abs(figures[row + 2] / 1e6 - speed_up / workers) > 1e-3)
                return objection(fmt::format("an efficiency of {:.3f}", speed_up / workers),
                                 fmt::format("{:.3f}", figures[row + 2] / 1e6));
        }
        return std::nullopt;
    });
}
