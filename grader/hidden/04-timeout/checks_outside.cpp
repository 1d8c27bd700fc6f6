// Exercise 04's hidden checks of who cancels whom, and of what is left in the loop.
#include "calls.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::timeout {
namespace {

using lab::printable::count;
using lab::printable::human;
using Kind = lab::Diagnosis::Kind;

void examine_ends(const Call& call) {
    const std::vector<Call> calls{call};
    examine(plan_for(calls, [calls](const Played& run) { return wrong_end(calls, run); }));
}

// --- outside: cancelled by somebody else, or by another limit ---

/// Cancelled halfway to its limit.
Call cancelled_call(Draw& draw) {
    Call call = drawn_call(draw, false);
    call.cancel = call.limit / (2 * millisecond) * millisecond;
    return call;
}

std::vector<Call> cancelled_calls() {
    Draw drawn = draw("04 cancelled");
    std::vector<Call> calls;
    calls.push_back(cancelled_call(drawn));

    // Somebody else asked first; the limit passes while the operation is tidying up.
    Call limit_later = cancelled_call(drawn);
    limit_later.cancel = limit_later.limit - 20 * millisecond;
    limit_later.tidying = 40 * millisecond;
    calls.push_back(limit_later);

    // The limit passed first; the cancellation comes while the operation is tidying up.
    Call limit_first = drawn_call(drawn, false);
    limit_first.tidying = drawn.number(40, 90) * millisecond;
    limit_first.cancel = limit_first.limit + limit_first.tidying / (2 * millisecond) * millisecond;
    calls.push_back(limit_first);

    Call fails = cancelled_call(drawn);
    fails.cancelled = Cancelled::fails;
    calls.push_back(fails);

    // Whoever cancels twice waits no less for the end.
    Call twice = cancelled_call(drawn);
    twice.tidying = drawn.number(40, 90) * millisecond;
    twice.again = twice.cancel + 20 * millisecond;
    calls.push_back(twice);

    // What one call does to the coroutine that awaits it must not outlast that call.
    Call second = cancelled_call(drawn);
    second.called = second.awaited = 10 * millisecond;
    second.cancel += 10 * millisecond;
    second.after_another = true;
    calls.push_back(second);
    return calls;
}

std::vector<Call> nested_calls() {
    Draw drawn = draw("04 nested");
    std::vector<Call> calls;

    // The inner limit passes first, and the coroutine between the two lets it through.
    Call inner = drawn_call(drawn, false);
    inner.outer = inner.first + drawn.number(50, 500) * millisecond;
    calls.push_back(inner);

    // The same, but it goes on with something else, which ends in time.
    Call goes_on = drawn_call(drawn, false);
    goes_on.more = drawn.number(50, 200) * millisecond;
    goes_on.outer = goes_on.limit + goes_on.more + drawn.number(50, 500) * millisecond;
    calls.push_back(goes_on);

    // The same, but the outer limit passes meanwhile.
    Call both = drawn_call(drawn, false);
    both.more = drawn.number(100, 200) * millisecond;
    both.outer = both.limit + drawn.number(20, 90) * millisecond;
    calls.push_back(both);

    // The outer limit is the shorter one.
    Call outer = drawn_call(drawn, false);
    outer.outer = outer.limit / (2 * millisecond) * millisecond;
    calls.push_back(outer);

    // It passes, and the inner one does as well before the operation has tidied up.
    Call echo = outer;
    echo.outer = echo.limit - 20 * millisecond;
    echo.tidying = 40 * millisecond;
    calls.push_back(echo);

    // Neither passes.
    Call in_time = drawn_call(drawn, true);
    in_time.outer = in_time.limit + drawn.number(50, 500) * millisecond;
    calls.push_back(in_time);

    // Cancelled from outside both.
    Call cancelled = cancelled_call(drawn);
    cancelled.outer = cancelled.limit + drawn.number(50, 500) * millisecond;
    calls.push_back(cancelled);
    return calls;
}

/// Nobody can cancel it.
void examine_not_cancellable(Call call) {
    call.cancellable = false;
    Plan plan = plan_for({call}, [call](const Played& run) { return wrong_end({call}, run); });
    plan.advise = [](const Played&) {
        return std::string{
            "Here nobody can cancel your coroutine: it was spawned without a cancellation slot, as "
            "most are. Assign a handler to the slot of this_coro::cancellation_state only if that "
            "slot is_connected()."};
    };
    examine(plan);
}

// --- loop: nothing blocks it, nothing is left in it, and it sleeps ---

/// How often the loop went to sleep before the last call was over.
std::size_t naps(const lab::Trace& trace) {
    std::size_t number = 0;
    for (const lab::Event& event : trace.events()) {
        if (event.kind == lab::EventKind::marked && trace.label(event) == "over") break;
        if (event.kind == lab::EventKind::blocked && event.thread == 0) ++number;
    }
    return number;
}

std::optional<Complaint> nothing_left(const Call& call, const Played& run) {
    const auto complaint = [&](Verdict verdict, std::string expected, std::string happened,
                               std::string hint) {
        return Complaint{.verdict = verdict,
                         .expected = std::move(expected),
                         .happened = described(call, 0) + ": " + std::move(happened),
                         .hint = std::move(hint),
                         .stacks = places_of(run.trace, 0)};
    };
    if (run.trace.marks("over").empty())
        return complaint(Verdict::leak, "The coroutine ends.", "it never did.",
                         "Whatever you wait for must come, also after a cancellation.");
    const lab::Duration longer = run.trace.latency("over", "came back");
    if (longer != lab::Duration{0})
        return complaint(
            Verdict::leak, "When the coroutine is over, nothing of it is left in the loop.",
            fmt::format("the loop had work for another {}.", human(longer)),
            "Cancel the timer when the operation has ended first, and wait for its end, and "
            "for that of every task that you spawned.");
    // One for each thing that happens, and a few more for whoever does it another way.
    constexpr std::size_t enough = 10;
    if (const std::size_t number = naps(run.trace); number > enough)
        return complaint(
            Verdict::busy_wait,
            fmt::format("The loop sleeps until something happens: here at most {}.",
                        count(enough, "time")),
            fmt::format("within {} it was woken {} to look whether anything had.",
                        human(run.trace.marks("over").at(0).at), count(number, "time")),
            "Do not ask again and again, also not with a timer: await the operation and the limit "
            "themselves, and the loop tells you.");
    return std::nullopt;
}

void examine_loop(const Call& call) {
    Plan plan = plan_for({call}, [call](const Played& run) { return nothing_left(call, run); });
    plan.also = {Kind::blocked_loop, Kind::leaked_thread, Kind::leaked_coroutine,
                 Kind::leaked_timer, Kind::not_released};
    examine(plan);
}

}  // namespace

TEST_CASE("04-timeout/outside", "[04-timeout][plain]") {
    for (const Call& call : cancelled_calls()) examine_ends(call);
    for (const Call& call : nested_calls()) examine_ends(call);
    Draw drawn = draw("04 not cancellable");
    for (const bool in_time : {true, false}) examine_not_cancellable(drawn_call(drawn, in_time));
}

TEST_CASE("04-timeout/loop", "[04-timeout][plain]") {
    Draw drawn = draw("04 loop");
    Call in_time = drawn_call(drawn, true);
    examine_loop(in_time);
    in_time.fails = true;
    examine_loop(in_time);
    examine_loop(drawn_call(drawn, false));
    Call cancelled = cancelled_call(drawn);
    examine_loop(cancelled);
    cancelled.limit = no_limit;
    examine_loop(cancelled);
}

}  // namespace lockstep::timeout
