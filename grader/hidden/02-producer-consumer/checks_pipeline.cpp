// Exercise 02's hidden checks of run_pipeline.
#include <judge/examination.hpp>

#include <lab/catch.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::producer_consumer {
namespace {

using lab::printable::count;
using lab::printable::human;

constexpr std::int64_t millisecond = 1'000'000;

/// The names of its lists are those of scenarios_pipeline.cpp; times in nanoseconds.
struct Batch {
    std::vector<std::int64_t> latencies;
    std::vector<std::int64_t> fails;
    std::int64_t workers = 3;
    std::int64_t capacity = 2;
    std::int64_t log = 0;
    std::int64_t salt = 1;

    [[nodiscard]] Numbers workload() const {
        return {{"latencies", latencies}, {"fails", fails}, {"workers", {workers}},
                {"capacity", {capacity}}, {"log", {log}},   {"salt", {salt}}};
    }
};

/// Latencies to the nanosecond, so that no two handlers end together.
Batch drawn(std::string_view name, std::size_t items) {
    Draw draw = lockstep::draw(name);
    Batch batch;
    batch.latencies = draw.numbers(items, 20 * millisecond, 200 * millisecond);
    batch.fails.assign(items, 0);
    batch.salt = draw.number(100, 999);
    return batch;
}

std::vector<std::vector<lab::Place>> places_of(const lab::Trace& trace, std::string_view label) {
    std::vector<std::vector<lab::Place>> stacks;
    for (const lab::Event& event : trace.marks(label)) stacks.push_back(trace.stack(event.stack));
    return stacks;
}

void examine_batch(const Batch& batch, Judge judge, std::vector<lab::Diagnosis::Kind> also = {}) {
    Plan plan;
    plan.scenario = "pipeline";
    plan.workload = batch.workload();
    plan.judge = std::move(judge);
    plan.also = std::move(also);
    // One thread: there is only one order in which it can run.
    plan.schedules = 2;
    examine(plan);
}

std::optional<Complaint> unexpected_exception(const Played& run) {
    const std::string_view threw = run.answer.text("threw");
    if (threw.empty()) return std::nullopt;
    return Complaint{
        .expected = "run_pipeline comes back with a summary, whatever its handlers throw.",
        .happened = fmt::format("It threw {}: {}", threw,
                                lab::printable::clean(run.answer.text("what"), 200)),
        .hint = "Catch around the one handler, in the worker's loop: then the loop goes on.",
        .stacks = places_of(run.trace, "handle")};
}

// --- handled ---

std::string wrong_with_items(const Batch& batch, const Played& run) {
    const auto items = static_cast<std::int64_t>(batch.latencies.size());
    std::vector<std::int64_t> times(batch.latencies.size(), 0);
    for (const lab::SpanRecord& span : run.trace.spans("handle")) {
        if (span.value < 0 || span.value >= items)
            return "An item was handled that is none of those given.";
        ++times[static_cast<std::size_t>(span.value)];
    }
    for (std::int64_t item = 0; item < items; ++item) {
        const std::int64_t often = times[static_cast<std::size_t>(item)];
        if (often == 0) return fmt::format("Item {} was never handled.", item);
        if (often > 1) return fmt::format("Item {} was handled {} times.", item, often);
    }
    std::vector<std::int64_t> failing;
    for (std::int64_t item = 0; item < items; ++item)
        if (batch.fails[static_cast<std::size_t>(item)] != 0) failing.push_back(item);
    const auto failed = static_cast<std::int64_t>(failing.size());
    if (run.answer.number("handled") != items - failed)
        return fmt::format("Of {}, {} failed; summary.handled is {}.",
                           count(batch.latencies.size(), "item"), failed,
                           run.answer.number("handled").value_or(-1));
    std::vector<std::int64_t> failures = run.answer.list("failures");
    std::ranges::sort(failures);
    if (failures != failing)
        return fmt::format("{} failed; summary.failures has {}, or names others.",
                           count(failing.size(), "item"), failures.size());
    const std::vector<std::int64_t>& reasons = run.answer.list("reasons");
    if (std::ranges::count(reasons, 1) != failed)
        return "A failure's reason is not what() of the exception that its handler threw.";
    return "";
}

std::optional<Complaint> every_item_once(const Batch& batch, const Played& run) {
    if (auto complaint = unexpected_exception(run)) return complaint;
    std::string wrong = wrong_with_items(batch, run);
    if (wrong.empty()) return std::nullopt;
    return Complaint{
        .expected =
            "Each item is handled once; the summary counts those that went well and names those "
            "that failed, with the reason.",
        .happened = std::move(wrong),
        .hint =
            "Isolate failures: a try block around the handler of one item, so that the worker goes "
            "on with the next; and close the queue only when everything has been put.",
        .stacks = places_of(run.trace, "handle")};
}

void examine_refusal(Batch batch, const std::string& what) {
    examine_batch(batch, [what](const Played& run) -> std::optional<Complaint> {
        Complaint complaint{.expected = what + " = 0 throws std::invalid_argument.",
                            .happened = "",
                            .hint = "Check the arguments first."};
        if (run.answer.text("threw").empty())
            complaint.happened = "It came back with a summary.";
        else if (run.answer.text("threw") != "std::invalid_argument")
            complaint.happened = "It threw something else.";
        else if (!run.trace.spans("handle").empty())
            complaint.happened = "It threw, but only after an item had been handled.";
        else
            return std::nullopt;
        return complaint;
    });
}

// --- workers ---

/// While an item waits, all workers are handling one. (The log takes no time here.)
std::string wrong_with_workers(const Batch& batch, const lab::Trace& trace) {
    const unsigned peak = trace.peak_overlap("handle");
    if (peak > batch.workers) return fmt::format("There were {} handlers under way at once.", peak);
    const std::vector<lab::SpanRecord> all = trace.spans("handle");
    if (all.empty()) return "No item was handled.";
    lab::Duration last{0};
    std::vector<lab::Duration> instants;
    for (const lab::SpanRecord& span : all) {
        last = std::max(last, span.begin);
        instants.push_back(span.begin);
        instants.push_back(span.end);
    }
    std::ranges::sort(instants);
    for (const lab::Duration at : instants) {
        const auto busy = std::ranges::count_if(
            all, [&](const lab::SpanRecord& span) { return span.begin <= at && span.end > at; });
        const bool waiting = at < last;
        const bool all_at_start =
            std::min(batch.workers, static_cast<std::int64_t>(all.size())) > busy && at == last &&
            at == instants.front();
        if ((waiting && busy < batch.workers) || all_at_start)
            return fmt::format("After {} only {} under way, and items were waiting.", human(at),
                               count(static_cast<std::size_t>(busy), "handler"));
    }
    // A queue between the two fills up at once. Others (of results, of those who are done) hold
    // nothing yet, or a token for each worker.
    for (const lab::Event& queued : trace.marks("queued"))
        if (queued.at == instants.front() && queued.value > std::max(batch.capacity, batch.workers))
            return fmt::format("There were {} items in a queue.", queued.value);
    return "";
}

void examine_workers(const Batch& batch) {
    examine_batch(batch, [batch](const Played& run) -> std::optional<Complaint> {
        if (auto complaint = unexpected_exception(run)) return complaint;
        std::string wrong = wrong_with_workers(batch, run.trace);
        if (wrong.empty()) return std::nullopt;
        return Complaint{
            .expected = fmt::format(
                "As long as items wait, {} handlers are under way, never more; and no more than {} "
                "wait in the queue.",
                batch.workers, batch.capacity),
            .happened = std::move(wrong),
            .hint =
                "Start `workers` coroutines that each take the next item when they have dealt with "
                "one; give the queue the capacity you were given.",
            .stacks = places_of(run.trace, "handle")};
    });
}

// --- loop ---

std::optional<Complaint> log_in_order(const Batch& batch, const Played& run) {
    Complaint complaint;
    complaint.expected =
        "The log has one entry about each item, and no entry begins before the one under way has "
        "ended.";
    complaint.stacks = places_of(run.trace, "log");
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
    for (std::size_t item = 0; item < batch.latencies.size(); ++item) {
        const auto number = static_cast<std::int64_t>(item);
        const auto entries = std::ranges::count(items, number);
        if (entries != 1) {
            complaint.happened = fmt::format("The log mentions item {} {} times.", number, entries);
            return complaint;
        }
        const auto place = std::ranges::find(items, number) - items.begin();
        const std::int64_t expected = batch.fails[item] != 0 ? 2 : 1;
        if (kinds[static_cast<std::size_t>(place)] != expected) {
            complaint.happened = fmt::format("The entry about item {} does not say {}.", number,
                                             expected == 1 ? "\"done\"" : "why it failed");
            return complaint;
        }
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
    complaint.stacks = places_of(trace, "handle");
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
            return log_in_order(batch, run);
        },
        {Kind::blocked_loop, Kind::leaked_coroutine, Kind::leaked_timer, Kind::leaked_thread});
}

}  // namespace

TEST_CASE("02-producer-consumer/handled", "[02-producer-consumer][plain]") {
    Batch batch = drawn("02 handled", 9);
    const auto once = [](const Batch& asked) {
        examine_batch(asked, [asked](const Played& run) { return every_item_once(asked, run); });
    };
    once(batch);
    Batch failing = drawn("02 failing", 9);
    failing.fails = {1, 1, 1, 0, 0, 1, 0, 0, 1};  // more than there are workers
    once(failing);
    Batch all_fail = drawn("02 all fail", 3);
    all_fail.fails.assign(3, 1);
    once(all_fail);
    once(drawn("02 nothing", 0));
    Batch one = drawn("02 one", 1);
    one.workers = 4;
    once(one);
    batch.workers = 0;
    examine_refusal(batch, "workers");
    batch.workers = 2;
    batch.capacity = 0;
    examine_refusal(batch, "capacity");
}

TEST_CASE("02-producer-consumer/workers", "[02-producer-consumer][plain]") {
    Batch batch = drawn("02 workers", 12);
    examine_workers(batch);
    batch.workers = 5;
    batch.capacity = 1;
    examine_workers(batch);
    batch.workers = 1;
    batch.capacity = 3;
    examine_workers(batch);
}

TEST_CASE("02-producer-consumer/loop", "[02-producer-consumer][plain]") {
    Batch batch = drawn("02 loop", 10);
    batch.log = 15 * millisecond;
    // The first three end while an entry is being written: without a lock they would mix for sure.
    batch.latencies[1] = batch.latencies[0] + 4 * millisecond;
    batch.latencies[2] = batch.latencies[0] + 9 * millisecond;
    for (const std::size_t item : {std::size_t{2}, std::size_t{5}}) batch.fails[item] = 1;
    examine_loop(batch);
}

}  // namespace lockstep::producer_consumer
