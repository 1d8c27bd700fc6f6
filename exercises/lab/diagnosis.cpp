#include <lab/diagnosis.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

namespace lab {
namespace {

constexpr std::size_t most_witnesses = 16;
constexpr std::size_t most_frames = 8;
constexpr std::size_t most_columns = 300;

/// The program's own frames; what the library and the lab called in between tells a student little.
void append_stack(std::string& text, const Witness& witness) {
    std::size_t shown = 0;
    for (const Place& frame : witness.stack) {
        if (frame.owner != Owner::program || !frame.known()) {
            continue;
        }
        if (++shown > most_frames) {
            text += "        …\n";
            return;
        }
        const std::string function = printable::clean(frame.function, most_columns);
        text += fmt::format("      {} {}{}{}\n", shown == 1 ? "in" : "from", function,
                            function.empty() ? "" : "  ", printable::clean(frame.brief()));
    }
}

}  // namespace

std::string_view name_of(ObjectKind kind) noexcept {
    switch (kind) {
    case ObjectKind::none: return "nothing";
    case ObjectKind::mutex: return "mutex";
    case ObjectKind::rwlock: return "reader-writer lock";
    case ObjectKind::condition: return "condition variable";
    case ObjectKind::semaphore: return "semaphore";
    case ObjectKind::futex: return "futex";
    case ObjectKind::barrier: return "barrier";
    case ObjectKind::once: return "once flag";
    case ObjectKind::thread: return "thread";
    case ObjectKind::descriptor: return "descriptor";
    case ObjectKind::core: return "core";
    }
    return "object";
}

std::string_view name_of(Diagnosis::Kind kind) noexcept {
    switch (kind) {
    case Diagnosis::Kind::lock_cycle: return "lock_cycle";
    case Diagnosis::Kind::self_deadlock: return "self_deadlock";
    case Diagnosis::Kind::lost_wakeup: return "lost_wakeup";
    case Diagnosis::Kind::never_woken: return "never_woken";
    case Diagnosis::Kind::busy_wait: return "busy_wait";
    case Diagnosis::Kind::endless: return "endless";
    case Diagnosis::Kind::stuck: return "stuck";
    case Diagnosis::Kind::blocked_loop: return "blocked_loop";
    case Diagnosis::Kind::unlock_not_owner: return "unlock_not_owner";
    case Diagnosis::Kind::destroyed_locked: return "destroyed_locked";
    case Diagnosis::Kind::not_released: return "not_released";
    case Diagnosis::Kind::data_race: return "data_race";
    case Diagnosis::Kind::leaked_thread: return "leaked_thread";
    case Diagnosis::Kind::leaked_process: return "leaked_process";
    case Diagnosis::Kind::leaked_coroutine: return "leaked_coroutine";
    case Diagnosis::Kind::leaked_timer: return "leaked_timer";
    case Diagnosis::Kind::joinable_destroyed: return "joinable_destroyed";
    case Diagnosis::Kind::uncaught_exception: return "uncaught_exception";
    case Diagnosis::Kind::body_threw: return "body_threw";
    case Diagnosis::Kind::terminated: return "terminated";
    case Diagnosis::Kind::crashed: return "crashed";
    case Diagnosis::Kind::stack_overflow: return "stack_overflow";
    case Diagnosis::Kind::exited: return "exited";
    case Diagnosis::Kind::too_many_threads: return "too_many_threads";
    case Diagnosis::Kind::out_of_threads: return "out_of_threads";
    case Diagnosis::Kind::diverged: return "diverged";
    case Diagnosis::Kind::out_of_bounds: return "out_of_bounds";
    }
    return "unknown";
}

bool fatal(Diagnosis::Kind kind) noexcept {
    switch (kind) {
    case Diagnosis::Kind::lock_cycle:
    case Diagnosis::Kind::self_deadlock:
    case Diagnosis::Kind::lost_wakeup:
    case Diagnosis::Kind::never_woken:
    case Diagnosis::Kind::busy_wait:
    case Diagnosis::Kind::endless:
    case Diagnosis::Kind::stuck:
    case Diagnosis::Kind::joinable_destroyed:
    case Diagnosis::Kind::uncaught_exception:
    case Diagnosis::Kind::terminated:
    case Diagnosis::Kind::crashed:
    case Diagnosis::Kind::stack_overflow:
    case Diagnosis::Kind::exited:
    case Diagnosis::Kind::out_of_bounds: return true;
    case Diagnosis::Kind::blocked_loop:
    case Diagnosis::Kind::unlock_not_owner:
    case Diagnosis::Kind::destroyed_locked:
    case Diagnosis::Kind::not_released:
    case Diagnosis::Kind::data_race:
    case Diagnosis::Kind::leaked_thread:
    case Diagnosis::Kind::leaked_process:
    case Diagnosis::Kind::leaked_coroutine:
    case Diagnosis::Kind::leaked_timer:
    case Diagnosis::Kind::body_threw:
    case Diagnosis::Kind::too_many_threads:
    case Diagnosis::Kind::out_of_threads:
    case Diagnosis::Kind::diverged: return false;
    }
    return false;
}

std::string Diagnosis::explain() const {
    const std::string when = at_ns == 0
                                 ? fmt::format("at step {}", step)
                                 : fmt::format("at step {}, after {}", step,
                                               printable::human(std::chrono::nanoseconds{at_ns}));
    std::string text =
        fmt::format("{} ({}): {}\n", name_of(kind), when, printable::clean(summary, most_columns));
    std::size_t shown = 0;
    for (const Witness& witness : witnesses) {
        if (++shown > most_witnesses) {
            text += fmt::format("  and {} more\n", witnesses.size() - most_witnesses);
            break;
        }
        text += fmt::format("  {}: {}", printable::clean(witness.name),
                            printable::clean(witness.state, most_columns));
        if (witness.place.known() || !witness.place.function.empty()) {
            text += fmt::format("  [{}]", printable::clean(witness.place.brief()));
        }
        text += '\n';
        append_stack(text, witness);
    }
    return text;
}

}  // namespace lab
