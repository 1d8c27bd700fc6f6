// Exercise 02's hidden checks of what run_pipeline does to the event loop and to the log.
#include "batches.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lockstep::producer_consumer {
namespace {

using lab::printable::count;
using lab::printable::human;

constexpr std::int64_t millisecond = 1'000'000;

/// The entry about an item that was handled begins at once, or when the entries of others end.
std::optional<Complaint> written_at_once(const lab::Trace& trace) {
    const std::vector<lab::SpanRecord> entries = trace.spans("log");
    const auto written = [&](lab::Duration at) {
        return std::ranges::any_of(entries, [&](const lab::SpanRecord& entry) {
            return entry.begin <= at && entry.end > at;
        });
    };
    for (const lab::SpanRecord& handled : trace.spans("handle")) {
        const auto entry = std::ranges::find(entries, handled.value, &lab::SpanRecord::value);
        if (entry == entries.end()) continue;  // log_in_order tells
        std::vector<lab::Duration> instants{handled.end};
        for (const lab::SpanRecord& other : entries) instants.push_back(other.end);
        for (const lab::Duration at : instants) {
            if (at < handled.end || at >= entry->begin || written(at)) continue;
            return Complaint{
                .expected = "After each item, its worker writes the entry about it.",
                .happened = fmt::format(
                    "Item {} was done with at {}; nobody was writing at {}, and the entry about it "
                    "was begun only at {}.",
                    handled.value, human(handled.end), human(at), human(entry->begin)),
                .hint = "In the worker's loop: take an item, have it handled, write the entry.",
                .stacks = places(trace, "log")};
        }
    }
    return std::nullopt;
}

std::optional<Complaint> log_in_order(const Batch& batch, const Played& run) {
    Complaint complaint;
    complaint.expected =
        "The log has one entry about each item, and no entry begins before the one under way has "
        "ended.";
    complaint.stacks = places(run.trace, "log");
    if (const unsigned peak = run.trace.peak_overlap("log"); peak > 1) {
        complaint.happened = fmt::format("There were {} entries under way at once.", peak);
        complaint.hint =
            "Between two co_awaits nobody interferes, but at a co_await everybody may: hold a lock "
            "made for coroutines (AsyncLock) over it.";
        return complaint;
    }
    const std::vector<std::int64_t>& items = run.answer.list("log items");
    const std::vector<std::int64_t>& kinds = run.answer.list("log kinds");
    complaint.hint = "Write the entry in the worker, after the handler, whether it threw or not.";
    for (std::size_t item = 0; item < batch.numbers.size(); ++item) {
        const std::int64_t number = batch.numbers[item];
        const auto entries = std::ranges::count(items, number);
        if (entries != 1) {
            complaint.happened = fmt::format("The log mentions item {} {} times.", number, entries);
            return complaint;
        }
        const auto place = std::ranges::find(items, number) - items.begin();
        const std::int64_t kind = kinds[static_cast<std::size_t>(place)];
        const bool failed = batch.ends[item] != End::well;
        if (kind == (failed ? 2 : 1)) continue;
        complaint.expected =
            "The entry about an item is \"done\", or what() of the exception that its handler "
            "threw, and nothing else.";
        complaint.hint =
            "Note in the catch block what the exception says, in a std::string of the worker's own "
            "that says \"done\" otherwise, and write that behind it.";
        complaint.happened =
            kind == 1 ? fmt::format("The entry about item {} says \"done\", and it failed.", number)
            : failed  ? wrong_text(run, "The entry about", number)
                      : fmt::format("Item {} went well, and the entry about it says {}.", number,
                                    quoted(run, "text about", number));
        return complaint;
    }
    return std::nullopt;
}

std::optional<Complaint> nobody_left(const lab::Trace& trace) {
    Complaint complaint;
    complaint.verdict = Verdict::leak;
    complaint.expected = "When run_pipeline is done, every coroutine that it started has ended.";
    complaint.hint =
        "Structured concurrency: close the queue, so that the workers' loops end, and wait for "
        "each worker before you return.";
    complaint.stacks = places(trace, "handle");
    if (const auto abandoned = trace.marks("abandoned"); !abandoned.empty()) {
        complaint.happened =
            fmt::format("A queue or lock was destroyed with {} waiting for it.",
                        count(static_cast<std::size_t>(abandoned.front().value), "coroutine"));
        return complaint;
    }
    const std::vector<lab::Event> back = trace.marks("came back");
    for (const std::string_view label : {"handle", "log"})
        for (const lab::SpanRecord& span : trace.spans(label))
            if (back.empty() || span.open || span.end_step > back.front().step ||
                span.end > back.front().at) {
                complaint.happened = fmt::format(
                    "It came back while a worker was still busy with item {}.", span.value);
                return complaint;
            }
    return std::nullopt;
}

void examine_loop(const Batch& batch) {
    using Kind = lab::Diagnosis::Kind;
    examine_batch(
        batch,
        [batch](const Played& run) -> std::optional<Complaint> {
            if (auto complaint = nobody_left(run.trace)) return complaint;
            if (auto complaint = log_in_order(batch, run)) return complaint;
            return written_at_once(run.trace);
        },
        {Kind::blocked_loop, Kind::leaked_coroutine, Kind::leaked_timer, Kind::leaked_thread});
}

/// The second waits until the first has written. The third ends at that very instant, so many turns
/// of the loop after it: before the second has been woken, while it is, and afterwards.
Batch just_when_one_has_written(std::int64_t turns) {
    Batch batch = drawn("02 just written", 3);
    batch.log = 15 * millisecond;
    batch.latencies[1] = batch.latencies[0] + 4 * millisecond;
    batch.latencies[2] = batch.latencies[0] + batch.log;
    batch.turns[2] = turns;
    return batch;
}

/// Two of them, in one loop.
void examine_side_by_side() {
    const Batch batch = drawn("02 side by side", 8);
    const std::size_t half = batch.numbers.size() / 2;
    Plan plan;
    plan.scenario = "two pipelines";
    plan.workload = batch.workload();
    plan.schedules = 2;
    plan.judge = [batch, half](const Played& run) -> std::optional<Complaint> {
        Complaint complaint{
            .expected = "Two pipelines in one event loop go on side by side, each with its items.",
            .happened = "",
            .hint =
                "All that belongs to a pipeline belongs into its own coroutines: no variable "
                "of the whole program, and no loop but the one that it runs in.",
            .stacks = places(run.trace, "handle")};
        const std::vector<lab::SpanRecord> handled = run.trace.spans("handle");
        // In whatever order: that is another check's affair.
        for (const std::size_t first : {std::size_t{0}, half}) {
            const bool at_once = std::ranges::any_of(handled, [&](const lab::SpanRecord& span) {
                const auto number = std::ranges::find(batch.numbers, span.value);
                const auto place = static_cast<std::size_t>(number - batch.numbers.begin());
                return place >= first && place < first + half && span.begin == lab::Duration{0};
            });
            if (at_once) continue;
            complaint.happened = fmt::format(
                "Of items {} to {}, which one of the two was given, none was begun at once.",
                batch.numbers[first], batch.numbers[first + half - 1]);
            return complaint;
        }
        const std::vector<std::int64_t> all(2, static_cast<std::int64_t>(half));
        if (run.answer.list("handled") == all &&
            run.answer.list("failed") == std::vector<std::int64_t>{0, 0})
            return std::nullopt;
        complaint.happened =
            fmt::format("Each had {} that went well; summary.handled was {}.", count(half, "item"),
                        fmt::join(run.answer.list("handled"), " and "));
        return complaint;
    };
    examine(plan);
}

}  // namespace

TEST_CASE("02-producer-consumer/loop", "[02-producer-consumer][plain]") {
    Batch batch = drawn("02 loop", 10);
    batch.numbers[3] = 5'000'000'003;
    batch.numbers[5] = -5'000'000'005;
    batch.log = 15 * millisecond;
    // The first three end while an entry is being written: without a lock they would mix for sure.
    batch.latencies[1] = batch.latencies[0] + 4 * millisecond;
    batch.latencies[2] = batch.latencies[0] + 9 * millisecond;
    // Two that fail wait at once for the first to have written.
    for (const std::size_t item : {std::size_t{1}, std::size_t{2}, std::size_t{5}})
        batch.ends[item] = End::throws;
    examine_loop(batch);
    for (std::int64_t turns = 0; turns < 4; ++turns) examine_loop(just_when_one_has_written(turns));
    examine_side_by_side();
}

}  // namespace lockstep::producer_consumer
