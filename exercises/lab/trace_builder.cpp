#include <lab/trace_builder.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace lab {

Trace TraceBuilder::build(TraceParts&& parts) {
    Trace trace;
    trace.policy_ = std::move(parts.policy);
    trace.seed_ = parts.seed;
    trace.spurious_wakeups_ = parts.spurious_wakeups;
    trace.memory_points_ = parts.memory_points;
    trace.steps_ = parts.steps;
    trace.completed_ = parts.completed;
    trace.touched_outside_ = parts.touched_outside;
    trace.makespan_ = std::max(parts.makespan, Duration{0});
    trace.schedule_ = std::move(parts.schedule);
    trace.events_ = std::move(parts.events);
    trace.threads_ = std::move(parts.threads);
    for (std::size_t i = 0; i < trace.threads_.size(); ++i) {
        if (std::string& name = trace.threads_[i].name; name.empty()) {
            name = i == 0 ? "main" : "thread " + std::to_string(i);
        }
    }
    trace.objects_ = std::move(parts.objects);
    trace.labels_ = std::move(parts.labels);
    trace.stacks_ = std::move(parts.stacks);
    trace.places_ = std::move(parts.places);
    trace.diagnoses_ = std::move(parts.diagnoses);
    return trace;
}

TraceParts TraceBuilder::take_apart(Trace&& trace) {
    TraceParts parts;
    parts.policy = std::move(trace.policy_);
    parts.seed = trace.seed_;
    parts.spurious_wakeups = trace.spurious_wakeups_;
    parts.memory_points = trace.memory_points_;
    parts.steps = trace.steps_;
    parts.completed = trace.completed_;
    parts.touched_outside = trace.touched_outside_;
    parts.makespan = trace.makespan_;
    parts.schedule = std::move(trace.schedule_);
    parts.events = std::move(trace.events_);
    parts.threads = std::move(trace.threads_);
    parts.objects = std::move(trace.objects_);
    parts.labels = std::move(trace.labels_);
    parts.stacks = std::move(trace.stacks_);
    parts.places = std::move(trace.places_);
    parts.diagnoses = std::move(trace.diagnoses_);
    return parts;
}

}  // namespace lab
