// Exercise 04's hidden checks of fetch_first.
#include "tries.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace lockstep::timeout {
namespace {

using lab::printable::human;

/// `tried`: whether a mirror was.
std::string hint_for(const Tries& tries, const End& expected, const End& actual, bool tried) {
    if (tries.beside) return std::string{shared_by_all};
    if (actual.way == Way::none)
        return "Whatever you wait for has to come, also after a cancellation.";
    if (expected.way == Way::invalid)
        return "Look at the list before you begin: an empty one is std::invalid_argument.";
    if (actual.way == Way::other && !tried)
        return "No mirror has thrown that, for none has begun: find out who does. A coroutine "
               "copies what it takes by value, but of what it takes by reference it keeps only the "
               "reference: does that still exist when the coroutine is awaited?";
    const bool total_passes = expected.way == Way::timed_out && expected.told == tries.total;
    if (total_passes)
        return actual.way == Way::timed_out
                   ? "Throw TimedOut{total} when it is the total that has passed, also when that "
                     "left the last try less than per_try."
                   : "Put a limit of total around all tries together, and end them when it has "
                     "passed: a cancelled coroutine has no time for another try.";
    if (expected.way == Way::aborted)
        return "A cancellation from outside is no failure of a mirror: let it out, and try nothing "
               "more.";
    if (actual.way == Way::timed_out && actual.told == own_limit && expected.told != own_limit)
        return "That TimedOut is a mirror's own, and a failure like any other: whether `total` has "
               "passed, or somebody has cancelled you, co_await this_coro::cancellation_state "
               "tells, and not what a mirror throws.";
    if (expected.way == Way::result && actual.way == Way::aborted)
        return "Nobody has cancelled you, so it is the mirror that failed: ask "
               "co_await this_coro::cancellation_state, and not the exception.";
    if (actual.way == Way::timed_out && actual.told != tries.per_try)
        return "Only `total` itself ends the search: that a mirror takes its time to tidy up does "
               "not make another one's shorter.";
    if (expected.way == Way::result)
        return "A mirror that throws, whatever it throws, or is too slow has failed: catch that "
               "around the one try, and go on with the next mirror at once.";
    if (expected.way == Way::timed_out && actual.way == Way::result)
        return "No mirror has more than per_try, not even the last one.";
    return "Keep what the last try has thrown as a std::exception_ptr, and rethrow it when no "
           "mirror is left.";
}

std::string described_end(const Tries& tries, const End& end, const Played* run) {
    const std::string instant = fmt::format(", after {}", human(lab::Duration{end.instant}));
    switch (end.way) {
    case Way::result:
        return end.told < 0 ? "a page that no mirror has given" + instant
                            : fmt::format("the page of mirror {}{}", end.told, instant);
    case Way::own_error: return fmt::format("the MirrorError of mirror {}{}", end.told, instant);
    case Way::connection: return "connection_refused" + instant;
    case Way::number: return fmt::format("the int that mirror {} has thrown{}", end.told, instant);
    case Way::invalid: return "std::invalid_argument" + instant;
    case Way::timed_out:
        if (end.told == tries.total) return "TimedOut{total}" + instant;
        if (end.told == tries.per_try) return "TimedOut{per_try}" + instant;
        return described(end);
    default: return described(end, run);
    }
}

std::optional<Complaint> wrong_tries(const Tries& tries, const Played& run) {
    const Upshot expected = outcome_of(tries);
    const auto complaint = [&](std::string what, std::string happened, std::string hint) {
        return Complaint{.verdict = Verdict::wrong,
                         .expected = described(tries) + ": " + std::move(what),
                         .happened = std::move(happened),
                         .hint = unless_blocked(run, std::move(hint)),
                         .stacks = places_of_marks(run.trace, {"came out", "fetch"})};
    };
    // First what was tried and when: it says more than what came of it.
    const std::vector<lab::SpanRecord> fetches = run.trace.spans("fetch");
    for (std::size_t i = 0; i < std::max(fetches.size(), expected.begins.size()); ++i) {
        if (i >= expected.begins.size()) {
            const bool again = fetches[i].value < static_cast<std::int64_t>(i);
            return complaint(
                expected.begins.size() == 1
                    ? "only mirror 0 is tried."
                    : fmt::format("only {} mirrors are tried.", expected.begins.size()),
                fmt::format("Mirror {} was tried {}, after {}.", fetches[i].value,
                            again ? "again" : "as well", human(fetches[i].begin)),
                again ? "A mirror that has failed is not tried again: when none is left, the "
                        "search is over."
                      : hint_for(tries, expected.end, end_of_tries(run), true));
        }
        const std::string planned = fmt::format("mirror {} is tried after {}.", i,
                                                human(lab::Duration{expected.begins[i]}));
        if (i >= fetches.size())
            return complaint(planned,
                             fmt::format("It was not tried; what came out was {}.",
                                         described_end(tries, end_of_tries(run), &run)),
                             hint_for(tries, expected.end, end_of_tries(run), !fetches.empty()));
        const bool right_one = fetches[i].value == static_cast<std::int64_t>(i);
        if (right_one && fetches[i].begin.count() == expected.begins[i]) continue;
        return complaint(
            planned,
            fmt::format("{} was tried after {}.",
                        right_one ? std::string{"It"} : fmt::format("Mirror {}", fetches[i].value),
                        human(fetches[i].begin)),
            "Try the mirrors in their order, one at a time: the next one at the very "
            "moment at which the one before has failed, or its per_try has passed.");
    }
    const End actual = end_of_tries(run);
    const End& end = expected.end;
    if (actual.way == end.way && actual.instant == end.instant &&
        (actual.told == end.told || end.way == Way::aborted || end.way == Way::invalid)) {
        if (!tries.beside || run.answer.number("beside") == 1) return std::nullopt;
        return complaint("the other call gives the page of its own second mirror.",
                         "It did not give that.", std::string{shared_by_all});
    }
    return complaint(fmt::format("what comes out is {}.", described_end(tries, end, nullptr)),
                     fmt::format("It was {}.", described_end(tries, actual, &run)),
                     hint_for(tries, end, actual, !fetches.empty()));
}

void examine_tries(const Tries& tries) {
    Plan plan;
    plan.scenario = "mirrors";
    plan.workload = tries.workload();
    plan.judge = [tries](const Played& run) { return wrong_tries(tries, run); };
    plan.schedules = 2;  // there is one thread
    examine(plan);
}

}  // namespace

TEST_CASE("04-timeout/mirrors", "[04-timeout][plain]") {
    Draw drawn = draw("04 mirrors");
    using enum Reply;
    // The first one answers; so there is no second try.
    examine_tries(drawn_tries(drawn, {page, page}));
    // Each way to fail, and then a page.
    examine_tries(drawn_tries(drawn, {broken, page}));
    examine_tries(drawn_tries(drawn, {unconnected, page, page}));
    examine_tries(drawn_tries(drawn, {slow, page}));
    examine_tries(drawn_tries(drawn, {slow, broken, slow, unconnected, page, page}));
    examine_tries(drawn_tries(drawn, {aborting, page}));
    examine_tries(drawn_tries(drawn, {odd, page}));
    examine_tries(drawn_tries(drawn, {limited, page}));
    // A page like any other, though there is nothing in it.
    Tries blank = drawn_tries(drawn, {page, page});
    blank.blank = 0;
    examine_tries(blank);
    // Nobody is alone in the loop.
    Tries beside = drawn_tries(drawn, {broken, slow, page});
    beside.beside = true;
    examine_tries(beside);
    // All fail: what the last one did comes out.
    examine_tries(drawn_tries(drawn, {slow, broken}));
    examine_tries(drawn_tries(drawn, {broken, slow}));
    examine_tries(drawn_tries(drawn, {broken, odd}));
    examine_tries(drawn_tries(drawn, {broken, limited}));
    examine_tries(drawn_tries(drawn, {}));
    // More than ten: their order is that of the list, and not of their names in the alphabet.
    examine_tries(drawn_tries(drawn, {broken, broken, broken, broken, broken, broken, broken,
                                      broken, broken, broken, unconnected, page}));
}

TEST_CASE("04-timeout/total", "[04-timeout][plain]") {
    Draw drawn = draw("04 total");
    using enum Reply;
    // It passes in the second of three tries, and in the last one.
    Tries second = drawn_tries(drawn, {slow, slow, page});
    second.total = second.per_try + second.per_try / (2 * millisecond) * millisecond;
    examine_tries(second);
    Tries last = drawn_tries(drawn, {broken, slow});
    last.total = last.mirrors[0].time + last.per_try / (2 * millisecond) * millisecond;
    examine_tries(last);
    // It is shorter than a single try may be.
    Tries shorter = drawn_tries(drawn, {slow, page});
    shorter.total = shorter.per_try / (2 * millisecond) * millisecond;
    examine_tries(shorter);
    // One mirror is all tries together, too.
    Tries single = drawn_tries(drawn, {slow});
    single.total = single.per_try / (2 * millisecond) * millisecond;
    examine_tries(single);
    // It passes while a mirror that was too slow is still tidying up, and another one is left.
    Tries tidying = drawn_tries(drawn, {slow, page});
    tidying.mirrors[0].tidying = 60 * millisecond;
    tidying.total = tidying.per_try + 30 * millisecond;
    examine_tries(tidying);
    // It does not pass, though the tries take longer than a per_try for each of them.
    Tries longer = drawn_tries(drawn, {slow, slow});
    longer.mirrors[0].tidying = 60 * millisecond;
    examine_tries(longer);
    // Nothing passes: somebody cancels.
    Tries cancelled = drawn_tries(drawn, {slow, slow, page});
    cancelled.cancel = cancelled.per_try + cancelled.per_try / (2 * millisecond) * millisecond;
    examine_tries(cancelled);
}

}  // namespace lockstep::timeout
