// Exercise 02's hidden checks of how a queue ends: close, task_done and join.
#include "scripts.hpp"
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

constexpr std::string_view counts_hint =
    "Count the items up in put and down in task_done, and let join wait until the count is 0: it "
    "is not the same as an empty queue.";

Complaint about_join(const lab::Trace& trace, std::string happened, std::string_view hint) {
    return {.expected =
                "join returns in the instant in which the last item that was put is told to be "
                "done, in every round.",
            .happened = std::move(happened),
            .hint = std::string{hint},
            .stacks = places_of(trace, "join")};
}

Complaint about_task_done(const lab::Trace& trace, std::string happened, std::string_view hint) {
    return {.expected =
                "task_done throws std::logic_error when every item that was put has been told to "
                "be done before, and then only; and changes nothing then.",
            .happened = std::move(happened),
            .hint = std::string{hint},
            .stacks = places_of(trace, "done")};
}

/// How many items had been put and not been taken out at that step.
std::int64_t inside_at(const lab::Trace& trace, std::uint32_t step) {
    std::int64_t inside = 0;
    for (const lab::SpanRecord& put : trace.spans("put"))
        if (!put.open && put.end_step <= step) ++inside;
    for (const lab::Event& got : trace.marks("got"))
        if (got.step <= step) --inside;
    return inside;
}

std::optional<Complaint> wrong_with_join(const lab::Trace& trace) {
    const std::vector<lab::Event> done = trace.marks("done");
    if (done.size() < 2 || trace.marks("again").empty())
        return about_join(trace, "Not all items came out of the queue.", counts_hint);
    for (const lab::SpanRecord& join : trace.spans("join")) {
        if (join.value == -1) {
            if (join.end > join.begin)
                return about_join(trace, "join waited, though nothing had been put.", counts_hint);
            continue;
        }
        // The last item of this join's round.
        const lab::Event& last = join.value == -2 ? done.back() : done[done.size() - 2];
        if (join.end_step < last.step)
            return about_join(
                trace,
                fmt::format("join returned {} before the last item was done.",
                            human(last.at - join.end)),
                inside_at(trace, join.end_step) > 0
                    ? "A wake-up promises nothing: join waits with a predicate, or in a loop, "
                      "until the count of the items that are not done is 0."
                    : counts_hint);
        if (join.end > last.at)
            return about_join(trace,
                              fmt::format("join returned {} after the last item was done.",
                                          human(join.end - last.at)),
                              "Sleep on a condition variable that task_done notifies.");
    }
    return std::nullopt;
}

std::optional<Complaint> wrong_with_task_done(const lab::Trace& trace) {
    const std::vector<lab::Event> too_many = trace.marks("one too many");
    if (const auto refused = trace.marks("not accepted"); !refused.empty()) {
        const bool after = !too_many.empty() && refused.front().step > too_many.front().step;
        return about_task_done(
            trace,
            fmt::format("task_done threw, though an item was not done yet{}.",
                        after ? ": one call too many had been refused before" : ""),
            "Look at the count first, and change it only when nothing is thrown.");
    }
    if (too_many.empty()) return std::nullopt;
    for (const lab::Event& event : trace.events()) {
        if (event.step < too_many.front().step || event.kind != lab::EventKind::marked) continue;
        if (trace.label(event) == "again") break;
        if (trace.label(event) == "accepted")
            return about_task_done(
                trace, "task_done was called more often than items were put, and did not throw.",
                "Before you count down, look whether the count is 0 already.");
        if (trace.label(event) == "threw")
            return about_task_done(
                trace, "One task_done too many threw something else than std::logic_error.",
                "Throw std::logic_error, or a type derived from it: std::runtime_error and its "
                "kin are not.");
    }
    return std::nullopt;
}

void examine_accounting(const Accounting& accounting, std::size_t schedules) {
    Plan plan;
    plan.scenario = "accounting";
    plan.workload = accounting.workload();
    plan.schedules = schedules;
    plan.judge = [](const Played& run) -> std::optional<Complaint> {
        if (auto complaint = wrong_with_task_done(run.trace)) return complaint;
        return wrong_with_join(run.trace);
    };
    examine(plan);
}

// --- scripts ---

/// A get waits; a put and a close come in one breath.
Script last_item() {
    return {
        .capacity = 2,
        .lines = {{.thread = 0, .call = Call::get, .at = 1, .ends = 2},
                  {.thread = 1, .call = Call::put, .at = 2, .ends = 2},
                  {.thread = 1, .call = Call::close, .at = 2, .ends = 2},
                  {.thread = 2, .call = Call::get, .at = 3, .ends = 3, .ending = Ending::refuses}},
        .expected =
            "What was put before the queue was closed is still handed out, to those "
            "who waited for it as well.",
        .hint =
            "After the wait, get looks whether there is an item, and only if there is none "
            "whether the queue is closed.",
        .schedules = 100};
}

/// Two puts wait; a close and a get, which makes room, come in one breath.
Script room_after_close() {
    return {
        .capacity = 2,
        .lines = {{.thread = 0, .call = Call::put, .at = 0, .ends = 0},
                  {.thread = 0, .call = Call::put, .at = 0, .ends = 0},
                  {.thread = 1, .call = Call::put, .at = 1, .ends = 2, .ending = Ending::refuses},
                  {.thread = 2, .call = Call::put, .at = 1, .ends = 2, .ending = Ending::refuses},
                  {.thread = 3, .call = Call::close, .at = 2, .ends = 2},
                  {.thread = 3, .call = Call::get, .at = 2, .ends = 2}},
        .expected = "Nothing is put into a closed queue, whether there is room in it or not.",
        .hint =
            "After the wait, put looks whether the queue is closed, before it looks for "
            "room.",
        .late_only = true,
        .schedules = 200};
}

/// Closing changes nothing about what is not done yet; and a put that is refused is no task.
Script closed_with_a_task_open() {
    return {.capacity = 1,
            .lines = {{.thread = 0, .call = Call::put, .at = 0, .ends = 0},
                      {.thread = 1, .call = Call::join, .at = 1, .ends = 5},
                      {.thread = 2, .call = Call::get, .at = 2, .ends = 2},
                      {.thread = 3, .call = Call::close, .at = 3, .ends = 3},
                      {.thread = 4, .call = Call::join, .at = 4, .ends = 5},
                      {.thread = 2, .call = Call::task_done, .at = 5, .ends = 5},
                      {.thread = 5, .call = Call::put_late, .at = 6, .ending = Ending::any},
                      {.thread = 5, .call = Call::join, .at = 7, .ends = 7}},
            .expected =
                "join waits for the items that were put into the queue, closed or not, and "
                "for no others.",
            .hint =
                "put counts an item when it is in the queue, not before it waits; and join "
                "looks at nothing but the count."};
}

/// Who has seen the item in another way need not take it out.
Script done_before_it_is_taken() {
    return {.capacity = 2,
            .lines = {{.thread = 0, .call = Call::put, .at = 0, .ends = 0},
                      {.thread = 0, .call = Call::task_done, .at = 1, .ends = 1},
                      {.thread = 0, .call = Call::get, .at = 2, .ends = 2}},
            .expected = "An item that was put can be told to be done, taken out or not.",
            .hint = std::string{counts_hint}};
}

/// Who waits for an item takes it, and tells in the same breath that it is done.
Script done_as_soon_as_it_is_there() {
    return {.capacity = 1,
            .lines = {{.thread = 0, .call = Call::get, .at = 1, .ends = 2},
                      {.thread = 0, .call = Call::task_done, .at = 1, .ends = 2},
                      {.thread = 1, .call = Call::put, .at = 2, .ends = 2}},
            .expected = "An item that can be taken out can be told to be done.",
            .hint =
                "Count an item together with putting it into the queue: under one lock, so "
                "that nobody sees the one without the other.",
            .promptness_elsewhere = true,
            .schedules = 200};
}

/// One more is put while somebody waits in join; and all are told to be done before one is taken.
Script put_while_joining() {
    return {.capacity = 3,
            .lines = {{.thread = 0, .call = Call::put, .at = 0, .ends = 0},
                      {.thread = 1, .call = Call::join, .at = 1, .ends = 4},
                      {.thread = 0, .call = Call::put, .at = 2, .ends = 2},
                      {.thread = 0, .call = Call::task_done, .at = 3, .ends = 3},
                      {.thread = 0, .call = Call::task_done, .at = 4, .ends = 4},
                      {.thread = 2, .call = Call::join, .at = 5, .ends = 5}},
            .expected =
                "join waits until every item that was put is told to be done, those that were put "
                "meanwhile as well, taken out or not.",
            .hint = std::string{counts_hint}};
}

/// Two gets wait; one put and a close come in one breath: one gets the item, and one nothing.
Script one_for_two() {
    return {.capacity = 2,
            .lines = {{.thread = 0, .call = Call::get, .at = 1, .ending = Ending::any},
                      {.thread = 1, .call = Call::get, .at = 1, .ending = Ending::any},
                      {.thread = 2, .call = Call::put, .at = 2, .ends = 2},
                      {.thread = 2, .call = Call::close, .at = 2, .ends = 2}},
            .expected = "close wakes everybody who waits.",
            .hint =
                "Notify all, whatever is in the queue: not all who were woken before have "
                "taken something out yet.",
            .promptness_elsewhere = true,
            .schedules = 100};
}

/// All functions are called in one breath, by a thread each. What comes of it is other checks'
/// affair, but for locks that are taken in two orders: that takes two functions which do.
void examine_lock_orders() {
    Script script{.capacity = 3,
                  .lines = {{.thread = 0, .call = Call::put, .at = 0},
                            {.thread = 0, .call = Call::put, .at = 0},
                            {.thread = 1, .call = Call::put, .at = 1},
                            {.thread = 2, .call = Call::get, .at = 1},
                            {.thread = 3, .call = Call::task_done, .at = 1},
                            {.thread = 4, .call = Call::join, .at = 1},
                            {.thread = 5, .call = Call::close, .at = 1}}};
    // So that the join comes back, too: as often as there were items, and one may be refused.
    for (int i = 0; i < 2; ++i)
        script.lines.push_back({.thread = 6, .call = Call::task_done, .at = 2});
    Plan plan;
    plan.scenario = "script";
    plan.workload = script.workload(millisecond);
    plan.schedules = many_schedules;
    plan.spurious_wakeups = false;
    using Kind = lab::Diagnosis::Kind;
    plan.elsewhere = {Kind::lost_wakeup, Kind::never_woken, Kind::busy_wait};
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
    examine_script(last_item(), "02 last item");
    examine_script(room_after_close(), "02 room after close");
    examine_script(one_for_two(), "02 one for two");
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
    examine_script(closed_with_a_task_open(), "02 task open");
    examine_script(done_before_it_is_taken(), "02 done before taken");
    examine_script(done_as_soon_as_it_is_there(), "02 done at once");
    examine_script(put_while_joining(), "02 put while joining");
    examine_lock_orders();
}

}  // namespace lockstep::producer_consumer
