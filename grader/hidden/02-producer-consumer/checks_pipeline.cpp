// Exercise 02's hidden checks of run_pipeline: what becomes of the items, and who works when. What
// it does to the event loop and to the log is in checks_loop.cpp.
#include "batches.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::producer_consumer {
namespace {

using lab::printable::count;
using lab::printable::human;

// --- handled ---

std::string wrong_with_reasons(const Played& run) {
    const std::vector<std::int64_t>& failures = run.answer.list("failures");
    const std::vector<std::int64_t>& reasons = run.answer.list("reasons");
    for (std::size_t i = 0; i < failures.size() && i < reasons.size(); ++i)
        if (reasons[i] == 0) return wrong_text(run, "The summary's reason for", failures[i]);
    return reasons.size() == failures.size() ? "" : "Not each failure has a reason.";
}

std::string never_handled(const Played& run, std::int64_t number) {
    const bool told = std::ranges::count(run.answer.list("failures"), number) > 0;
    return fmt::format(
        "Item {} was never handled{}.", number,
        told ? "; the summary's reason for it is " + quoted(run, "text about", number) : "");
}

/// The failed item that the summary leaves out, if it leaves out none but those that threw an empty
/// reason: who looks at the text to know whether a handler failed loses just these.
std::optional<std::int64_t> lost_for_its_empty_reason(const Batch& batch, const Played& run) {
    std::optional<std::int64_t> lost;
    const std::vector<std::int64_t>& told = run.answer.list("failures");
    for (std::size_t place = 0; place < batch.numbers.size(); ++place) {
        if (batch.ends[place] == End::well) continue;
        if (std::ranges::count(told, batch.numbers[place]) > 0) continue;
        if (batch.ends[place] != End::throws_an_empty_reason) return std::nullopt;
        lost = batch.numbers[place];
    }
    return lost;
}

std::string wrong_with_items(const Batch& batch, const Played& run) {
    std::map<std::int64_t, std::size_t> times;
    for (const std::int64_t number : batch.numbers) times[number] = 0;
    for (const lab::SpanRecord& span : run.trace.spans("handle")) {
        if (!times.contains(span.value)) return "An item was handled that is none of those given.";
        ++times[span.value];
    }
    std::string reasons = wrong_with_reasons(run);
    for (const auto& [number, often] : times) {
        if (often == 0) return never_handled(run, number);
        if (often > 1) return fmt::format("Item {} was handled {} times.", number, often);
    }
    std::vector<std::int64_t> failing;
    for (std::size_t place = 0; place < batch.numbers.size(); ++place)
        if (batch.ends[place] != End::well) failing.push_back(batch.numbers[place]);
    std::ranges::sort(failing);
    if (run.answer.number("handled") !=
        static_cast<std::int64_t>(batch.numbers.size() - failing.size()))
        return fmt::format("Of {}, {} failed; summary.handled is {}.",
                           count(batch.numbers.size(), "item"), failing.size(),
                           run.answer.number("handled").value_or(-1));
    std::vector<std::int64_t> failures = run.answer.list("failures");
    std::ranges::sort(failures);
    if (failures != failing)
        return fmt::format("{} failed; summary.failures has {}, or names others.",
                           count(failing.size(), "item"), failures.size());
    return reasons;
}

std::optional<Complaint> every_item_once(const Batch& batch, const Played& run) {
    if (auto complaint = unexpected_exception(run)) return complaint;
    std::string wrong = wrong_with_items(batch, run);
    if (wrong.empty()) return std::nullopt;
    Complaint complaint{
        .expected =
            "Each item is handled once; the summary counts those that went well and names those "
            "that failed, with the reason.",
        .happened = std::move(wrong),
        .hint =
            "Isolate failures: a try block around the handler of one item, so that the worker goes "
            "on with the next; keep what() as a std::string; and close the queue only when "
            "everything has been put.",
        .stacks = places(run.trace, "handle")};
    if (const auto lost = lost_for_its_empty_reason(batch, run)) {
        complaint.happened += fmt::format(
            " Item {} is not among summary.failures; what it threw has an empty what().", *lost);
        complaint.hint =
            "An exception is a failure whatever its text: remember that one was caught, not only "
            "what it said.";
    }
    return complaint;
}

void examine_refusal(const Batch& batch, const std::string& what) {
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

/// Who begins at the same instant has no order.
std::string wrong_with_order(const Batch& batch, const lab::Trace& trace) {
    std::map<std::int64_t, lab::Duration> begun;
    for (const lab::SpanRecord& span : trace.spans("handle"))
        begun.try_emplace(span.value, span.begin);
    for (std::size_t place = 1; place < batch.numbers.size(); ++place) {
        const std::int64_t before = batch.numbers[place - 1];
        const std::int64_t after = batch.numbers[place];
        if (!begun.contains(before) || !begun.contains(after)) continue;  // another check's affair
        if (begun[after] < begun[before])
            return fmt::format("Item {} was begun {} before item {}, which stands before it.",
                               after, human(begun[before] - begun[after]), before);
    }
    return "";
}

/// How a queue stood at the end of an instant.
struct QueueState {
    std::int64_t inside = 0;
    std::int64_t taken = 0;
};

std::map<std::int64_t, QueueState> queues_after(const lab::Trace& trace, lab::Duration instant) {
    std::map<std::int64_t, QueueState> queues;
    std::int64_t number = 0;
    for (const lab::Event& event : trace.events()) {
        if (event.at > instant) break;
        if (event.kind != lab::EventKind::marked) continue;
        const std::string_view label = trace.label(event);
        if (label == "queue") number = event.value;
        if (label != "queued" && label != "taken") continue;
        queues[number].inside = event.value;
        if (label == "taken") ++queues[number].taken;
    }
    return queues;
}

/// At the end of the first instant each worker has an item, and the producer has filled the queue.
/// There may be other queues, of outcomes or of tokens. The one that feeds the workers is one out
/// of which an item for each worker was taken, and no more.
std::string wrong_with_queue(const Batch& batch, const lab::Trace& trace, lab::Duration first) {
    std::optional<std::int64_t> most;
    for (const auto& [number, queue] : queues_after(trace, first))
        if (queue.taken == batch.workers) most = std::max(most.value_or(0), queue.inside);
    if (!most)
        return fmt::format("There is no queue out of which the {} took their first items.",
                           count(static_cast<std::size_t>(batch.workers), "worker"));
    if (*most == batch.capacity) return "";
    return *most > batch.capacity
               ? fmt::format(
                     "When all workers were busy, {} in the queue.",
                     *most == 1 ? "there was 1 item" : fmt::format("there were {} items", *most))
               : fmt::format(
                     "When all workers were busy, there was room for {} more in the queue, and the "
                     "producer did not put {} there.",
                     batch.capacity - *most, batch.capacity - *most == 1 ? "one" : "any");
}

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
    std::string wrong = wrong_with_order(batch, trace);
    return wrong.empty() ? wrong_with_queue(batch, trace, instants.front()) : wrong;
}

void examine_workers(const Batch& batch) {
    examine_batch(batch, [batch](const Played& run) -> std::optional<Complaint> {
        if (auto complaint = unexpected_exception(run)) return complaint;
        std::string wrong = wrong_with_workers(batch, run.trace);
        if (wrong.empty()) return std::nullopt;
        return Complaint{
            .expected = fmt::format(
                "As long as items wait, {} handlers are under way, never more; and the producer "
                "puts the items in their order into a queue of capacity {}, until it is full.",
                batch.workers, batch.capacity),
            .happened = std::move(wrong),
            .hint =
                "Start `workers` coroutines that each take the next item, out of one queue for "
                "all, when they have dealt with one; give the queue the capacity you were given.",
            .stacks = places(run.trace, "handle")};
    });
}

}  // namespace

TEST_CASE("02-producer-consumer/handled", "[02-producer-consumer][plain]") {
    Batch batch = drawn("02 handled", 9);
    const auto once = [](const Batch& asked) {
        examine_batch(asked, [asked](const Played& run) { return every_item_once(asked, run); });
    };
    once(batch);
    Batch failing = drawn("02 failing", 9);  // more than there are workers
    for (const std::size_t place : {0U, 1U, 2U, 5U, 8U}) failing.ends[place] = End::throws;
    once(failing);
    Batch all_fail = drawn("02 all fail", 3);
    all_fail.ends.assign(3, End::throws);
    once(all_fail);
    // A number is a name, not a place; and what is thrown may be of any type, say nothing, and come
    // early.
    Batch strange = drawn("02 strange", 9);
    strange.numbers = {7, -1, 3, 5'000'000'007, 0, -2, 12, 99, 4};
    strange.ends[1] = End::throws_system_error;
    strange.ends[2] = End::throws_queue_closed;
    strange.ends[0] = End::throws_own_type;
    strange.ends[3] = End::throws_logic_error;
    strange.ends[4] = End::throws_at_the_call;
    strange.ends[6] = End::throws;
    strange.ends[7] = End::throws_an_empty_reason;
    once(strange);
    Batch nothing = drawn("02 nothing", 0);
    once(nothing);
    Batch one = drawn("02 one", 1);
    one.workers = 4;
    once(one);
    for (Batch refused : {batch, nothing}) {
        refused.workers = 0;
        examine_refusal(refused, "workers");
        refused.workers = 2;
        refused.capacity = 0;
        examine_refusal(refused, "capacity");
    }
}

TEST_CASE("02-producer-consumer/workers", "[02-producer-consumer][plain]") {
    Batch batch = drawn("02 workers", 12);
    examine_workers(batch);
    batch.workers = 5;
    batch.capacity = 1;
    std::ranges::reverse(batch.numbers);  // their order is that of the list, and not of the numbers
    examine_workers(batch);
    batch.workers = 1;
    batch.capacity = 3;
    examine_workers(batch);
    // The first takes longer than all the others together: what is kept for its worker waits.
    Batch one_long = drawn("02 one long", 12);
    one_long.latencies[0] = std::accumulate(one_long.latencies.begin(), one_long.latencies.end(),
                                            std::int64_t{1'000'000});
    examine_workers(one_long);
}

}  // namespace lockstep::producer_consumer
