// Exercise 03's hidden checks of run_processes. The processes are real, and no verdict is by how
// fast they were: who was at work together, who did what, what came back and what was left.
#include "real_runs.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>
#include <support/journal.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::cpu_parallelism {
namespace {

using journal::Mishap;
using lab::printable::count;

struct Befalls {
    Mishap mishap = Mishap::none;
    std::int64_t at = 0;
};

/// `meet`: the workers wait for each other.
void examine_processes(const Search& search, Judge judge, Befalls befalls = {}, bool meet = true) {
    Plan plan = real_plan("processes", search, std::move(judge));
    plan.workload["together"] = {meet ? std::clamp<std::int64_t>(search.size(), 0, search.n) : 0};
    plan.workload["mishap"] = {static_cast<std::int64_t>(befalls.mishap)};
    plan.workload["at"] = {befalls.at};
    examine(plan);
}

// --- processes ---

/// Where there is one worker only. Where there are more, `spread` looks.
std::optional<Complaint> calls_by_workers(const Search& search, const Played& run) {
    const std::vector<std::int64_t>& by_caller = run.answer.list("by caller");
    if (std::ranges::find(by_caller, 1) == by_caller.end()) return std::nullopt;
    return Complaint{
        .expected = fmt::format("For {} and n = {}, flight is called by workers only.",
                                count(static_cast<std::size_t>(search.size()), "number"), search.n),
        .happened = "The calling process called it itself.",
        .hint = "One worker is a process as well, and so is that of a single number."};
}

void examine_result(const Search& search) {
    examine_processes(search, [search](const Played& run) -> std::optional<Complaint> {
        if (auto complaint = as_the_serial_one_by_workers(search, run)) return complaint;
        const std::int64_t most = std::clamp<std::int64_t>(search.size(), 0, search.n);
        const std::int64_t started = run.answer.number("started").value_or(0);
        if (started <= most) return most == 1 ? calls_by_workers(search, run) : std::nullopt;
        return Complaint{
            .expected = "There are never more workers than numbers, nor more than n.",
            .happened = fmt::format(
                "For {} and n = {}, {} started.",
                count(static_cast<std::size_t>(std::max<std::int64_t>(search.size(), 0)), "number"),
                search.n,
                count(static_cast<std::size_t>(started), "worker") +
                    (started == 1 ? " was" : " were")),
            .hint = "Start std::min(n, range.size()) workers."};
    });
}

/// The first of two equals comes from the worker that ends last.
void examine_arrival() {
    const Search search = drawn_tied(draw("03 arrival"), 3, 15);
    const Befalls last{Mishap::last, longest_of(search.first, search.last).front()};
    examine_processes(
        search, [search](const Played& run) { return as_the_serial_one_by_workers(search, run); },
        last);
}

/// A call before this one, of which nothing may be left: its flight was longer.
void examine_second_call() {
    const Search search{1, 6, 2};
    Plan plan = real_plan("processes", search, [search](const Played& run) {
        std::optional<Complaint> complaint = right_flight(search, run);
        if (complaint) {
            complaint->happened = "Another range had been searched before. " + complaint->happened;
            complaint->hint = outlives_the_call;
        }
        return complaint;
    });
    constexpr std::int64_t record = 27;  // of all numbers below 703 it flies longest
    plan.workload["before"] = {record - 2, record + 3};
    examine(plan);
}

/// What the processes read and wrote. Many times what two slices and two flights take, and a
/// fraction of what the numbers themselves do.
std::optional<Complaint> little_sent(const Search& search, const Played& run) {
    if (auto complaint = right_flight(search, run)) return complaint;
    constexpr std::int64_t bytes_allowed = 70'000;
    const std::int64_t bytes = run.answer.number("bytes").value_or(0);
    if (bytes <= bytes_allowed) return std::nullopt;
    return Complaint{
        .expected = "What goes to the workers and comes from them does not grow with the range.",
        .happened =
            fmt::format("For {} and n = {}, more than {} KiB went through pipes and command lines.",
                        count(static_cast<std::size_t>(search.size()), "number"), search.n,
                        bytes_allowed / 1024),
        .hint =
            "Processes pay for what they exchange: send a slice's two ends, not its numbers, and "
            "let each worker send back one flight."};
}

Search large(Draw draw) {
    const std::int64_t first = draw.number(10'000'000, 90'000'000);
    constexpr std::int64_t size = 40'000;
    return {first, first + size, 2};
}

// --- spread ---

std::int64_t sum_of(const std::vector<std::int64_t>& shares) {
    return std::accumulate(shares.begin(), shares.end(), std::int64_t{0});
}

/// One has two thirds of all, or more.
bool in_one_hand(const std::vector<std::int64_t>& shares) {
    return 3 * std::ranges::max(shares) >= 2 * sum_of(shares);
}

std::string largest_share(const std::vector<std::int64_t>& shares) {
    return fmt::format("{} %", 100 * std::ranges::max(shares) / sum_of(shares));
}

std::optional<Complaint> really_spread(const Search& search, const Played& run) {
    Complaint complaint{
        .expected = fmt::format("{} workers, which run worker_program(), compute at the same time, "
                                "each on a share of its own.",
                                search.n)};
    const std::vector<std::int64_t>& by_caller = run.answer.list("by caller");
    const std::vector<std::int64_t>& programs = run.answer.list("programs");
    const std::vector<std::int64_t>& values = run.answer.list("values");
    const auto workers = static_cast<std::int64_t>(programs.size());
    if (by_caller.empty()) {
        complaint.happened = "flight was never called.";
        complaint.hint = "Every number is to be searched, by one of the workers.";
        return complaint;
    }
    const auto own = std::ranges::count(by_caller, 1);
    if (own > 0) {
        complaint.happened = fmt::format(
            "{} of {} were computed in the calling process itself, and not by a worker.", own,
            count(by_caller.size(), "flight"));
        complaint.hint =
            "A thread is no process: it shares its memory, and its crash. Let worker.cpp call "
            "flight, and run_processes only start, read and wait.";
        return complaint;
    }
    if (std::ranges::count(programs, 0) > 0) {
        complaint.happened = "A process computed that does not run worker_program().";
        complaint.hint =
            "A forked copy of the caller carries all of its memory, and its locks as they were: "
            "start the program that worker.cpp becomes.";
        return complaint;
    }
    if (workers != search.n) {
        complaint.happened = fmt::format("For {}, {} computed.",
                                         count(static_cast<std::size_t>(search.size()), "number"),
                                         count(programs.size(), "worker"));
        complaint.hint =
            "Start n workers, and give each a slice, also where n does not divide the range: let "
            "slice i begin at range.size() * i / n.";
        return complaint;
    }
    if (run.answer.number("met") != 1) {
        complaint.happened =
            "They were never at work together: some came to their work only when others had ended.";
        complaint.hint =
            "Serial in disguise: start all workers first, and only then read from them and wait "
            "for them. A worker that reads what it is told to the end also waits for whoever else "
            "has that pipe open.";
        return complaint;
    }
    // Pieces on demand: as many for each, since the workers go in step, whatever work is in them.
    // Slices cut by their work: as much for each, however many numbers that makes.
    if (in_one_hand(values) && in_one_hand(run.answer.list("calls"))) {
        complaint.happened = fmt::format("One worker did {} of the work.", largest_share(values));
        complaint.hint = "Cut the range in slices of the same length, one for each worker.";
        return complaint;
    }
    return std::nullopt;
}

void examine_spread(const Search& search) {
    examine_processes(search, [search](const Played& run) { return really_spread(search, run); });
}

// --- failures ---

std::string_view told(Mishap mishap) {
    switch (mishap) {
    case Mishap::killed: return "was killed by a signal in the middle of its work";
    case Mishap::garbage: return "printed \"?!\" instead of its result, and ended with exit code 0";
    case Mishap::silence: return "printed nothing, and ended with exit code 0";
    case Mishap::status: return "printed its result, and ended with exit code 3";
    case Mishap::killed_at_the_end: return "printed its result, and was killed by a signal then";
    case Mishap::status_last:
        return "was the last to end, printed its result, and ended with exit code 3";
    case Mishap::noise:
        return "printed \"?!\" and its result behind it, and ended with exit code 0";
    case Mishap::last:
    case Mishap::none: break;
    }
    return "did nothing wrong";
}

/// What befalls it, befalls it when it has done all of its work.
bool ends_well_at_first(Mishap mishap) {
    return mishap == Mishap::status || mishap == Mishap::status_last ||
           mishap == Mishap::killed_at_the_end || mishap == Mishap::noise;
}

/// The process that computed this number first; -1: none.
std::int64_t computed_by(const Played& run, std::int64_t number) {
    const std::vector<std::int64_t>& starts = run.answer.list("starts");
    const auto which = std::ranges::find(starts, number);
    if (which == starts.end()) return -1;
    return run.answer.list("by")[static_cast<std::size_t>(which - starts.begin())];
}

std::optional<Complaint> named_the_worker(const Search& search, const Befalls& befalls,
                                          const Played& run) {
    Complaint complaint{
        .expected = fmt::format("A worker {}: WorkerError, with the slice of that worker.",
                                told(befalls.mishap)),
        .hint =
            "After reading, look at all three: how it ended, with what code, and whether what it "
            "printed is complete and makes sense."};
    const std::vector<std::int64_t>& starts = run.answer.list("starts");
    const auto which = std::ranges::find(starts, befalls.at);
    if (which == starts.end() ||
        run.answer.list("by caller")[static_cast<std::size_t>(which - starts.begin())] == 1) {
        complaint.happened = "No worker came to the number at which it should have failed.";
        complaint.hint = "flight is to be called by workers, once for each number.";
        return complaint;
    }
    if (static_cast<std::int64_t>(run.answer.list("programs").size()) > search.n) {
        complaint.happened = "A worker was started for what the failed one had been given.";
        complaint.hint =
            "Whether another try makes sense, only the caller knows: tell it, by WorkerError.";
        return complaint;
    }
    const std::string_view threw = run.answer.text("threw");
    if (threw.empty()) {
        const Flight& found = run.answer.list("flight");
        complaint.happened =
            found == longest_of(search.first, search.last)
                ? "It returned as if nothing had happened."
                : "It returned as if nothing had happened, and the result is wrong.";
        return complaint;
    }
    if (threw != "WorkerError") {
        complaint.happened = fmt::format("It threw {}: {}", threw,
                                         lab::printable::clean(run.answer.text("what"), 200));
        complaint.hint =
            "Throw WorkerError{slice, sentence}, also where parsing or reading throws.";
        return complaint;
    }
    const std::vector<std::int64_t>& slice = run.answer.list("slice");
    // Who hands out pieces on demand learns of an exit code when the worker has done several: any
    // of them names it.
    std::int64_t at = befalls.at;
    if (ends_well_at_first(befalls.mishap) && slice.size() == 2 &&
        computed_by(run, slice[0]) == computed_by(run, befalls.at))
        at = slice[0];
    if (slice.size() != 2 || at < slice[0] || at >= slice[1] || slice[0] < search.first ||
        slice[1] > search.last ||
        (slice[1] - slice[0] >= search.size() && run.answer.list("programs").size() > 1)) {
        complaint.happened = "It threw WorkerError, whose slice is not that of the failed worker.";
        complaint.hint = "Keep each worker's slice beside its process and its pipe.";
        return complaint;
    }
    return std::nullopt;
}

Search shared_out(const char* name) {
    constexpr std::int64_t n = 3;
    return drawn_tied(draw(name), n, 15);
}

/// Which number of a slice, where the range is cut in three of five.
enum class Of { any, first, last };

void examine_failure(const char* name, Mishap mishap, Of which = Of::any) {
    const Search search = shared_out(name);
    Draw drawn = draw(name);
    constexpr std::int64_t length = 5;
    const std::int64_t slice = search.first + length * drawn.number(0, 2);
    const Befalls befalls{mishap, which == Of::first ? slice
                                  : which == Of::last
                                      ? slice + length - 1
                                      : drawn.number(search.first, search.last - 1)};
    examine_processes(
        search,
        [search, befalls](const Played& run) { return named_the_worker(search, befalls, run); },
        befalls);
}

/// The first worker of the list is the last to end: how the first that ended did is not how it did.
void examine_first_ends_last() {
    const Search search = shared_out("03 first ends last");
    const Befalls befalls{Mishap::status_last, search.first};
    examine_processes(
        search,
        [search, befalls](const Played& run) { return named_the_worker(search, befalls, run); },
        befalls);
}

void examine_remains(const char* name, Mishap mishap) {
    const Search search = shared_out(name);
    const Befalls befalls{mishap, draw(name).number(search.first, search.last - 1)};
    examine_processes(
        search,
        [](const Played& run) -> std::optional<Complaint> {
            if (run.answer.list("starts").empty())
                return Complaint{.expected = "Workers search the range.",
                                 .happened = "flight was never called.",
                                 .hint = "Every number is to be searched, by one of the workers."};
            return something_left(run);
        },
        befalls);
}

}  // namespace

TEST_CASE("03-cpu-parallelism/processes", "[03-cpu-parallelism][plain]") {
    examine_result(drawn_tied(draw("03 tied, 3 processes"), 3, 14));
    examine_result(drawn_long(draw("03 long"), 3, 30));
    Draw some = draw("03 sizes of slices");
    const std::int64_t first = some.number(1'000, 60'000);
    examine_result({first, first, 3});
    examine_result({first, first + 1, 4});
    examine_result({first, first + 3, 5});
    examine_result({first, first + 5, 1});
    // Its flight rises above 10^16.
    examine_result({6'080'083'518'535, 6'080'083'518'536, 2});
    examine_result({first, first - 3, 3});
    examine_arrival();
    examine_second_call();
    examine_processes({first, first + 5, 0}, [](const Played& run) {
        return refused(run, !run.answer.list("starts").empty());
    });
    const Search search = large(draw("03 large"));
    // So many numbers are not searched in step: it takes long, and proves nothing here.
    examine_processes(
        search, [search](const Played& run) { return little_sent(search, run); }, {}, false);
}

TEST_CASE("03-cpu-parallelism/spread", "[03-cpu-parallelism][plain]") {
    for (const std::int64_t n : {2, 4}) {
        const Search search = drawn_even(draw(fmt::format("03 spread, {}", n)), n, n * 40);
        examine_spread(search);
    }
    // Slices of a length that was rounded up, two each, leave nothing for the last worker.
    const std::int64_t first = draw("03 spread, 9 by 6").number(1'000, 60'000);
    examine_spread({first, first + 9, 6});
}

TEST_CASE("03-cpu-parallelism/failures", "[03-cpu-parallelism][plain]") {
    examine_failure("03 killed", Mishap::killed, Of::last);
    examine_failure("03 garbage", Mishap::garbage, Of::first);
    examine_failure("03 silence", Mishap::silence);
    examine_failure("03 status", Mishap::status);
    examine_failure("03 killed at the end", Mishap::killed_at_the_end);
    examine_failure("03 noise", Mishap::noise);
    examine_first_ends_last();
}

TEST_CASE("03-cpu-parallelism/ends", "[03-cpu-parallelism][plain]") {
    examine_remains("03 fine", Mishap::none);
    examine_remains("03 killed", Mishap::killed);
    examine_remains("03 garbage", Mishap::garbage);
    examine_remains("03 status", Mishap::status);
}

}  // namespace lockstep::cpu_parallelism
