// Exercise 05's hidden checks of export_all.
#include "exports.hpp"

#include <lab/catch.hpp>
#include <lab/finding.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace lockstep::cancellation {
namespace {

using lab::printable::count;
using lab::printable::human;
using Kind = lab::Diagnosis::Kind;

lab::Duration at(std::int64_t instant) { return lab::Duration{instant}; }

Complaint complaint(const Played& run, std::string expected, std::string happened, std::string hint,
                    std::initializer_list<std::string_view> where) {
    return {.verdict = Verdict::wrong,
            .expected = std::move(expected),
            .happened = std::move(happened),
            .hint = std::move(hint),
            .stacks = places_of_marks(run.trace, where)};
}

/// There is one thread, so schedules differ little.
Plan plan_for(const ExportPlan& asked, Judge judge) {
    Plan plan;
    plan.scenario = "export";
    plan.workload = asked.workload();
    plan.judge = std::move(judge);
    plan.schedules = 3;
    return plan;
}

ExportEnd end_of(const Played& run) {
    return static_cast<ExportEnd>(run.answer.number("end").value_or(-1));
}

std::vector<std::int64_t> first_rows(std::size_t number) {
    std::vector<std::int64_t> rows;
    for (std::size_t row = 0; row < number; ++row) rows.push_back(static_cast<std::int64_t>(row));
    return rows;
}

// --- export: what happens when nothing goes wrong ---

constexpr std::size_t batch = 3;

/// What has been read is written before anything else is read: else the instants of `middle_of` are
/// not what they are called.
std::optional<Complaint> reads_ahead(const Played& run) {
    const std::vector<lab::SpanRecord> calls = run.trace.spans("read");
    const std::vector<lab::SpanRecord> writes = run.trace.spans("write");
    for (std::size_t read = 1; read < calls.size(); ++read) {
        if (read <= writes.size() && writes[read - 1].end_step <= calls[read].begin_step) continue;
        // A read that was given up, and not made again.
        if (calls[read - 1].outcome != lab::Outcome::done) continue;
        return complaint(run, "Each row is written before the next one is read.",
                         fmt::format("After row {} was read, it was not written before the next "
                                     "read.",
                                     calls[read - 1].value),
                         "Read a row, begin a batch if none is open, write the row: a row in hand "
                         "is lost when the export is cancelled.",
                         {"read"});
    }
    return std::nullopt;
}

std::optional<Complaint> all_exported(const ExportPlan& asked, const Played& run) {
    const std::size_t rows = asked.reads.size();
    const std::size_t batches = (rows + batch - 1) / batch;
    if (end_of(run) != ExportEnd::report)
        return complaint(run, "Undisturbed, the export gives a report.",
                         fmt::format("It gave {}.", described(run)),
                         "Read what the exception says, and find out who throws it.",
                         {"out of place", "close", "commit", "read"});
    if (auto ahead = reads_ahead(run)) return ahead;
    std::vector<std::int64_t> numbers = first_rows(rows);
    for (std::int64_t& number : numbers) number += asked.first_number;
    if (run.answer.list("kept") != numbers)
        return complaint(
            run, fmt::format("All {} are committed, in their order.", count(rows, "row")),
            fmt::format("Committed: [{}].", fmt::join(run.answer.list("kept"), ", ")),
            "Count the rows of the open batch; the last batch may be shorter, and has to be "
            "committed as well.",
            {"commit", "write", "read"});
    const std::size_t begun = run.trace.marks("begin").size();
    if (begun != batches)
        return complaint(
            run,
            fmt::format("{} go in {}, none of them empty.", count(rows, "row"),
                        batches == 1 ? "one batch" : fmt::format("{} batches", batches)),
            fmt::format("{} begun.", begun == 1 ? "One was" : fmt::format("{} were", begun)),
            "Begin a batch when there is a row for it.", {"begin"});
    // In that order: what is full is committed before the next row is read.
    const std::vector<lab::SpanRecord> commits = run.trace.spans("commit");
    for (const lab::SpanRecord& read : run.trace.spans("read")) {
        const auto full = static_cast<std::size_t>(read.value) / batch;
        if (full == 0 || static_cast<std::size_t>(read.value) % batch != 0) continue;
        if (full <= commits.size() && commits[full - 1].end_step <= read.begin_step) continue;
        return complaint(run, "A full batch is committed before the next row is read.",
                         fmt::format("Row {} was read before.", read.value),
                         "Commit right after the write that fills the batch.", {"read", "commit"});
    }
    std::vector<std::int64_t> progress;
    for (std::size_t done = batch; done < rows; done += batch)
        progress.push_back(static_cast<std::int64_t>(done));
    if (rows > 0) progress.push_back(static_cast<std::int64_t>(rows));
    if (run.answer.list("reports") != progress)
        return complaint(
            run,
            fmt::format("Progress is told after each commit: [{}].", fmt::join(progress, ", ")),
            fmt::format("It was told [{}].", fmt::join(run.answer.list("reports"), ", ")),
            "Report what can no longer be lost: the committed rows. So progress never "
            "goes back.",
            {"progress"});
    const std::vector<lab::Event> told = run.trace.marks("progress");
    for (std::size_t i = 0; i < std::min(told.size(), commits.size()); ++i)
        if (told[i].step < commits[i].end_step)
            return complaint(
                run, "Progress is told after each commit.",
                fmt::format("{} were told of after {}, and committed only after {}.",
                            count(static_cast<std::size_t>(told[i].value), "row"),
                            human(told[i].at), human(commits[i].end)),
                "Report what can no longer be lost: call progress.report behind the co_await of "
                "commit().",
                {"progress", "commit"});
    const std::vector<std::int64_t> report{static_cast<std::int64_t>(rows),
                                           static_cast<std::int64_t>(batches)};
    if (run.answer.list("report") != report)
        return complaint(run,
                         fmt::format("The report says {} rows, {} batches.", report[0], report[1]),
                         fmt::format("It says [{}].", fmt::join(run.answer.list("report"), ", ")),
                         "Count both where a commit has succeeded.", {"commit"});
    return std::nullopt;
}

// --- rollback: tidy on every path ---

struct Tidy {
    std::string way;            ///< "cancelled while row 4 is written"
    std::size_t kept = 0;       ///< rows committed by then
    bool open = false;          ///< a batch is open by then
    std::int64_t instant = -1;  ///< the first cancellation
};

std::optional<Complaint> tidied_up(const Tidy& tidy, const Played& run) {
    if (auto ahead = reads_ahead(run)) return ahead;
    if (!run.trace.marks("out of place").empty())
        return complaint(run, "The sink is only called when it can be.",
                         "It was called out of place: see its std::logic_error.",
                         "Look at batch_open before you roll back.", {"out of place"});
    const std::string hint =
        "Lead every way through one cleanup, and disable cancellation before it "
        "(this_coro::reset_cancellation_state): a cancelled coroutine throws at each co_await.";
    const auto once = [&](std::string_view call, std::size_t times) -> std::optional<Complaint> {
        const std::vector<lab::SpanRecord> calls = run.trace.spans(call);
        const std::string expected =
            times == 0
                ? fmt::format("When {}, no batch is open, and nothing is rolled back.", tidy.way)
                : fmt::format("When {}, {} is called once, and goes on to its end.", tidy.way,
                              call);
        for (const lab::SpanRecord& one : calls)
            if (one.outcome != lab::Outcome::done || one.open)
                return complaint(run, expected,
                                 fmt::format("After {} it was cut short.", human(one.end)), hint,
                                 {call});
        if (calls.size() == times) return std::nullopt;
        return complaint(
            run, expected,
            calls.empty() ? std::string{"It was not called."}
                          : fmt::format("It was called {}.",
                                        calls.size() == 1 ? std::string{"once"}
                                                          : fmt::format("{} times", calls.size())),
            hint, {call, "write", "read", "commit"});
    };
    if (auto wrong = once("rollback", tidy.open ? 1 : 0)) return wrong;
    if (auto wrong = once("close", 1)) return wrong;
    if (run.answer.list("kept") != first_rows(tidy.kept))
        return complaint(run,
                         fmt::format("When {}, {} stay committed, and no more.", tidy.way,
                                     count(tidy.kept, "row")),
                         fmt::format("Committed: [{}].", fmt::join(run.answer.list("kept"), ", ")),
                         "Roll the open batch back; never commit it on the way out.",
                         {"commit", "rollback"});
    return std::nullopt;
}

Tidy cancelled_in(ExportPlan& plan, std::string_view call, std::size_t row) {
    plan.cancels = {plan.middle_of(call, row)};
    const std::size_t in_batch = row % batch;
    const bool open = call == "read" ? in_batch > 0 : call != "begin" && call != "close";
    return {fmt::format("cancelled during the {} of row {}", call, row), row - in_batch, open,
            plan.cancels[0]};
}

/// As above, but just when that call ends: it has done its work, and nobody has gone on yet.
Tidy cancelled_after(ExportPlan& plan, std::string_view call, std::size_t row) {
    Tidy tidy = cancelled_in(plan, call, row);
    plan.cancels = {plan.end_of(call, row)};
    tidy.way = fmt::format("cancelled just when the {} of row {} ends", call, row);
    if (call == "commit") tidy.kept = row + 1;
    tidy.open = call != "commit" && (call != "read" || row % batch > 0);
    tidy.instant = plan.cancels[0];
    return tidy;
}

/// A way out that `rollback`, `reported` and `loop` look at.
struct Way {
    ExportPlan plan;
    Tidy tidy;
    ExportEnd end = ExportEnd::aborted;
};

std::vector<Way> ways_out() {
    const ExportPlan plain = drawn_export(draw("05 ways out"), 8);
    std::vector<Way> ways;
    using Call = std::pair<std::string_view, std::size_t>;
    for (const auto& [call, row] :
         {Call{"write", 4}, Call{"read", 4}, Call{"read", 3}, Call{"begin", 3}, Call{"commit", 5},
          Call{"commit", 7}, Call{"write", 0}}) {
        Way way{plain, {}, ExportEnd::aborted};
        way.tidy = cancelled_in(way.plan, call, row);
        ways.push_back(std::move(way));
    }
    // At the very instant: the coroutine's cancellation state is the only one to know of it.
    for (const auto& [call, row] :
         {Call{"read", 4}, Call{"write", 4}, Call{"begin", 3}, Call{"commit", 5}}) {
        Way way{plain, {}, ExportEnd::aborted};
        way.tidy = cancelled_after(way.plan, call, row);
        ways.push_back(std::move(way));
    }
    Way bad_read{plain, {"row 4 can't be read", 3, true, -1}, ExportEnd::row_error};
    bad_read.plan.bad_read = 4;
    ways.push_back(std::move(bad_read));
    Way bad_write{plain, {"row 5 can't be written", 3, true, -1}, ExportEnd::row_error};
    bad_write.plan.bad_write = 5;
    ways.push_back(std::move(bad_write));
    Way far{
        plain, {"the source throws a system_error of its own", 3, true, -1}, ExportEnd::connection};
    far.plan.bad_read = 4;
    far.plan.odd_errors = true;
    ways.push_back(std::move(far));
    // Who gives up waiting for the sink has not tidied up.
    Way slow{plain, {}, ExportEnd::aborted};
    slow.tidy = cancelled_in(slow.plan, "write", 4);
    slow.tidy.way += ", and tidying up takes hours";
    slow.plan.sink[3] = slow.plan.sink[4] = std::int64_t{2} * 3600 * 1'000'000'000;
    ways.push_back(std::move(slow));
    return ways;
}

/// Nobody cancels, and there is nothing to copy.
Way without_rows() {
    return {drawn_export(draw("05 without rows"), 0),
            {"there are no rows", 0, false, -1},
            ExportEnd::report};
}

/// Cancelled a second time 5 ms later: in the middle of the rollback, which takes 20 or more.
Way twice() {
    Way way{drawn_export(draw("05 twice"), 8), {}, ExportEnd::aborted};
    way.tidy = cancelled_in(way.plan, "write", 4);
    way.tidy.way = "cancelled twice, the second time during the rollback";
    way.plan.cancels.push_back(way.plan.cancels[0] + 5'000'000);
    return way;
}

/// Cancelled when all has been committed: too late.
Way while_closing() {
    Way way{drawn_export(draw("05 closing"), 4), {}, ExportEnd::report};
    way.plan.cancels = {way.plan.middle_of("close", 0)};
    way.tidy = {"cancelled while the sink is being closed", 4, false, way.plan.cancels[0]};
    return way;
}

/// An error, and a cancellation in the middle of the rollback.
Way after_an_error() {
    Way way{drawn_export(draw("05 after an error"), 8), {}, ExportEnd::row_error};
    way.plan.bad_write = 4;
    const std::int64_t middle = way.plan.middle_of("write", 4);
    const std::int64_t begin = middle - way.plan.sink[1] / 2'000'000 * 1'000'000;
    way.plan.cancels = {begin + way.plan.sink[1] + 5'000'000};
    way.tidy = {"cancelled during the rollback after an error", 3, true, way.plan.cancels[0]};
    return way;
}

std::vector<Way> all_ways() {
    std::vector<Way> ways = ways_out();
    ways.push_back(without_rows());
    ways.push_back(twice());
    ways.push_back(while_closing());
    ways.push_back(after_an_error());
    return ways;
}

// --- reported: at once, and as what it is ---

std::optional<Complaint> reported(const Way& way, const Played& run) {
    if (auto ahead = reads_ahead(run)) return ahead;
    if (end_of(run) != way.end)
        return complaint(
            run, fmt::format("When {}, what comes out is {}.", way.tidy.way, name_of(way.end)),
            fmt::format("It was {}.", described(run)),
            "Keep what ended the work as a std::exception_ptr, tidy up, and rethrow it: a "
            "cancellation stays a cancellation, an error an error.",
            {"rollback", "close", "read"});
    if (way.tidy.instant < 0 || way.end == ExportEnd::report) return std::nullopt;
    for (const std::string_view call : {"read", "begin", "write", "commit"}) {
        for (const lab::SpanRecord& one : run.trace.spans(call)) {
            if (one.end <= at(way.tidy.instant)) continue;
            return complaint(
                run,
                fmt::format("When {}, the work ends at once, after {}.", way.tidy.way,
                            human(at(way.tidy.instant))),
                fmt::format("The {} of {} ended after {}.", call, one.value, human(one.end)),
                "Let the cancellation through to what you await, and do nothing more "
                "but tidy up.",
                {call});
        }
    }
    return std::nullopt;
}

// --- loop: nothing blocks it, nothing is left in it ---

std::optional<Complaint> nothing_left(const Played& run) {
    // Who does nothing leaves nothing, and is to earn nothing by it.
    if (run.trace.spans("read").empty())
        return complaint(run, "The coroutine copies rows.", "It read none.",
                         "Begin with a loop that awaits source.next().", {});
    if (run.trace.marks("over").empty())
        return complaint(run, "The coroutine ends.", "It never did.",
                         "Whatever you wait for must come, also after a cancellation.",
                         {"close", "rollback", "read"});
    const lab::Duration longer = run.trace.latency("over", "came back");
    if (longer == lab::Duration{0}) return std::nullopt;
    Complaint left =
        complaint(run, "When the coroutine is over, nothing of it is left in the loop.",
                  fmt::format("The loop had work for another {}.", human(longer)),
                  "Cancel timers and wait for tasks that you started yourself.", {});
    left.verdict = Verdict::leak;
    return left;
}

void examine_loop(const ExportPlan& asked) {
    Plan plan = plan_for(asked, nothing_left);
    plan.also = {Kind::blocked_loop, Kind::leaked_thread, Kind::leaked_coroutine,
                 Kind::leaked_timer, Kind::not_released};
    examine(plan);
}

}  // namespace

TEST_CASE("05-cancellation/export", "[05-cancellation][plain]") {
    for (const std::size_t rows :
         {std::size_t{8}, std::size_t{6}, std::size_t{1}, std::size_t{0}}) {
        const ExportPlan asked = drawn_export(draw(fmt::format("05 export {}", rows)), rows);
        examine(plan_for(asked, [asked](const Played& run) { return all_exported(asked, run); }));
    }
    // A row's number is its name: it does not tell how many there have been.
    ExportPlan later = drawn_export(draw("05 export of later rows"), 7);
    later.first_number = 41;
    examine(plan_for(later, [later](const Played& run) { return all_exported(later, run); }));
}

TEST_CASE("05-cancellation/rollback", "[05-cancellation][plain]") {
    for (const Way& way : all_ways())
        examine(plan_for(way.plan, [way](const Played& run) { return tidied_up(way.tidy, run); }));
}

TEST_CASE("05-cancellation/reported", "[05-cancellation][plain]") {
    for (const Way& way : all_ways())
        examine(plan_for(way.plan, [way](const Played& run) { return reported(way, run); }));
}

TEST_CASE("05-cancellation/loop", "[05-cancellation][plain]") {
    examine_loop(drawn_export(draw("05 export 8"), 8));
    for (const Way& way : all_ways()) examine_loop(way.plan);
}

}  // namespace lockstep::cancellation
