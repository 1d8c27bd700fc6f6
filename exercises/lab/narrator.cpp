#include <lab/narrator.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

namespace lab {
namespace {

std::string woken(const Event& event) {
    switch (static_cast<Wake>(event.value)) {
    case Wake::granted: return "gets what it waited for";
    case Wake::notified: return "is woken";
    case Wake::timed_out: return "goes on: its time is up";
    case Wake::spurious: return "wakes up for no reason (a spurious wake-up)";
    case Wake::ready: return "goes on";
    }
    return "goes on";
}

std::string wakes(const Event& event) {
    if (event.value <= 0) {
        return "nobody waits for it";
    }
    return "wakes " + printable::count(static_cast<std::size_t>(event.value), "thread");
}

}  // namespace

Narrator::Narrator(const Trace& trace) : trace_{trace} {
    for (const Event& event : trace.events()) {
        if (event.label != 0 && event.value != 0) {
            with_values_.insert(trace.label(event));
        }
    }
}

std::string Narrator::labelled(std::string_view label, std::int64_t value) const {
    const std::string name = printable::clean(label);
    return with_values_.contains(label) ? fmt::format("{} {}", name, value) : name;
}

std::string Narrator::thread(ThreadId thread) const {
    return printable::clean(trace_.thread_name(thread), 32);
}

void Narrator::pass(const Event& event) {
    if (event.kind == EventKind::locked || event.kind == EventKind::locked_shared) {
        ++holders_[event.object][event.thread];
    } else if (event.kind == EventKind::unlocked) {
        auto& holders = holders_[event.object];
        auto holder = holders.find(event.thread);
        if (holder == holders.end()) {
            holder = holders.begin();
        }
        if (holder != holders.end() && --holder->second <= 0) {
            holders.erase(holder);
        }
    }
}

std::string Narrator::held_by(const Event& event) const {
    const auto holders = holders_.find(event.object);
    if (holders == holders_.end() || holders->second.empty()) {
        return "";
    }
    const ThreadId first = holders->second.begin()->first;
    if (holders->second.contains(event.thread)) {
        return " (which it holds itself)";
    }
    const std::size_t others = holders->second.size() - 1;
    return fmt::format(" (held by {}{})", thread(first),
                       others == 0 ? "" : fmt::format(" and {} more", others));
}

std::string Narrator::wait(const Event& event) const {
    const auto wait = static_cast<Wait>(event.value);
    const bool named = wait != Wait::join && trace_.object_kind(event.object) != ObjectKind::none;
    const std::string what =
        named ? printable::clean(trace_.object_name(event.object)) : std::string{name_of(wait)};
    switch (wait) {
    case Wait::sleep: return "sleeps";
    case Wait::join:
        if (const ThreadId joined = trace_.joined_thread(event); joined != no_thread) {
            return fmt::format("waits for {} to end", thread(joined));
        }
        break;
    case Wait::mutex: return fmt::format("waits for {}{}", what, held_by(event));
    case Wait::shared_lock: return fmt::format("waits to read under {}{}", what, held_by(event));
    case Wait::condition:
    case Wait::semaphore:
    case Wait::futex:
    case Wait::barrier:
    case Wait::once:
    case Wait::io:
    case Wait::core:
    case Wait::child: break;
    }
    return fmt::format("waits for {}", what);
}

std::string Narrator::tell(const Event& event) {
    const auto object = [&] { return printable::clean(trace_.object_name(event.object)); };
    const auto other = [&] {
        const bool known =
            event.value >= 0 && event.value < static_cast<std::int64_t>(trace_.threads().size());
        return known ? thread(static_cast<ThreadId>(event.value)) : std::string{"a thread"};
    };
    const auto subject = [&] { return labelled(trace_.label(event), event.value); };
    // Before `pass`: a lock is not yet held by the one who waits for it.
    std::string words;
    switch (event.kind) {
    case EventKind::thread_started:
        words = event.value < 0 ? "starts" : fmt::format("starts (made by {})", other());
        break;
    case EventKind::thread_ended: words = "ends"; break;
    case EventKind::thread_joined: words = fmt::format("has joined {}", other()); break;
    case EventKind::thread_detached: words = fmt::format("detaches {}", other()); break;
    case EventKind::blocked: words = wait(event); break;
    case EventKind::resumed: words = woken(event); break;
    case EventKind::locked: words = fmt::format("locks {}", object()); break;
    case EventKind::locked_shared: words = fmt::format("locks {} for reading", object()); break;
    case EventKind::unlocked: words = fmt::format("unlocks {}", object()); break;
    case EventKind::try_failed:
        words = fmt::format("tries {} in vain{}", object(), held_by(event));
        break;
    case EventKind::notified: words = fmt::format("notifies {}: {}", object(), wakes(event)); break;
    case EventKind::posted: words = fmt::format("posts {}: {}", object(), wakes(event)); break;
    case EventKind::yielded: words = "yields"; break;
    case EventKind::clock_read: words = "reads the clock"; break;
    case EventKind::accessed: words = "accesses shared memory"; break;
    case EventKind::computing: words = fmt::format("computes on core {}", event.value); break;
    case EventKind::computed:
        words = fmt::format("has computed for {}", printable::human(Duration{event.value}));
        break;
    case EventKind::marked: words = fmt::format("\"{}\"", subject()); break;
    case EventKind::span_begun: words = fmt::format("begins \"{}\"", subject()); break;
    case EventKind::span_ended:
        words = fmt::format("ends \"{}\"", subject());
        if (event.object != static_cast<ObjectId>(Outcome::done)) {
            words += fmt::format(" ({})", name_of(static_cast<Outcome>(event.object)));
        }
        break;
    }
    if (words.empty()) {
        words = "does something unknown";
    }
    pass(event);
    return words;
}

}  // namespace lab
