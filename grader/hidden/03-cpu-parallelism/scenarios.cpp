// Exercise 03's scenarios: how parallel.cpp is called.
//
// Workload of all: `first`, `last`, `n`. "threads" plays in the lab. "processes" and "compare" play
// outside it: their processes are real, the lab has no hold on them, and what blocks in libc
// (popen, a read by stdio) would hold up its other threads. Of "processes" also: `together`, the
// workers that are to be at work at the same time; `mishap` (journal.hpp) and `at`, the number at
// which it happens; and `before`, a range that is searched first, or none. Of "compare": `nap`, how
// long each number sleeps (nanoseconds); `mishap` and `at`.
#include <parallel.hpp>

#include <lab/events.hpp>
#include <support/real_run.hpp>
#include <support/searched.hpp>

#include <worker/scenario.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using lockstep::RealConditions;
using lockstep::RealRun;
using lockstep::Searched;
using lockstep::worker::Scenario;
using lockstep::worker::Telling;
using lockstep::worker::Where;
using lockstep::worker::Workload;

Range range_of(const Workload& workload) {
    return {static_cast<std::uint64_t>(workload.number("first")),
            static_cast<std::uint64_t>(workload.number("last"))};
}

unsigned n_of(const Workload& workload) { return static_cast<unsigned>(workload.number("n")); }

std::vector<std::int64_t> signed_numbers(const std::vector<std::uint64_t>& numbers) {
    return {numbers.begin(), numbers.end()};
}

void tell(const Searched& searched, Telling& telling) {
    telling.list("flight", signed_numbers(searched.flight));
    telling.text("threw", searched.threw);
    telling.text("what", searched.what);
    telling.list("slice", signed_numbers({searched.slice.first, searched.slice.last}));
}

/// todo() may have been met in another process: then it is thrown again here.
void throw_unwritten(const RealRun& run) {
    if (run.unwritten.empty()) return;
    // "not written yet: FILE:LINE: WHAT"
    std::istringstream text{run.unwritten.substr(lockstep::not_written_yet.size())};
    static std::string file;  // a Todo refers to it
    unsigned line = 0;
    std::string what;
    std::getline(text, file, ':');
    text >> line;
    text.ignore(2);
    std::getline(text, what);
    file = "/submission/" + file;
    throw lockstep::Todo{what, {file, line}};
}

void tell(const RealRun& run, Telling& telling) {
    throw_unwritten(run);
    telling.number("end", static_cast<std::int64_t>(run.end));
    telling.number("status", run.status);
    telling.text("waits", run.waits);
    telling.number("started", run.programs);
    telling.number("met", run.met ? 1 : 0);
    telling.number("left running", run.left_running);
    telling.number("left dead", run.left_dead);
    telling.number("left threads", run.left_threads);
    telling.number("bytes", static_cast<std::int64_t>(run.bytes_moved));
    std::vector<std::int64_t> programs;
    std::vector<std::int64_t> values;
    std::vector<std::int64_t> calls;
    for (const RealRun::Worker& worker : run.workers) {
        programs.push_back(worker.program ? 1 : 0);
        values.push_back(static_cast<std::int64_t>(worker.values));
        calls.push_back(static_cast<std::int64_t>(worker.starts.size()));
    }
    telling.list("programs", std::move(programs));
    telling.list("values", std::move(values));
    telling.list("calls", std::move(calls));
}

void threads(const Workload& workload, Telling& telling) {
    tell(lockstep::searched([&] { return run_threads(range_of(workload), n_of(workload)); }),
         telling);
    lab::event("came back");
}

/// What befalls whom.
RealConditions conditions_of(const Workload& workload) {
    return {.mishap = static_cast<lockstep::journal::Mishap>(workload.number("mishap")),
            .mishap_at = static_cast<std::uint64_t>(workload.number("at"))};
}

void processes(const Workload& workload, Telling& telling) {
    RealConditions conditions = conditions_of(workload);
    conditions.workers = static_cast<unsigned>(workload.number("together"));
    const RealRun run = lockstep::real_run(conditions, [&] {
        try {
            if (const auto before = workload.list("before"); before.size() == 2)
                static_cast<void>(run_processes(
                    {static_cast<std::uint64_t>(before[0]), static_cast<std::uint64_t>(before[1])},
                    n_of(workload)));
            return lockstep::searched(
                       [&] { return run_processes(range_of(workload), n_of(workload)); })
                .text();
        } catch (const lockstep::Todo&) {
            return std::string{};  // it is noted
        }
    });
    tell(run, telling);
    tell(Searched::from(run.told), telling);
    std::vector<std::int64_t> starts;
    std::vector<std::int64_t> by;
    std::vector<std::int64_t> by_caller;
    for (const lockstep::journal::Record& call : run.calls) {
        starts.push_back(static_cast<std::int64_t>(call.start));
        by.push_back(call.process);
        by_caller.push_back(call.process == run.caller ? 1 : 0);
    }
    telling.list("starts", std::move(starts));
    telling.list("by", std::move(by));
    telling.list("by caller", std::move(by_caller));
}

std::int64_t millionths(double value) {
    constexpr double most = 1e9;
    return std::isfinite(value) && std::abs(value) < most ? std::llround(value * 1e6) : -1;
}

std::string text_of(const Comparison& comparison) {
    std::ostringstream out;
    for (const Timing& timing : {comparison.serial, comparison.threads, comparison.processes})
        out << timing.time.count() << ' ' << millionths(timing.speed_up) << ' '
            << millionths(timing.efficiency) << ' ';
    return out.str();
}

void compare_them(const Workload& workload, Telling& telling) {
    std::string figures;
    RealConditions conditions = conditions_of(workload);
    conditions.nap = std::chrono::nanoseconds{workload.number("nap")};
    const RealRun run = lockstep::real_run(conditions, [&] {
        try {
            const Searched how = lockstep::searched([&] {
                figures = text_of(compare(range_of(workload), n_of(workload)));
                return Flight{};
            });
            return how.text() + "\n" + figures;
        } catch (const lockstep::Todo&) {
            return std::string{};
        }
    });
    tell(run, telling);
    tell(Searched::from(run.told.substr(0, run.told.rfind('\n') + 1)), telling);
    std::istringstream told{run.told.substr(run.told.rfind('\n') + 1)};
    std::vector<std::int64_t> numbers;
    for (std::int64_t number = 0; told >> number;) numbers.push_back(number);
    telling.list("timings", std::move(numbers));
    telling.number("wall", run.wall.count());
    // In the order in which they began.
    std::vector<lockstep::journal::Record> calls = run.calls;
    std::ranges::sort(calls, {}, &lockstep::journal::Record::begin_ns);
    std::vector<std::int64_t> starts;
    std::vector<std::int64_t> by_caller;
    std::vector<std::int64_t> begins;
    std::vector<std::int64_t> ends;
    for (const lockstep::journal::Record& call : calls) {
        starts.push_back(static_cast<std::int64_t>(call.start));
        by_caller.push_back(call.process == run.caller ? 1 : 0);
        begins.push_back(call.begin_ns);
        ends.push_back(call.end_ns);
    }
    telling.list("starts", std::move(starts));
    telling.list("by caller", std::move(by_caller));
    telling.list("begins", std::move(begins));
    telling.list("ends", std::move(ends));
}

const Scenario threads_scenario{"threads", threads};
const Scenario processes_scenario{"processes", processes, Where::outside};
const Scenario compare_scenario{"compare", compare_them, Where::outside};

}  // namespace
