#include "batches.hpp"

#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace lockstep::producer_consumer {

Numbers Batch::workload() const {
    std::vector<std::int64_t> kinds;
    for (const End end : ends) kinds.push_back(static_cast<std::int64_t>(end));
    return {{"numbers", numbers},   {"latencies", latencies}, {"ends", kinds}, {"turns", turns},
            {"workers", {workers}}, {"capacity", {capacity}}, {"log", {log}},  {"salt", {salt}}};
}

Batch drawn(std::string_view name, std::size_t items) {
    constexpr std::int64_t millisecond = 1'000'000;
    Draw draw = lockstep::draw(name);
    Batch batch;
    batch.numbers.resize(items);
    std::iota(batch.numbers.begin(), batch.numbers.end(), 0);
    batch.latencies = draw.numbers(items, 20 * millisecond, 200 * millisecond);
    batch.ends.assign(items, End::well);
    batch.turns.assign(items, 0);
    batch.salt = draw.number(100, 999);
    return batch;
}

std::vector<std::vector<lab::Place>> places(const lab::Trace& trace, std::string_view label) {
    std::vector<std::vector<lab::Place>> stacks;
    for (const lab::Event& event : trace.marks(label)) stacks.push_back(trace.stack(event.stack));
    return stacks;
}

std::string quoted(const Played& run, std::string_view which, std::int64_t item) {
    const std::string name = fmt::format("{} {}", which, item);
    return fmt::format("\"{}\"", lab::printable::clean(run.answer.text(name), 100));
}

std::string wrong_text(const Played& run, std::string_view what, std::int64_t item) {
    return fmt::format("{} item {} is {}; its handler threw {}.", what, item,
                       quoted(run, "text about", item), quoted(run, "thrown by", item));
}

namespace {

/// Where the run does not come to its end, though handlers threw: their workers went with them.
std::string advice_about_lost_workers(const Played& run) {
    const auto threw = [](const lab::SpanRecord& span) {
        return span.outcome == lab::Outcome::failed;
    };
    if (std::ranges::none_of(run.trace.spans("handle"), threw)) return "";
    return "A handler threw, and in the end everybody waits: an exception that leaves a coroutine "
           "started with asio::detached is lost, and the worker with it. Catch std::exception in "
           "the worker's loop, around the handler's call and its co_await.";
}

}  // namespace

void examine_batch(const Batch& batch, Judge judge, std::vector<lab::Diagnosis::Kind> also) {
    Plan plan;
    plan.scenario = "pipeline";
    plan.workload = batch.workload();
    plan.judge = std::move(judge);
    plan.also = std::move(also);
    plan.advise = advice_about_lost_workers;
    // One thread: there is only one order in which it can run.
    plan.schedules = 2;
    examine(plan);
}

std::optional<Complaint> unexpected_exception(const Played& run) {
    const std::string_view threw = run.answer.text("threw");
    if (threw.empty()) return std::nullopt;
    std::vector<std::vector<lab::Place>> handling = places(run.trace, "handle");
    const bool handled = !handling.empty();
    return Complaint{
        .expected = "run_pipeline comes back with a summary, whatever its handlers throw.",
        .happened = fmt::format("It threw {}: {}{}", threw,
                                lab::printable::clean(run.answer.text("what"), 200),
                                handled ? "" : " No handler had been called."),
        .hint = handled ? "Catch std::exception around the call of the one handler, in the "
                          "worker's loop: then the loop goes on."
                        : "It is the pipeline itself that throws: read what the exception says. A "
                          "list without items is a list too, and its summary is empty.",
        .stacks = std::move(handling)};
}

}  // namespace lockstep::producer_consumer
