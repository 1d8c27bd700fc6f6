// Tells a trace's events in words: the story's lines, and the events that a finding points at.
#pragma once

#include <lab/trace.hpp>

#include <map>
#include <set>
#include <string>

namespace lab {

/// Follows a trace from its first event on, for what an event means depends on those before it: who
/// holds the lock that is waited for. The trace must outlive it.
class Narrator {
public:
    explicit Narrator(const Trace& trace);

    /// What the next event is: "waits for mutex #1 (held by thread 2)". To be called with every
    /// event, in order.
    [[nodiscard]] std::string tell(const Event& event);
    /// The same, where the words are not wanted.
    void pass(const Event& event);

    /// A label as it is shown, with its value where any event of that label has one but 0.
    [[nodiscard]] std::string labelled(std::string_view label, std::int64_t value) const;
    [[nodiscard]] std::string thread(ThreadId thread) const;

private:
    [[nodiscard]] std::string wait(const Event& event) const;
    [[nodiscard]] std::string held_by(const Event& event) const;

    const Trace& trace_;
    std::set<std::string_view> with_values_;
    std::map<ObjectId, std::map<ThreadId, int>> holders_;
};

}  // namespace lab
