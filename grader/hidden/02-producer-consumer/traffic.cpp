#include "traffic.hpp"

#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace lockstep::producer_consumer {

Numbers Traffic::workload() const {
    return {{"capacity", {capacity}},    {"puts", puts},
            {"put pauses", put_pauses},  {"gets", gets},
            {"delays", delays},          {"get pauses", get_pauses},
            {"phases", {phases ? 1 : 0}}};
}

std::vector<std::int64_t> Traffic::items() const {
    std::vector<std::int64_t> all;
    for (std::size_t producer = 0; producer < puts.size(); ++producer)
        for (std::int64_t i = 0; i < puts[producer]; ++i)
            all.push_back(static_cast<std::int64_t>(producer) * 1000 + i);
    return all;
}

std::vector<Got> received(const lab::Trace& trace) {
    std::map<lab::ThreadId, lab::Event> begun;
    std::vector<Got> all;
    for (const lab::Event& event : trace.events()) {
        const std::string_view label = trace.label(event);
        if (event.kind == lab::EventKind::span_begun && label == "get")
            begun[event.thread] = event;
        else if (event.kind == lab::EventKind::marked && label == "got")
            all.push_back({event.value, event.thread, begun[event.thread].step, event.step,
                           begun[event.thread].stack});
    }
    return all;
}

std::vector<Standing> standings(const lab::Trace& trace) {
    std::vector<Standing> all;
    Standing now;
    lab::Duration at{0};
    for (const lab::Event& event : trace.events()) {
        if (event.at > at) {
            now.until = event.at;
            all.push_back(now);
            at = event.at;
        }
        const std::string_view label = trace.label(event);
        const bool begun = event.kind == lab::EventKind::span_begun;
        const bool ended = event.kind == lab::EventKind::span_ended;
        if (label == "put" && begun) ++now.puts_waiting;
        if (label == "put" && ended) {
            --now.puts_waiting;
            if (event.object == static_cast<lab::ObjectId>(lab::Outcome::done)) ++now.in_queue;
        }
        if (label == "get" && begun) ++now.gets_waiting;
        if (label == "get" && ended) --now.gets_waiting;
        if (label == "got" && event.kind == lab::EventKind::marked) --now.in_queue;
    }
    return all;
}

std::vector<std::vector<lab::Place>> places_of(const lab::Trace& trace, std::string_view label) {
    std::vector<std::vector<lab::Place>> stacks;
    for (const lab::Event& event : trace.marks(label)) stacks.push_back(trace.stack(event.stack));
    // The scenarios call the queue: what of it is the student's shows where a lock was taken.
    for (const lab::Event& event : trace.events())
        if (event.kind == lab::EventKind::locked || event.kind == lab::EventKind::blocked)
            stacks.push_back(trace.stack(event.stack));
    return stacks;
}

std::string listed(const std::vector<std::int64_t>& numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0) text += i + 1 == numbers.size() ? " and " : ", ";
        text += std::to_string(numbers[i]);
    }
    return text;
}

std::optional<Complaint> nothing_done(const Played& run) {
    if (!run.trace.marks("got").empty()) return std::nullopt;
    return Complaint{.expected = "What was put into the queue comes out of it.",
                     .happened = "Nothing came out.",
                     .hint = "put puts an item into a container, and get takes it out.",
                     .stacks = places_of(run.trace, "get")};
}

std::optional<Complaint> nothing_lost(const std::vector<std::int64_t>& items, const Played& run) {
    Complaint complaint;
    complaint.expected = "Every item that was put comes out of the queue once.";
    complaint.hint =
        "Looking whether an item is there and taking it out are one step only under one lock; and "
        "whoever was woken looks again, for somebody else may have been faster.";
    complaint.stacks = places_of(run.trace, "got");
    if (const auto refused = run.trace.marks("refused"); !refused.empty()) {
        complaint.happened = fmt::format("put refused item {}.", refused.front().value);
        return complaint;
    }
    if (const auto threw = run.trace.marks("threw"); !threw.empty()) {
        complaint.happened = fmt::format("put threw at item {}.", threw.front().value);
        return complaint;
    }
    if (!run.trace.marks("got nothing").empty()) {
        complaint.happened =
            "get came back with nothing, though the queue was open: it has to wait then.";
        return complaint;
    }
    std::map<std::int64_t, int> times;
    for (const std::int64_t item : items) times[item] = 0;
    std::vector<std::int64_t> strange;
    for (const Got& got : received(run.trace)) {
        if (times.contains(got.item))
            ++times[got.item];
        else
            strange.push_back(got.item);
    }
    std::vector<std::int64_t> never;
    std::vector<std::int64_t> often;
    for (const auto& [item, count] : times) {
        if (count == 0) never.push_back(item);
        if (count > 1) often.push_back(item);
    }
    if (!strange.empty()) {
        complaint.happened =
            fmt::format("Of what came out, {} had not been put, or had been moved from.",
                        strange.size() == 1 ? "one item" : fmt::format("{} items", strange.size()));
        complaint.hint =
            "Move an item once only, in put when there is room for it and in get when it is taken "
            "out; and look whether there is one and take it under one lock.";
    } else if (!often.empty())
        complaint.happened = fmt::format("More than once came out: {}.", listed(often));
    else if (!never.empty())
        complaint.happened = fmt::format("Never came out: {}.", listed(never));
    else
        return std::nullopt;
    return complaint;
}

}  // namespace lockstep::producer_consumer
