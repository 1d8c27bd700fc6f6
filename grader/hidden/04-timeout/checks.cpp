// Exercise 04's hidden checks of a single with_timeout, and of many side by side.
#include "calls.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lockstep::timeout {
namespace {

using lab::printable::human;

lab::Duration at(std::int64_t instant) { return lab::Duration{instant}; }

void examine_ends(const std::vector<Call>& calls) {
    examine(plan_for(calls, [calls](const Played& run) { return wrong_end(calls, run); }));
}

// --- unwound: cancelled at the limit, and over before anybody hears of it ---

/// Where in the trace an event stands; the number of events when there is none.
std::size_t place_in_trace(const lab::Trace& trace, std::string_view label, std::int64_t number) {
    const auto events = trace.events();
    const auto found = std::ranges::find_if(events, [&](const lab::Event& event) {
        return event.kind == lab::EventKind::marked && event.value == number &&
               trace.label(event) == label;
    });
    return static_cast<std::size_t>(found - events.begin());
}

std::optional<Complaint> unwound(const std::vector<Call>& calls, const Played& run) {
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const Call& call = calls[i];
        const auto number = static_cast<std::int64_t>(i);
        const auto complaint = [&](std::string expected, std::string happened, std::string hint) {
            return Complaint{.verdict = Verdict::wrong,
                             .expected = described(call, i) + ": " + std::move(expected),
                             .happened = std::move(happened),
                             .hint = unless_blocked(run, std::move(hint)),
                             .stacks = places_of(run.trace, number)};
        };
        const Course course = course_of(call, number);
        const std::size_t out = place_in_trace(run.trace, "came out", number);
        const std::size_t over = place_in_trace(run.trace, "unwound", number);
        if (over >= out) {
            const bool ever = over < run.trace.events().size();
            return complaint(
                "the operation has ended, and its local variables have been destroyed, before "
                "anything comes out of with_timeout.",
                fmt::format(
                    "{} came out, while the operation {}.", described(end_of(run, i), &run),
                    ever ? fmt::format("went on until {}", human(run.trace.events()[over].at))
                         : std::string{"never ended"}),
                "Structured concurrency: to cancel is to ask; then wait for the end of what you "
                "started, however long that takes, before you tell anybody.");
        }
        for (const lab::SpanRecord& work : run.trace.spans("work")) {
            if (work.value != number || call.deaf) continue;
            if (work.end == at(course.asked) && work.outcome == lab::Outcome::cancelled) continue;
            return complaint(
                fmt::format("the operation is cancelled when the limit passes, after {}.",
                            human(at(course.asked))),
                fmt::format("Its work {} after {}.",
                            work.outcome == lab::Outcome::cancelled ? "was cancelled" : "ended",
                            human(work.end)),
                "When the timer runs out, send the operation a cancellation "
                "(cancellation_type::terminal): wait_for_one and || do that, or "
                "cancellation_signal::emit.");
        }
    }
    return std::nullopt;
}

/// Whether an operation of type void is awaited. Where it is not, `value` says so.
bool waits_for_nothing(Draw& drawn) {
    Call call = drawn_call(drawn, true);
    call.type = Type::nothing;
    return ever_holds(
        plan_for({call}, [call](const Played& run) { return wrong_end({call}, run); }));
}

}  // namespace

TEST_CASE("04-timeout/value", "[04-timeout][plain]") {
    Draw drawn = draw("04 value");
    std::vector<Call> calls;
    for (const Type type : {Type::number, Type::pointer, Type::nothing}) {
        Call call = drawn_call(drawn, true);
        call.type = type;
        calls.push_back(call);
        call.second = call.first / (2 * millisecond) * millisecond;  // the same in two steps
        call.first -= call.second;
        calls.push_back(call);
    }
    // Some operations never wait for anything.
    for (const std::int64_t limit : {calls.front().limit, no_limit}) {
        Call ready = calls.front();
        ready.limit = limit;
        ready.first = 0;
        examine_ends({ready});
    }
    // One after the other, so that the picture of a mistake shows nothing else; then together.
    for (const Call& call : calls) examine_ends({call});
    examine_ends(calls);
}

TEST_CASE("04-timeout/exact", "[04-timeout][plain]") {
    Draw drawn = draw("04 exact");
    for (const Type type : {Type::number, Type::pointer}) {
        Call call = drawn_call(drawn, false);
        call.type = type;
        examine_ends({call});
        call.second = call.first;  // the limit passes in the second step
        call.first = call.limit / (2 * millisecond) * millisecond;
        examine_ends({call});
    }
    Call later = drawn_call(drawn, false);
    later.awaited = drawn.number(20, 90) * millisecond;
    examine_ends({later});
    Call much_later = drawn_call(drawn, true);
    much_later.awaited = much_later.limit + drawn.number(20, 90) * millisecond;
    examine_ends({much_later});

    // A limit is no whole number of milliseconds.
    Call between = drawn_call(drawn, false);
    between.limit = drawn.number(1, 9) * millisecond + millisecond / 2;
    examine_ends({between});

    std::vector<Call> thousand;
    for (int i = 0; i < 1000; ++i) {
        Call call = drawn_call(drawn, drawn.number(0, 1) == 0);
        call.called = call.awaited = drawn.number(0, 50) * millisecond;
        thousand.push_back(call);
    }
    examine_ends(thousand);
}

TEST_CASE("04-timeout/edges", "[04-timeout][plain]") {
    Draw drawn = draw("04 edges");
    for (const std::int64_t limit :
         {std::int64_t{0}, -millisecond, -drawn.number(1, 1000) * 1000 * millisecond, no_limit}) {
        Call call = drawn_call(drawn, false);
        call.limit = limit;
        examine_ends({call});
        if (limit != no_limit) continue;
        call.first = std::int64_t{20} * 24 * 3600 * 1000 * millisecond;  // twenty days
        examine_ends({call});
    }
}

TEST_CASE("04-timeout/unwound", "[04-timeout][plain]") {
    Draw drawn = draw("04 unwound");
    std::vector<Call> calls;
    calls.push_back(drawn_call(drawn, false));
    Call tidy = drawn_call(drawn, false);
    tidy.tidying = drawn.number(200, 400) * millisecond;
    calls.push_back(tidy);
    Call deaf = drawn_call(drawn, false);
    deaf.deaf = true;
    deaf.second = drawn.number(50, 100) * millisecond;  // does not begin
    calls.push_back(deaf);
    Call both = deaf;
    both.tidying = drawn.number(200, 400) * millisecond;
    calls.push_back(both);
    for (const Call& call : calls)
        examine(plan_for({call}, [call](const Played& run) { return unwound({call}, run); }));
    // All end as they have to, late as some of them are.
    for (const Call& call : calls) examine_ends({call});
}

TEST_CASE("04-timeout/own", "[04-timeout][plain]") {
    Draw drawn = draw("04 own");
    Call before = drawn_call(drawn, true);
    before.fails = true;
    examine_ends({before});
    const bool awaits_nothing = waits_for_nothing(drawn);
    if (Call nothing = before; awaits_nothing) {
        nothing.type = Type::nothing;
        examine_ends({nothing});
    }
    // Nobody has cancelled it: what is called operation_aborted is its own affair as well.
    before.throws = Throws::aborted;
    examine_ends({before});

    // Little time to tidy up, so that whoever waits for the end for some while hears of this.
    Call after = drawn_call(drawn, false);
    after.cancelled = Cancelled::fails;
    after.tidying = drawn.number(1, 20) * millisecond;
    examine_ends({after});

    // With other exceptions: a system_error is not the limit's because it is one.
    for (const Throws throws :
         {Throws::system_error, Throws::number, Throws::derived, Throws::namesake}) {
        Call otherwise = after;
        otherwise.throws = throws;
        examine_ends({otherwise});
    }

    if (Call nothing = after; awaits_nothing) {
        nothing.type = Type::nothing;
        examine_ends({nothing});
    }

    Call in_spite = after;
    in_spite.cancelled = Cancelled::succeeds;
    examine_ends({in_spite});

    Call deaf = drawn_call(drawn, false);
    deaf.deaf = true;
    deaf.first = deaf.limit + drawn.number(1, 20) * millisecond;
    examine_ends({deaf});
    deaf.fails = true;
    examine_ends({deaf});
}

}  // namespace lockstep::timeout
