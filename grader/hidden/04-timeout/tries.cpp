#include "tries.hpp"

#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::timeout {
namespace {

using lab::printable::human;

std::string after(std::int64_t instant) { return human(lab::Duration{instant}); }

/// As scenarios_mirrors.cpp's `fails`.
std::int64_t number_of(Reply reply) {
    switch (reply) {
    case Reply::page:
    case Reply::slow: break;
    case Reply::broken: return 1;
    case Reply::unconnected: return 2;
    case Reply::aborting: return 3;
    case Reply::odd: return 4;
    case Reply::limited: return 5;
    }
    return 0;
}

}  // namespace

Numbers Tries::workload() const {
    Numbers numbers{
        {"time", {}},           {"fails", {}},      {"tidying", {}},
        {"per try", {per_try}}, {"total", {total}}, {"cancel", {cancel == never ? -1 : cancel}},
        {"salt", {salt}},       {"blank", {blank}}, {"beside", {beside ? 1 : 0}}};
    for (const Try& mirror : mirrors) {
        numbers["time"].push_back(mirror.time);
        numbers["fails"].push_back(number_of(mirror.reply));
        numbers["tidying"].push_back(mirror.tidying);
    }
    return numbers;
}

Tries drawn_tries(Draw& draw, std::initializer_list<Reply> replies) {
    Tries tries;
    tries.per_try = draw.number(150, 300) * millisecond;
    tries.total = 10'000 * millisecond;
    tries.salt = draw.number(100, 999);
    for (const Reply reply : replies) {
        const std::int64_t time = draw.number(30, 120) * millisecond;
        tries.mirrors.push_back({reply, reply == Reply::slow ? tries.per_try + time : time, 0});
    }
    return tries;
}

Upshot outcome_of(const Tries& tries) {
    Upshot outcome;
    if (tries.mirrors.empty()) {
        outcome.end.way = Way::invalid;
        return outcome;
    }
    const std::int64_t told_to_stop = std::min(tries.total, tries.cancel);
    const auto stopped = [&](std::int64_t instant) {
        outcome.end = tries.total < tries.cancel ? End{Way::timed_out, tries.total, instant}
                                                 : End{Way::aborted, 0, instant};
    };
    std::int64_t now = 0;
    for (std::size_t i = 0; i < tries.mirrors.size(); ++i) {
        const Try& mirror = tries.mirrors[i];
        if (now > told_to_stop) {
            stopped(now);
            return outcome;
        }
        outcome.begins.push_back(now);
        const std::int64_t longest = std::min(mirror.time, tries.per_try);
        if (told_to_stop < now + longest) {
            stopped(told_to_stop + mirror.tidying);
            return outcome;
        }
        now += longest;
        const auto number = static_cast<std::int64_t>(i);
        switch (mirror.reply) {
        case Reply::page: outcome.end = {Way::result, number, now}; return outcome;
        case Reply::broken: outcome.end = {Way::own_error, number, now}; break;
        case Reply::unconnected: outcome.end = {Way::connection, 0, now}; break;
        case Reply::aborting: outcome.end = {Way::aborted, 0, now}; break;
        case Reply::odd: outcome.end = {Way::number, number, now}; break;
        case Reply::limited: outcome.end = {Way::timed_out, own_limit, now}; break;
        case Reply::slow:
            now += mirror.tidying;
            outcome.end = {Way::timed_out, tries.per_try, now};
            break;
        }
    }
    return outcome;
}

End end_of_tries(const Played& run) {
    End end{static_cast<Way>(run.answer.number("end").value_or(-1)),
            run.answer.number("told").value_or(0), 0};
    if (const auto out = run.trace.marks("came out"); !out.empty()) end.instant = out[0].at.count();
    return end;
}

std::string described(const Tries& tries) {
    if (tries.mirrors.empty()) return "Without a mirror";
    std::string text =
        fmt::format("With per_try {}, total {}, ", after(tries.per_try), after(tries.total));
    if (tries.cancel != never)
        text += fmt::format("a cancellation from outside after {}, ", after(tries.cancel));
    if (tries.beside) text += "another call of fetch_first under way in the same loop, ";
    text += "and mirrors that give in turn ";
    for (std::size_t i = 0; i < tries.mirrors.size(); ++i) {
        const Try& mirror = tries.mirrors[i];
        if (i > 0) text += i + 1 == tries.mirrors.size() ? " and " : ", ";
        switch (mirror.reply) {
        case Reply::page:
        case Reply::slow:
            text += tries.blank == static_cast<std::int64_t>(i) ? "a page without text" : "a page";
            break;
        case Reply::broken: text += "a MirrorError"; break;
        case Reply::unconnected: text += "connection_refused"; break;
        case Reply::aborting: text += "operation_aborted, though nobody cancels it,"; break;
        case Reply::odd: text += "an int as an exception"; break;
        case Reply::limited:
            text += fmt::format("a TimedOut{{{}}} of its own", after(own_limit));
            break;
        }
        text += fmt::format(" after {}", after(mirror.time));
        if (mirror.tidying > 0) text += fmt::format(" ({} to tidy up)", after(mirror.tidying));
    }
    return text;
}

}  // namespace lockstep::timeout
