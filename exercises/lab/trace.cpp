#include <lab/trace.hpp>
#include <lab/trace_builder.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace lab {

std::string_view name_of(EventKind kind) noexcept {
    switch (kind) {
    case EventKind::thread_started: return "thread_started";
    case EventKind::thread_ended: return "thread_ended";
    case EventKind::thread_joined: return "thread_joined";
    case EventKind::thread_detached: return "thread_detached";
    case EventKind::blocked: return "blocked";
    case EventKind::resumed: return "resumed";
    case EventKind::locked: return "locked";
    case EventKind::locked_shared: return "locked_shared";
    case EventKind::unlocked: return "unlocked";
    case EventKind::try_failed: return "try_failed";
    case EventKind::notified: return "notified";
    case EventKind::posted: return "posted";
    case EventKind::yielded: return "yielded";
    case EventKind::clock_read: return "clock_read";
    case EventKind::accessed: return "accessed";
    case EventKind::computing: return "computing";
    case EventKind::computed: return "computed";
    case EventKind::marked: return "marked";
    case EventKind::span_begun: return "span_begun";
    case EventKind::span_ended: return "span_ended";
    }
    return "unknown";
}

std::string_view name_of(Wait wait) noexcept {
    switch (wait) {
    case Wait::mutex: return "a mutex";
    case Wait::shared_lock: return "a reader-writer lock";
    case Wait::condition: return "a condition variable";
    case Wait::semaphore: return "a semaphore";
    case Wait::futex: return "a futex";
    case Wait::barrier: return "a barrier";
    case Wait::join: return "a thread's end";
    case Wait::once: return "a once flag";
    case Wait::sleep: return "time to pass";
    case Wait::io: return "input or output";
    case Wait::core: return "a core";
    case Wait::child: return "a child process";
    }
    return "something unknown";
}

std::string_view name_of(Wake wake) noexcept {
    switch (wake) {
    case Wake::granted: return "granted";
    case Wake::notified: return "notified";
    case Wake::timed_out: return "timed out";
    case Wake::spurious: return "spurious";
    case Wake::ready: return "ready";
    }
    return "unknown";
}

std::string_view name_of(Outcome outcome) noexcept {
    switch (outcome) {
    case Outcome::done: return "done";
    case Outcome::failed: return "failed";
    case Outcome::cancelled: return "cancelled";
    }
    return "unknown";
}

// Every lookup below may be given a number from a trace that somebody else made, and answers
// something harmless when there is no such thing.

std::string_view Trace::label(const Event& event) const noexcept {
    return event.label < labels_.size() ? std::string_view{labels_[event.label]}
                                        : std::string_view{};
}

std::string_view Trace::thread_name(ThreadId thread) const noexcept {
    if (thread >= threads_.size()) {
        return "an unknown thread";
    }
    return threads_[thread].name;
}

ObjectKind Trace::object_kind(ObjectId object) const noexcept {
    return object < objects_.size() ? objects_[object].first : ObjectKind::none;
}

ThreadId Trace::joined_thread(const Event& event) const noexcept {
    const bool join =
        event.kind == EventKind::blocked && event.value == static_cast<std::int64_t>(Wait::join);
    const bool known = event.object != 0 && event.object <= threads_.size();
    return join && known ? static_cast<ThreadId>(event.object - 1) : no_thread;
}

std::string Trace::object_name(ObjectId object) const {
    if (object == 0 || object >= objects_.size()) {
        return "nothing";
    }
    return fmt::format("{} #{}", name_of(objects_[object].first), objects_[object].second);
}

std::vector<Place> Trace::stack(StackId stack) const {
    if (stack != 0 && stack < places_.size()) {
        return places_[stack];
    }
    if (stack == 0 || stack >= stacks_.size()) {
        return {};
    }
    return places_of(stacks_[stack]);
}

Place Trace::place(StackId stack) const {
    for (Place& place : this->stack(stack)) {
        if (place.owner == Owner::program) {
            return std::move(place);
        }
    }
    return {};
}

Duration Trace::work() const noexcept {
    std::int64_t sum = 0;
    for (const Event& event : events_) {
        if (event.kind != EventKind::computed || event.value <= 0) {
            continue;
        }
        if (event.value > std::numeric_limits<std::int64_t>::max() - sum) {
            return Duration::max();
        }
        sum += event.value;
    }
    return Duration{sum};
}

double Trace::speed_up() const noexcept {
    const Duration done = work();
    if (done.count() == 0 || makespan_.count() == 0) {
        return 0.0;
    }
    return static_cast<double>(done.count()) / static_cast<double>(makespan_.count());
}

}  // namespace lab
