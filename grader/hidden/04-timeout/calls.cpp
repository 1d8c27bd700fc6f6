#include "calls.hpp"

#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lockstep::timeout {
namespace {

using lab::printable::human;

std::string after(std::int64_t instant) { return human(lab::Duration{instant}); }

bool is_whole(std::int64_t limit) { return limit == no_limit || limit % millisecond == 0; }

std::int64_t rounded_up(std::int64_t instant) {
    return (instant + millisecond - 1) / millisecond * millisecond;
}

/// A hint for what came out at the wrong moment.
std::string hint_for_moment(const Call& call, const End& expected, const End& actual) {
    if (actual.instant > expected.instant)
        return "Wait for two things at once, the operation and a timer, and go on when the first "
               "of them has ended: whatever is left is cancelled, and waited for.";
    if (!is_whole(call.limit))
        return "Give the limit to the timer as it is: a cast to milliseconds cuts the rest off, "
               "and the operation is cancelled too early. (The loop wakes up at whole "
               "milliseconds, so the limit is noticed at the next one.)";
    return "The limit counts from the moment at which the coroutine is awaited: take the time, or "
           "start the timer, behind its first co_await.";
}

/// A hint for what came out instead of what had to. The operation is cancelled at `asked`.
std::string hint_for(const Call& call, std::int64_t asked, const End& expected, const End& actual) {
    if (actual.way == Way::none)
        return "Whatever you wait for has to come, also after a cancellation: who resumes your "
               "coroutine then?";
    if (expected.way == actual.way && expected.told == actual.told)
        return hint_for_moment(call, expected, actual);
    switch (expected.way) {
    case Way::result:
        if (actual.way == Way::timed_out && call.limit == no_limit)
            return "duration::max() never passes: give it to the timer as it is, for now() + "
                   "duration::max() overflows.";
        if (actual.way == Way::timed_out && expected.instant <= asked)
            return "The operation ended before its limit, so nothing was to be cancelled: wait for "
                   "it and a timer at once, and go on when the first of the two has ended.";
        return actual.way == Way::timed_out
                   ? "TimedOut stands for the operation_aborted of an operation that your limit "
                     "cancelled: what came out although it was cancelled is not to be thrown away."
                   : "Keep what the operation gives until both it and the timer are over, then "
                     "give it back.";
    case Way::timed_out:
        if (actual.way == Way::aborted)
            return "When it was your timer that ran out, operation_aborted is the echo of your own "
                   "cancellation: turn it into TimedOut.";
        if (actual.way == Way::timed_out)
            return "Throw TimedOut with the limit that has passed; with limits in each other, the "
                   "outer one cancels the inner one, which gives operation_aborted.";
        if (actual.way == Way::other && actual.instant == expected.instant)
            return "Whoever waits for TimedOut catches nothing else: throw TimedOut{limit} when "
                   "your limit has passed.";
        return "Start a timer beside the operation, also when there is no time left from the "
               "beginning, and cancel the operation when it runs out.";
    case Way::aborted:
        return actual.way == Way::timed_out
                   ? "Ask who cancelled: only if your timer ran out before that (its error code is "
                     "success) was it the limit."
                   : "Let a cancellation from outside through to the operation, and let out what "
                     "that ends with.";
    case Way::namesake:
        return "The same number means something else in each category: compare the error code "
               "itself with asio::error::operation_aborted, not its value().";
    default:
        if (actual.way == Way::timed_out && actual.instant > expected.instant)
            return "Let the first end decide, not the first success: a || b waits on when one of "
                   "them throws, and forgets what it threw; wait_for_one does not.";
        return actual.way == Way::timed_out
                   ? "An operation's own exception says more than TimedOut: only operation_aborted "
                     "after your own cancellation may be replaced."
                   : "Let the operation's own exception out as it is: keep it as a "
                     "std::exception_ptr, and rethrow it when the timer is over, too.";
    }
}

/// As the operation ends when it is left alone, or cancelled at `asked`.
End operation_end(const Call& call, std::int64_t number, std::int64_t asked) {
    const std::int64_t first_end = call.awaited + call.first;
    const std::int64_t natural = first_end + call.second;
    const auto failed = [&](std::int64_t instant) -> End {
        switch (call.throws) {
        case Throws::call_error: break;
        case Throws::system_error: return {Way::connection, 0, instant};
        case Throws::number: return {Way::number, number, instant};
        case Throws::aborted: return {Way::aborted, 0, instant};
        case Throws::derived: return {Way::derived, number, instant};
        case Throws::namesake: return {Way::namesake, 0, instant};
        }
        return {Way::own_error, number, instant};
    };
    const End own = call.fails ? failed(natural) : End{Way::result, call.value, natural};
    if (natural <= asked) return own;
    std::int64_t aborted = asked;
    if (call.deaf && asked < first_end) {
        if (call.second == 0) return own;
        aborted = first_end;
    }
    const std::int64_t instant = aborted + call.tidying;
    switch (call.cancelled) {
    case Cancelled::gives_up: return {Way::aborted, 0, instant};
    case Cancelled::fails: return failed(instant);
    case Cancelled::succeeds: break;
    }
    return {Way::result, call.value, instant};
}

/// When a limit that counts from `instant` is noticed.
std::int64_t sum(std::int64_t instant, std::int64_t limit) {
    if (limit == no_limit) return never;
    return rounded_up(instant + std::max<std::int64_t>(limit, 0));
}

}  // namespace

Numbers workload_of(const std::vector<Call>& calls) {
    Numbers numbers;
    for (const Call& call : calls) {
        const auto add = [&](std::string_view name, std::int64_t value) {
            numbers[std::string{name}].push_back(value);
        };
        add("called", call.called);
        add("awaited", call.awaited);
        add("limit", call.limit);
        add("type", static_cast<std::int64_t>(call.type));
        add("value", call.value);
        add("first", call.first);
        add("deaf", call.deaf ? 1 : 0);
        add("second", call.second);
        add("fails", call.fails ? 1 : 0);
        add("throws", static_cast<std::int64_t>(call.throws));
        add("tidying", call.tidying);
        add("cancelled", static_cast<std::int64_t>(call.cancelled));
        add("outer", call.outer);
        add("more", call.more);
        add("cancel", call.cancel == never ? -1 : call.cancel);
        add("again", call.again == never ? -1 : call.again);
        add("cancellable", call.cancellable ? 1 : 0);
        add("after another", call.after_another ? 1 : 0);
    }
    return numbers;
}

Course course_of(const Call& call, std::int64_t number) {
    const std::int64_t own = sum(call.awaited, call.limit);
    const std::int64_t outer = call.outer == no_limit ? never : sum(0, call.outer);
    const std::int64_t outside = std::min(outer, call.cancel);
    const End by_outside =
        outer < call.cancel ? End{Way::timed_out, call.outer, 0} : End{Way::aborted, 0, 0};
    Course course;
    course.asked = std::min(own, outside);
    course.inner = operation_end(call, number, course.asked);
    const bool by_itself = course.inner.instant < course.asked;
    if (course.inner.way == Way::aborted && own < outside && !by_itself)
        course.inner = {Way::timed_out, call.limit, course.inner.instant};
    if (call.type == Type::nothing && course.inner.way == Way::result) course.inner.told = 0;
    course.outer = course.inner;
    if (call.outer == no_limit) return course;
    if (course.inner.way == Way::timed_out && call.more >= 0) {
        // What is between goes on, unless it has been cancelled meanwhile, or is later.
        const std::int64_t begin = course.inner.instant;
        course.outer = begin + call.more <= outside
                           ? End{Way::result, call.value, begin + call.more}
                           : End{by_outside.way, by_outside.told, std::max(begin, outside)};
    } else if (course.inner.way == Way::aborted) {
        course.outer = {by_outside.way, by_outside.told, course.inner.instant};
    }
    return course;
}

End end_of(const Played& run, std::size_t number, bool inner) {
    const auto element = [&](std::string_view name) {
        const std::vector<std::int64_t>& list =
            run.answer.list(inner ? fmt::format("inner {}", name) : std::string{name});
        return number < list.size() ? list[number] : -1;
    };
    End end{static_cast<Way>(element("ends")), element("told"), 0};
    for (const lab::Event& event : run.trace.marks(inner ? "inner came out" : "came out"))
        if (event.value == static_cast<std::int64_t>(number)) end.instant = event.at.count();
    return end;
}

std::string described(const End& end, const Played* run) {
    std::string text;
    switch (end.way) {
    case Way::none: return "nothing: it never came out";
    case Way::result: text = fmt::format("the value {}", end.told); break;
    case Way::timed_out:
        text = fmt::format("TimedOut{{{}}}",
                           end.told == no_limit ? std::string{"duration::max()"} : after(end.told));
        break;
    case Way::aborted: text = "operation_aborted"; break;
    case Way::own_error: text = fmt::format("the operation's CallError ({})", end.told); break;
    case Way::connection: text = "the operation's own system_error (connection_reset)"; break;
    case Way::derived:
        text = fmt::format("the operation's own ConnectionLost ({}), a system_error", end.told);
        break;
    case Way::namesake:
        text = "the operation's own system_error (operation_aborted's number in another category)";
        break;
    case Way::number:
        text = fmt::format("the int {} that the operation has thrown", end.told);
        break;
    default:
        text = "another exception";
        if (run != nullptr && !run->answer.text("what").empty())
            text += fmt::format(" ({})", lab::printable::clean(run->answer.text("what"), 200));
    }
    return fmt::format("{}, after {}", text, after(end.instant));
}

std::string described(const Call& call, std::size_t number) {
    std::string text =
        fmt::format("Call {} (limit {}, operation {}", number,
                    call.limit == no_limit ? std::string{"duration::max()"} : after(call.limit),
                    after(call.first + call.second));
    if (call.called != call.awaited) text += fmt::format(", awaited after {}", after(call.awaited));
    if (call.type == Type::nothing) text += ", of type void";
    if (call.type == Type::pointer) text += ", of type std::unique_ptr";
    if (call.fails) text += ", which fails";
    if (call.fails && call.throws == Throws::aborted)
        text += " with operation_aborted, though nobody cancels it";
    if (call.deaf) text += fmt::format(", whose first {} can't be cancelled", after(call.first));
    if (call.tidying > 0) text += fmt::format(", {} to tidy up", after(call.tidying));
    if (call.cancelled == Cancelled::fails) {
        text += ", fails when cancelled";
        if (call.throws == Throws::system_error) text += " with a system_error of its own";
        if (call.throws == Throws::number) text += " with an int";
        if (call.throws == Throws::namesake)
            text += " with an error of another category that has operation_aborted's number";
    }
    if (call.cancelled == Cancelled::succeeds) text += ", succeeds although cancelled";
    if (call.outer != no_limit) text += fmt::format(", in an outer limit of {}", after(call.outer));
    if (call.cancel != never)
        text += fmt::format(", cancelled from outside after {}", after(call.cancel));
    if (call.again != never) text += fmt::format(" and after {}", after(call.again));
    if (!call.cancellable) text += ", spawned without a cancellation slot";
    if (call.after_another) text += ", the second with_timeout of one coroutine";
    return text + ")";
}

std::vector<std::vector<lab::Place>> places_of(const lab::Trace& trace, std::int64_t number) {
    std::vector<std::vector<lab::Place>> stacks;
    for (const std::string_view label : {"came out", "work"})
        for (const lab::Event& event : trace.marks(label))
            if (event.value == number) stacks.push_back(trace.stack(event.stack));
    return stacks;
}

std::string unless_blocked(const Played& run, std::string hint) {
    const auto blocked = std::ranges::find(
        run.trace.diagnoses(), lab::Diagnosis::Kind::blocked_loop, &lab::Diagnosis::kind);
    if (blocked == run.trace.diagnoses().end()) return hint;
    return "Your code blocked the event loop, so nothing else could go on meanwhile, neither the "
           "operation nor a timer: co_await an asynchronous operation instead of a call that "
           "blocks.";
}

std::optional<Complaint> wrong_end(const std::vector<Call>& calls, const Played& run) {
    const auto differs = [&](std::size_t i, std::int64_t asked, const End& expected,
                             const End& actual,
                             std::string_view whose) -> std::optional<Complaint> {
        // Whoever does not wait with Asio's timers may notice such a limit at once.
        const std::int64_t instant =
            is_whole(calls[i].limit) ? actual.instant : rounded_up(actual.instant);
        if (expected.way == actual.way && expected.instant == instant &&
            (expected.told == actual.told || expected.way == Way::aborted))
            return std::nullopt;
        return Complaint{.verdict = Verdict::wrong,
                         .expected = fmt::format("{}{} gives {}.", described(calls[i], i), whose,
                                                 described(expected)),
                         .happened = fmt::format("It gave {}.", described(actual, &run)),
                         .hint = unless_blocked(run, hint_for(calls[i], asked, expected, actual)),
                         .stacks = places_of(run.trace, static_cast<std::int64_t>(i))};
    };
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const Course course = course_of(calls[i], static_cast<std::int64_t>(i));
        if (calls[i].outer != no_limit)
            if (auto wrong = differs(i, course.asked, course.inner, end_of(run, i, true),
                                     ": the inner limit"))
                return wrong;
        if (auto wrong = differs(i, course.asked, course.outer, end_of(run, i),
                                 calls[i].outer != no_limit ? ": the outer limit" : ""))
            return wrong;
    }
    return std::nullopt;
}

Plan plan_for(const std::vector<Call>& calls, Judge judge) {
    Plan plan;
    plan.scenario = "limits";
    plan.workload = workload_of(calls);
    plan.judge = std::move(judge);
    plan.schedules = 2;
    return plan;
}

Call drawn_call(Draw& draw, bool in_time) {
    Call call;
    call.value = draw.number(100, 999);
    const std::int64_t shorter = draw.number(100, 400) * millisecond;
    const std::int64_t longer = shorter + draw.number(50, 500) * millisecond;
    call.limit = in_time ? longer : shorter;
    call.first = in_time ? shorter : longer;
    return call;
}

}  // namespace lockstep::timeout
