#include "jobs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::cancellation {

Numbers JobPlan::workload() const {
    return {{"times", times},       {"listens", listens},       {"fails", fails},
            {"pause", {pause}},     {"cleanup", {cleanup}},     {"script", script},
            {"inside", {inside}},   {"cancellers", cancellers}, {"starters", {starters}},
            {"waiters", {waiters}}, {"samples", {samples}},     {"beside", {beside ? 1 : 0}}};
}

std::int64_t JobPlan::begin_of(std::size_t number) const {
    std::int64_t instant = 0;
    for (std::size_t step = 0; step < number; ++step) instant += times[step] + pause;
    return instant;
}

JobPlan drawn_job(Draw draw, std::size_t steps) {
    JobPlan plan;
    for (std::size_t step = 0; step < steps; ++step)
        plan.times.push_back(draw.number(20, 60) * millisecond);
    plan.listens.assign(steps, 0);
    plan.fails.assign(steps, 0);
    plan.pause = draw.number(100, 200) * millisecond;
    plan.cleanup = draw.number(30, 60) * millisecond;
    plan.script = {0, 0, 0, 2, 0, 3};
    return plan;
}

Course course_of(const JobPlan& plan, std::int64_t cancelled, std::int64_t started) {
    std::int64_t now = started;
    for (std::size_t step = 0; step < plan.times.size(); ++step) {
        if (step > 0) {
            const std::int64_t pause_ends = now + plan.pause;
            if (cancelled < pause_ends) return {step, std::max(now, cancelled), JobEnd::cancelled};
            now = pause_ends;
        } else if (cancelled < now) {
            return {0, now, JobEnd::cancelled};
        }
        std::int64_t end = now + plan.times[step];
        if (plan.listens[step] != 0) end = std::min(end, std::max(now, cancelled));
        now = end;
        if (plan.fails[step] != 0) return {step + 1, now, JobEnd::error};
    }
    return {plan.times.size(), now, JobEnd::finished};
}

std::vector<std::vector<lab::Place>> places_of_job(const lab::Trace& trace,
                                                   std::initializer_list<std::string_view> labels) {
    std::vector<std::vector<lab::Place>> stacks = places_of_marks(trace, labels);
    for (const lab::ThreadInfo& thread : trace.threads())
        stacks.push_back(trace.stack(thread.created_at));
    return stacks;
}

std::string_view name_of(JobEnd end) {
    switch (end) {
    case JobEnd::finished: return "End::finished";
    case JobEnd::cancelled: return "End::cancelled";
    case JobEnd::error: return "the exception of the step";
    case JobEnd::logic_error: return "std::logic_error";
    case JobEnd::number: return "the number that the step threw";
    case JobEnd::other: break;
    }
    return "another exception";
}

std::optional<Complaint> nothing_done(const Played& run) {
    if (!run.trace.spans("step").empty()) return std::nullopt;
    return Complaint{.expected = "The job does its steps.",
                     .happened = "None was done.",
                     .hint = "start starts a thread, which calls step for each of them.",
                     .stacks = places_of_job(run.trace, {"cleanup"})};
}

std::optional<Complaint> ended_otherwise(const Played& run, JobEnd expected,
                                         const std::string& why) {
    const bool thrown = expected == JobEnd::error || expected == JobEnd::number;
    const std::vector<std::int64_t>& ends = run.answer.list("ends");
    for (const std::int64_t end : ends) {
        if (end == static_cast<std::int64_t>(expected)) continue;
        return Complaint{
            .verdict = Verdict::wrong,
            .expected = fmt::format("{} {}wait gives {}.", why, ends.size() > 1 ? "every " : "",
                                    name_of(expected)),
            .happened = fmt::format("{} gave {}.", ends.size() > 1 ? "One" : "It",
                                    name_of(static_cast<JobEnd>(end))),
            .hint = thrown ? "Catch whatever a step throws, keep it as a std::exception_ptr, and "
                             "rethrow that in every wait: who moves it out leaves nothing for the "
                             "next one."
                           : "Decide how the job ended where it ends, once; a cancellation is "
                             "reported as what it is: neither a success nor an error.",
            .stacks = places_of_job(run.trace, {"step", "cleanup"})};
    }
    return std::nullopt;
}

}  // namespace lockstep::cancellation
