#include "real_runs.hpp"

#include <lab/printable.hpp>
#include <support/real_run.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lockstep::cpu_parallelism {
namespace {

using lab::printable::count;

std::string counted(std::size_t processes) {
    return processes == 1 ? "1 process" : fmt::format("{} processes", processes);
}

std::string as_list(std::string_view lines) {
    std::string text;
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        text += "\n- " + lab::printable::clean(lines.substr(0, end), 200);
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return text;
}

/// What to look for when everybody waits, as `waits` says, a line for each process.
const char* hint_for(std::string_view waits) {
    const std::size_t lines = static_cast<std::size_t>(std::ranges::count(waits, '\n'));
    if (lines == 1 && waits.ends_with("its threads\n"))
        return "No process is left to wait for. Look for a lock that is kept while its holder "
               "waits "
               "for a thread that needs it, for a notification that nobody sends, and for a thread "
               "that reads from a pipe whose writing side is open in this very process.";
    return "Who writes to a full pipe waits for a reader: read a worker's output to its end before "
           "you wait for the worker. Who reads to an end waits until every copy of the writing "
           "side is closed: your own, and those that other workers have inherited (O_CLOEXEC).";
}

}  // namespace

Plan real_plan(const char* scenario, const Search& search, Judge judge) {
    Plan plan;
    plan.scenario = scenario;
    plan.workload = search.workload();
    for (const char* name : {"together", "mishap", "at", "nap"}) plan.workload[name] = {0};
    plan.workload["before"] = {};
    plan.judge = [judge = std::move(judge)](const Played& run) {
        std::optional<Complaint> complaint = did_not_return(run);
        return complaint ? complaint : judge(run);
    };
    plan.schedules = 1;
    return plan;
}

std::optional<Complaint> did_not_return(const Played& run) {
    using End = RealRun::End;
    Complaint complaint{.expected = "The function returns to its caller."};
    switch (static_cast<End>(run.answer.number("end").value_or(-1))) {
    case End::returned: return std::nullopt;
    case End::deadlock:
        complaint.verdict = Verdict::deadlock;
        complaint.happened =
            "Everybody waits, and nobody is left to end it:" + as_list(run.answer.text("waits"));
        complaint.hint = hint_for(run.answer.text("waits"));
        return complaint;
    case End::signalled:
        complaint.verdict = Verdict::crash;
        complaint.happened = fmt::format("Signal {} ended the program that had called it.",
                                         run.answer.number("status").value_or(0));
        complaint.hint =
            "Look for an exception that leaves a thread (6), for an invalid pointer (11), and for "
            "writing to a worker that has ended (13).";
        return complaint;
    case End::exited:
        complaint.verdict = Verdict::crash;
        complaint.happened = "The program that had called it was ended from inside.";
        complaint.hint =
            "exit ends the whole program. After a fork, the child must call execve or _exit.";
        return complaint;
    case End::endless: break;
    }
    complaint.verdict = Verdict::timeout;
    complaint.happened = "It went on and on, and was stopped.";
    complaint.hint = "Look for a loop that asks again and again for what never comes.";
    return complaint;
}

std::optional<Complaint> as_the_serial_one_by_workers(const Search& search, const Played& run) {
    const std::vector<std::int64_t>& starts = run.answer.list("starts");
    if (search.size() > 0)
        if (auto complaint = nothing_searched(run, starts.size())) return complaint;
    if (auto complaint = right_flight(search, run)) return complaint;
    return each_once(search, starts);
}

std::optional<Complaint> something_left(const Played& run) {
    const auto number = [&](const char* name) {
        return static_cast<std::size_t>(run.answer.number(name).value_or(0));
    };
    Complaint complaint{.verdict = Verdict::leak,
                        .expected =
                            "When the function has come back, no process is left that it started, "
                            "and no thread."};
    if (const std::size_t running = number("left running"); running > 0) {
        complaint.happened = fmt::format("Still running: {}.", counted(running));
        complaint.hint = "An orphan works for nobody: wait for each worker, on every way out.";
    } else if (const std::size_t dead = number("left dead"); dead > 0) {
        complaint.happened =
            fmt::format("Ended, but never waited for (a zombie): {}.", counted(dead));
        complaint.hint =
            "A process that has ended keeps its place in the system's table until its parent waits "
            "for it: do so for each worker, on every way out.";
    } else if (const std::size_t threads = number("left threads"); threads > 0) {
        complaint.happened = fmt::format("Left: {}.", count(threads, "thread"));
        complaint.hint = "Join every thread that reads or waits for a worker.";
    } else {
        return std::nullopt;
    }
    return complaint;
}

}  // namespace lockstep::cpu_parallelism
