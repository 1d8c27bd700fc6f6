// How a trace is made: by the runtime at the end of a run, and by tests by hand.
#pragma once

#include <lab/trace.hpp>

namespace lab {

/// Everything a trace holds. Labels and stacks are numbered from 0, where 0 is "" and "none".
struct TraceParts {
    Policy policy;
    std::uint64_t seed = 0;
    unsigned spurious_wakeups = 0;
    bool memory_points = true;
    std::uint32_t steps = 0;
    bool completed = true;
    bool touched_outside = false;
    Duration makespan{0};
    std::vector<ThreadId> schedule;
    std::vector<Event> events;
    std::vector<ThreadInfo> threads;
    std::vector<std::pair<ObjectKind, unsigned>> objects{{ObjectKind::none, 0}};
    std::vector<std::string> labels{""};
    std::vector<std::vector<void*>> stacks{{}};
    /// Numbered like `stacks`, and preferred to them: for a trace of another process, whose return
    /// addresses mean nothing here. Empty where the stacks are this process's own.
    std::vector<std::vector<Place>> places;
    std::vector<Diagnosis> diagnoses;
};

class TraceBuilder {
public:
    [[nodiscard]] static Trace build(TraceParts&& parts);
    /// The reverse. `explore`, which makes a trace a run, does it for the memory.
    [[nodiscard]] static TraceParts take_apart(Trace&& trace);
};

}  // namespace lab
