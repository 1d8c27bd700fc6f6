#include <lab/trace.hpp>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

namespace lab {
namespace {

constexpr std::size_t never = static_cast<std::size_t>(-1);

struct Match {
    std::size_t begin = 0;
    std::size_t end = never;
};

/// Pairs each span's end with a beginning of the same label and value: the latest of the same
/// thread (spans of one thread nest), else the oldest of any. Ends without a beginning are left
/// out.
std::vector<Match> match_spans(std::span<const Event> events) {
    using Key = std::pair<std::uint32_t, std::int64_t>;
    struct Open {
        std::vector<std::size_t> all;  ///< indices into `matches`, oldest first
        std::size_t first = 0;         ///< none before it in `all` is open
    };
    std::vector<Match> matches;
    std::map<Key, Open> open;
    std::map<std::pair<Key, ThreadId>, std::vector<std::size_t>> open_on;

    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& event = events[i];
        const Key key{event.label, event.value};
        if (event.kind == EventKind::span_begun) {
            open[key].all.push_back(matches.size());
            open_on[{key, event.thread}].push_back(matches.size());
            matches.push_back({i, never});
        } else if (event.kind == EventKind::span_ended) {
            // Closed ones are dropped when they are met, so that the whole stays linear.
            std::vector<std::size_t>& own = open_on[{key, event.thread}];
            while (!own.empty() && matches[own.back()].end != never) {
                own.pop_back();
            }
            if (!own.empty()) {
                matches[own.back()].end = i;
                own.pop_back();
                continue;
            }
            Open& others = open[key];
            while (others.first < others.all.size() &&
                   matches[others.all[others.first]].end != never) {
                ++others.first;
            }
            if (others.first < others.all.size()) {
                matches[others.all[others.first++]].end = i;
            }
        }
    }
    return matches;
}

Outcome outcome_of(const Event& end) noexcept {
    return end.object <= static_cast<ObjectId>(Outcome::cancelled)
               ? static_cast<Outcome>(end.object)
               : Outcome::failed;
}

}  // namespace

std::vector<SpanRecord> Trace::spans() const {
    std::vector<SpanRecord> records;
    for (const Match& match : match_spans(events_)) {
        const Event& begin = events_[match.begin];
        SpanRecord record;
        record.label = label(begin);
        record.value = begin.value;
        record.thread = begin.thread;
        record.begin = begin.at;
        record.begin_step = begin.step;
        record.open = match.end == never;
        if (record.open) {
            record.end = makespan_;
            record.end_step = steps_;
        } else {
            const Event& end = events_[match.end];
            record.end = end.at;
            record.end_step = end.step;
            record.outcome = outcome_of(end);
        }
        records.push_back(record);
    }
    return records;
}

std::vector<SpanRecord> Trace::spans(std::string_view label) const {
    std::vector<SpanRecord> records = spans();
    std::erase_if(records, [label](const SpanRecord& record) { return record.label != label; });
    return records;
}

std::vector<Event> Trace::marks(std::string_view label) const {
    std::vector<Event> found;
    for (const Event& event : events_) {
        const bool mark = event.kind == EventKind::marked || event.kind == EventKind::span_begun;
        if (mark && this->label(event) == label) {
            found.push_back(event);
        }
    }
    return found;
}

unsigned Trace::peak_overlap(std::string_view label) const {
    std::vector<std::pair<std::size_t, int>> changes;
    for (const Match& match : match_spans(events_)) {
        if (this->label(events_[match.begin]) != label) {
            continue;
        }
        changes.emplace_back(match.begin, +1);
        if (match.end != never) {
            changes.emplace_back(match.end, -1);
        }
    }
    std::sort(changes.begin(), changes.end());
    int open = 0;
    int peak = 0;
    for (const auto& [index, change] : changes) {
        open += change;
        peak = std::max(peak, open);
    }
    return static_cast<unsigned>(peak);
}

Duration Trace::latency(std::string_view from, std::string_view to) const {
    const Event* first = nullptr;
    for (const Event& event : events_) {
        if (event.kind != EventKind::marked && event.kind != EventKind::span_begun) {
            continue;
        }
        const std::string_view name = label(event);
        if (first == nullptr) {
            first = name == from ? &event : nullptr;
        } else if (name == to) {
            return event.at - first->at;
        }
    }
    return Duration{-1};
}

std::optional<Event> Trace::pending_wait(ThreadId thread) const {
    std::optional<Event> wait;
    for (const Event& event : events_) {
        if (event.thread != thread) {
            continue;
        }
        // A thread that does anything else is not waiting, whether or not its waking was recorded.
        // Its locks may be released, and its cores given back, on its behalf while it waits.
        if (event.kind == EventKind::blocked) {
            wait = event;
        } else if (event.kind != EventKind::unlocked && event.kind != EventKind::computed) {
            wait.reset();
        }
    }
    return wait;
}

std::vector<ThreadId> Trace::holders(ObjectId object) const {
    std::map<ThreadId, int> depth;
    for (const Event& event : events_) {
        if (event.object != object) {
            continue;
        }
        if (event.kind == EventKind::locked || event.kind == EventKind::locked_shared) {
            ++depth[event.thread];
        } else if (event.kind == EventKind::unlocked) {
            // One released by a thread that does not hold it is released all the same.
            auto holder = depth.find(event.thread);
            if (holder == depth.end()) {
                holder = depth.begin();
            }
            if (holder != depth.end() && --holder->second <= 0) {
                depth.erase(holder);
            }
        }
    }
    std::vector<ThreadId> threads;
    for (const auto& [thread, times] : depth) {
        threads.push_back(thread);
    }
    return threads;
}

}  // namespace lab
