// Exercise 02's hidden checks of how a queue ends: close, task_done and join.
#include "traffic.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::producer_consumer {
namespace {

using lab::printable::human;

constexpr std::int64_t millisecond = 1'000'000;
/// What takes two threads at one place must not be luck.
constexpr std::size_t many_schedules = 300;

lab::Duration first(const lab::Trace& trace, std::string_view label) {
    const auto marks = trace.marks(label);
    return marks.empty() ? lab::Duration::max() : marks.front().at;
}

// --- close ---

struct Closing {
    std::int64_t capacity = 1;
    std::int64_t putters = 0;
    std::int64_t getters = 0;
    std::int64_t wait = 0;

    [[nodiscard]] Numbers workload() const {
        return {{"capacity", {capacity}},
                {"putters", {putters}},
                {"getters", {getters}},
                {"wait", {wait}}};
    }
};

std::string wrong_with_closing(const lab::Trace& trace) {
    const lab::Duration closed = first(trace, "close");
    const std::vector<lab::Event> closings = trace.marks("close");
    if (!trace.marks("threw").empty()) return "put threw something else than QueueClosed.";
    for (const lab::Event& refused : trace.marks("refused")) {
        if (refused.value < 1000) return "An open queue refused an item.";
        if (refused.at > closed)
            return fmt::format("A put that waited was refused only {} after close.",
                               human(refused.at - closed));
    }
    std::vector<std::int64_t> inside;
    for (const lab::SpanRecord& put : trace.spans("put")) {
        if (put.outcome != lab::Outcome::done) continue;
        if (put.value >= 2000) return "A closed queue took another item.";
        if (put.end_step > closings.front().step)
            return "Who waited in put when the queue was closed put the item into it.";
        inside.push_back(put.value);
    }
    std::vector<std::int64_t> got;
    for (const lab::Event& event : trace.events()) {
        if (event.kind != lab::EventKind::marked) continue;
        if (trace.label(event) == "got") got.push_back(event.value);
        if (trace.label(event) == "got nothing" && event.value < 1000) {
            if (event.at < closed) return "get came back with nothing before the queue was closed.";
            if (event.at > closed)
                return fmt::format("A get that waited came back only {} after close.",
                                   human(event.at - closed));
        }
    }
    // In whatever order: that is another check's business.
    std::ranges::sort(inside);
    std::ranges::sort(got);
    if (got == inside) return "";
    return got.size() < inside.size()
               ? fmt::format("Of {} items in the queue when it was closed, {} came out.",
                             inside.size(), got.size())
               : "Other items came out of the closed queue than were in it.";
}

void examine_closing(const Closing& closing, std::size_t schedules) {
    Plan plan;
    plan.scenario = "closing";
    plan.workload = closing.workload();
    plan.schedules = schedules;
    // Who does not look again after a wake-up for no reason is the affair of `waiting`.
    plan.spurious_wakeups = false;
    plan.judge = [](const Played& run) -> std::optional<Complaint> {
        std::string wrong = wrong_with_closing(run.trace);
        if (wrong.empty()) return std::nullopt;
        return Complaint{
            .expected =
                "close wakes all who wait: put throws QueueClosed, get hands out what is left and "
                "then comes back with nothing; closing again does nothing.",
            .happened = std::move(wrong),
            .hint =
                "closed is part of what put and get wait for: notify everybody when it changes, "
                "and look at it after the wait.",
            .stacks = places_of(run.trace, "close")};
    };
    examine(plan);
}

// --- join ---

struct Accounting {
    std::vector<std::int64_t> efforts;
    std::vector<std::int64_t> shares;
    std::int64_t joiners = 1;

    [[nodiscard]] Numbers workload() const {
        return {{"efforts", efforts}, {"shares", shares}, {"joiners", {joiners}}};
    }
};

std::string wrong_with_accounts(const lab::Trace& trace) {
    const std::vector<lab::Event> done = trace.marks("done");
    const std::vector<lab::Event> again = trace.marks("again");
    if (done.size() < 2 || again.empty()) return "Not all items came out of the queue.";
    for (const lab::SpanRecord& join : trace.spans("join")) {
        if (join.value == -1) {
            if (join.end > join.begin) return "join waited, though nothing had been put.";
            continue;
        }
        // The last item of this join's round.
        const lab::Event& last = join.value == -2 ? done.back() : done[done.size() - 2];
        if (join.end_step < last.step)
            return fmt::format("join returned {} before the last item was done.",
                               human(last.at - join.end));
        if (join.end > last.at)
            return fmt::format("join returned {} after the last item was done.",
                               human(join.end - last.at));
    }
    const auto too_many = std::ranges::find_if(trace.events(), [&](const lab::Event& event) {
        return event.kind == lab::EventKind::marked && trace.label(event) == "one too many";
    });
    for (auto event = too_many; event != trace.events().end() && event->step <= again[0].step;
         ++event) {
        if (event->kind != lab::EventKind::marked) continue;
        if (trace.label(*event) == "accepted")
            return "task_done was called more often than items were put, and did not throw.";
        if (trace.label(*event) == "threw")
            return "One task_done too many threw something else than std::logic_error.";
    }
    return "";
}

void examine_accounting(const Accounting& accounting, std::size_t schedules) {
    Plan plan;
    plan.scenario = "accounting";
    plan.workload = accounting.workload();
    plan.schedules = schedules;
    plan.judge = [](const Played& run) -> std::optional<Complaint> {
        std::string wrong = wrong_with_accounts(run.trace);
        if (wrong.empty()) return std::nullopt;
        return Complaint{
            .expected =
                "join returns in the instant in which the last item that was put is told to be "
                "done, and one task_done too many throws std::logic_error.",
            .happened = std::move(wrong),
            .hint =
                "Count the items up in put and down in task_done, and let join wait until the "
                "count is 0: it is not the same as an empty queue.",
            .stacks = places_of(run.trace, "join")};
    };
    examine(plan);
}

}  // namespace

TEST_CASE("02-producer-consumer/close", "[02-producer-consumer][plain]") {
    Draw draw = lockstep::draw("02 close");
    const auto wait = [&] { return draw.number(2 * millisecond, 50 * millisecond); };
    examine_closing({.capacity = 3, .putters = 3, .getters = 3, .wait = wait()}, 40);
    examine_closing({.capacity = 2, .putters = 0, .getters = 2, .wait = wait()}, 20);
    examine_closing({.capacity = 1, .putters = 2, .getters = 0, .wait = wait()}, 20);
    // Closed just when others come to wait: whoever looks before and sleeps after is not woken.
    examine_closing({.capacity = 1, .putters = 0, .getters = 3, .wait = 0}, many_schedules);
}

TEST_CASE("02-producer-consumer/join", "[02-producer-consumer][plain]") {
    Draw draw = lockstep::draw("02 join");
    const auto efforts = [&](std::size_t count) {
        return draw.numbers(count, millisecond + 1, 20 * millisecond);
    };
    examine_accounting({.efforts = efforts(6), .shares = {2, 2, 2}, .joiners = 2}, 40);
    examine_accounting({.efforts = efforts(3), .shares = {3}, .joiners = 1}, 20);
    // No effort at all: the last item is done just when the others come to wait for it.
    examine_accounting({.efforts = {0, 0}, .shares = {1, 1}, .joiners = 2}, many_schedules);
}

}  // namespace lockstep::producer_consumer
