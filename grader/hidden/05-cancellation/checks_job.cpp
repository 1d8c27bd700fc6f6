// Exercise 05's hidden checks of Job. What ThreadSanitizer sees is in checks_races.cpp.
#include "jobs.hpp"

#include <lab/catch.hpp>
#include <lab/finding.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::cancellation {
namespace {

using lab::printable::count;
using lab::printable::human;

constexpr std::int64_t half = millisecond / 2;  // so that nothing else happens at that instant

lab::Duration at(std::int64_t instant) { return lab::Duration{instant}; }

Complaint complaint(const Played& run, std::string expected, std::string happened, std::string hint,
                    std::initializer_list<std::string_view> where = {"step", "cleanup"}) {
    return {.verdict = Verdict::wrong,
            .expected = std::move(expected),
            .happened = std::move(happened),
            .hint = std::move(hint),
            .stacks = places_of_job(run.trace, where)};
}

Plan plan_for(const JobPlan& job, Judge judge, std::size_t schedules = 20) {
    Plan plan;
    plan.scenario = "job";
    plan.workload = job.workload();
    plan.judge = std::move(judge);
    plan.schedules = schedules;
    return plan;
}

// --- steps: what happens when nobody cancels ---

/// `number` steps, in turn, each at its time.
std::optional<Complaint> steps_in_turn(const JobPlan& job, std::size_t number, const Played& run) {
    const std::vector<lab::SpanRecord> steps = run.trace.spans("step");
    for (std::size_t i = 0; i < std::min(number, steps.size()); ++i) {
        if (steps[i].thread != steps[0].thread)
            return complaint(run, "All steps are done on one thread, the job's.",
                             fmt::format("Step {} was done on another one.", steps[i].value),
                             "start starts one thread, and that does the steps in a loop.");
        if (steps[i].value != static_cast<std::int64_t>(i))
            return complaint(run, fmt::format("Step {} comes after step {}.", i, i - 1),
                             fmt::format("It was step {}.", steps[i].value),
                             "One thread does the steps in a loop.");
        // Whoever waits by Asio's timers wakes up at whole milliseconds, later by less than one.
        const std::int64_t late =
            job.pause % millisecond == 0 ? 0 : static_cast<std::int64_t>(i) * (millisecond - 1);
        if (steps[i].begin < at(job.begin_of(i)) || steps[i].begin > at(job.begin_of(i) + late))
            return complaint(
                run,
                fmt::format("Step {} begins after {}: the steps before it take their time, and the "
                            "job pauses for {} between two of them.",
                            i, human(at(job.begin_of(i))), human(at(job.pause))),
                fmt::format("It began after {}.", human(steps[i].begin)),
                job.pause % millisecond == 0
                    ? "A condition variable may wake up for no reason: wait with a predicate, or "
                      "until an instant, in a loop."
                    : "Give the pause to the wait as it is: a cast to milliseconds cuts the rest "
                      "off.");
    }
    if (steps.size() == number) return std::nullopt;
    return complaint(run, fmt::format("The job does {}.", count(number, "step")),
                     fmt::format("There {} {}.", steps.size() == 1 ? "was" : "were", steps.size()),
                     number == 0
                         ? "No step is fine, too: compare before the first one, and take nothing "
                           "from an unsigned zero."
                         : "A step that throws is the last one; without an error all are done.");
}

std::optional<Complaint> progress_right(const JobPlan& job, std::size_t done, const Played& run) {
    const std::string expected = "steps_done says how many steps have returned.";
    const std::string hint = "Count a step after it has returned, and never count back.";
    const std::vector<std::int64_t>& samples = run.answer.list("progress");
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto instant = static_cast<std::int64_t>(i) * millisecond;
        std::int64_t least = 0;
        std::int64_t most = 0;
        for (std::size_t step = 0; step < done; ++step) {
            const std::int64_t end = job.begin_of(step) + job.times[step];
            if (end < instant) ++least;
            if (end <= instant) ++most;
        }
        if (samples[i] < least || samples[i] > most)
            return complaint(
                run, expected,
                fmt::format("After {} it said {}, when {} had returned.", human(at(instant)),
                            samples[i], count(static_cast<std::size_t>(least), "step")),
                hint);
    }
    const std::int64_t last = run.answer.number("done").value_or(-1);
    if (last == static_cast<std::int64_t>(done)) return std::nullopt;
    return complaint(
        run, expected,
        fmt::format("At the end it said {}, and {} had returned.", last, count(done, "step")),
        hint);
}

/// Of a job that is over: what steps_done says, and how many steps have returned.
std::optional<Complaint> counted_otherwise(const Played& run) {
    const auto returned =
        std::ranges::count_if(run.trace.spans("step"), [](const lab::SpanRecord& step) {
            return !step.open && step.outcome != lab::Outcome::failed;
        });
    const std::int64_t said = run.answer.number("done").value_or(-1);
    if (said == returned) return std::nullopt;
    return complaint(run, "steps_done says how many steps have returned.",
                     fmt::format("At the end it said {}, and {} had returned.", said,
                                 count(static_cast<std::size_t>(returned), "step")),
                     "Count a step when it has returned, whatever was asked of the job meanwhile.");
}

void examine_undisturbed(const JobPlan& job, std::size_t begun, std::size_t done, JobEnd end) {
    examine(plan_for(job, [=](const Played& run) -> std::optional<Complaint> {
        if (auto wrong = steps_in_turn(job, begun, run)) return wrong;
        if (auto wrong = progress_right(job, done, run)) return wrong;
        return ended_otherwise(
            run, end, end == JobEnd::finished ? "When all steps are done," : "When a step throws,");
    }));
}

/// Of two calls of start the second is refused, and the steps are done as if there had been one.
void examine_second_start(const JobPlan& job, const char* expected, const char* hint) {
    examine(plan_for(
        job,
        [=](const Played& run) -> std::optional<Complaint> {
            if (run.answer.number("refused") != 1)
                return complaint(run, expected, "It did not.", hint);
            if (auto wrong = steps_in_turn(job, 2, run)) return wrong;
            if (auto wrong = counted_otherwise(run))
                return complaint(run, "A start that is refused changes nothing.",
                                 std::move(wrong->happened), "Look first, change then.");
            return std::nullopt;
        },
        5));
}

// --- prompt: what a cancel stops, and when ---

/// Cancelled at `instant`, from another thread. The cleanup takes no time.
void examine_cancel(JobPlan job, std::int64_t instant, const std::string& during,
                    std::size_t schedules = 20) {
    job.cleanup = 0;
    job.cancellers = {instant};
    job.script = {0, 0, 0, 2, 0, 3};
    const Course course = course_of(job, instant);
    examine(plan_for(
        job,
        [=](const Played& run) -> std::optional<Complaint> {
            if (auto idle = nothing_done(run)) return idle;
            const std::string hint =
                job.beside
                    ? std::string{shared_by_all}
                    : "Look at the stop token before each step, and let the pause end by it: wait "
                      "on a std::condition_variable_any with the token, or change the state under "
                      "the mutex before you notify.";
            for (const lab::SpanRecord& step : run.trace.spans("step")) {
                if (step.begin > at(instant))
                    return complaint(
                        run,
                        fmt::format("Cancelled {} after {}, the job begins no further step.",
                                    during, human(at(instant))),
                        fmt::format("Step {} began after {}.", step.value, human(step.begin)),
                        hint);
                if (step.end > at(course.last))
                    return complaint(
                        run,
                        fmt::format(
                            "The token of a step that is under way after {} tells it of the "
                            "cancellation.",
                            human(at(instant))),
                        fmt::format("It was never told, and went on until {}.", human(step.end)),
                        "Hand the token of the job's own stop source to the step.");
            }
            for (const lab::SpanRecord& wait : run.trace.spans("wait"))
                if (wait.end > at(course.last))
                    return complaint(
                        run,
                        fmt::format("Cancelled {} after {}, the job is over after {}.", during,
                                    human(at(instant)), human(at(course.last))),
                        fmt::format("wait came back after {}.", human(wait.end)), hint);
            for (const lab::SpanRecord& call : run.trace.spans("cancel"))
                if (call.end > call.begin)
                    return complaint(run, "cancel does not wait.",
                                     fmt::format("It took {}.", human(call.end - call.begin)),
                                     "Only ask the job to stop; who wants to wait calls wait.");
            if (job.beside && run.answer.number("beside") != 2)
                return complaint(
                    run, "A second job, which nobody has cancelled, does its two steps.",
                    fmt::format("It did {}.", count(static_cast<std::size_t>(
                                                        run.answer.number("beside").value_or(0)),
                                                    "step")),
                    std::string{shared_by_all});
            return std::nullopt;
        },
        schedules));
}

// --- cleanup: once, at once, to its end, and no thread left ---

/// The job stops at `course.last`; nobody waits for it before `later`.
void examine_cleanup(const JobPlan& job, const Course& course, const std::string& way) {
    Plan plan = plan_for(job, [=](const Played& run) -> std::optional<Complaint> {
        const std::string expected = fmt::format(
            "When {}, cleanup is called once, at once (after {}), and no thread is left "
            "in the end.",
            way, human(at(course.last)));
        const std::string hint =
            "Let every way out of the steps (the end, an exception, a cancellation) lead through "
            "one place of the job's thread, and clean up there.";
        const std::vector<lab::SpanRecord> cleanups = run.trace.spans("cleanup");
        if (cleanups.size() != 1)
            return complaint(run, expected,
                             cleanups.empty()
                                 ? std::string{"It was never called."}
                                 : fmt::format("It was called {} times.", cleanups.size()),
                             hint, {"cleanup", "step"});
        const lab::SpanRecord& cleanup = cleanups.front();
        const std::vector<lab::SpanRecord> steps = run.trace.spans("step");
        for (const std::string_view label : {"start", "wait", "cancel", "destroy"})
            for (const lab::SpanRecord& call : run.trace.spans(label))
                if (call.thread == cleanup.thread)
                    return complaint(run, "The job's own thread cleans up, after its last step.",
                                     "A thread that uses the job did it.", hint, {"cleanup"});
        if (std::ranges::any_of(steps, [&](const lab::SpanRecord& step) {
                return step.end_step > cleanup.begin_step;
            }))
            return complaint(run, expected, "It was called while a step was under way.", hint,
                             {"cleanup"});
        if (cleanup.begin > at(course.last))
            return complaint(run, expected,
                             fmt::format("It was called after {}.", human(cleanup.begin)), hint,
                             {"cleanup"});
        for (const std::string_view label : {"wait", "destroy"}) {
            for (const lab::SpanRecord& call : run.trace.spans(label)) {
                if (call.end_step > cleanup.end_step) continue;
                return complaint(run,
                                 fmt::format("{} comes back when the job has cleaned up.",
                                             label == "wait" ? "wait" : "The destructor"),
                                 "It came back before.", "Announce the end after the cleanup.",
                                 {"cleanup"});
            }
        }
        if (const lab::Finding gone = lab::all_threads_ended_before(run.trace, "came back"); !gone)
            return Complaint{.verdict = Verdict::leak,
                             .expected = "No thread is left when the job has been destroyed.",
                             .happened = "A thread that it started was still alive.",
                             .hint =
                                 "Structured concurrency: whoever starts a thread waits for "
                                 "its end; std::jthread joins in its destructor.",
                             .stacks = places_of_job(run.trace, {})};
        return std::nullopt;
    });
    using Kind = lab::Diagnosis::Kind;
    plan.also = {Kind::leaked_thread, Kind::not_released, Kind::destroyed_locked,
                 Kind::unlock_not_owner};
    // A request that gets lost between a wake-up for no reason and the next wait makes the cleanup
    // late, now and then: that is for `prompt` to say.
    plan.spurious_wakeups = course.end != JobEnd::cancelled;
    examine(plan);
}

// --- whenever: cancel at odd moments ---

void examine_whenever(const JobPlan& job, std::size_t most_steps, JobEnd end,
                      const std::string& why) {
    examine(plan_for(
        job,
        [=](const Played& run) -> std::optional<Complaint> {
            const std::size_t steps = run.trace.spans("step").size();
            if (steps > most_steps)
                return complaint(
                    run, fmt::format("{} at most {} begin.", why, count(most_steps, "step")),
                    fmt::format("There were {}.", steps),
                    "A request to stop stays: look at the token before each step.");
            if (auto otherwise = ended_otherwise(run, end, why)) return otherwise;
            // Of a step that throws when it is told, the trace says that it was cancelled.
            return end == JobEnd::error ? std::nullopt : counted_otherwise(run);
        },
        40));
}

}  // namespace

TEST_CASE("05-cancellation/steps", "[05-cancellation][plain]") {
    JobPlan job = drawn_job(draw("05 steps"), 5);
    // A further thread makes steps of the schedule, at which a condition variable may wake up.
    job.samples = (job.begin_of(4) + 150 * millisecond) / millisecond;
    examine_undisturbed(job, 5, 5, JobEnd::finished);

    JobPlan failing = drawn_job(draw("05 steps, failing"), 4);
    failing.fails[2] = 1;
    failing.waiters = 2;
    examine_undisturbed(failing, 3, 2, JobEnd::error);

    // Whatever a step throws: it need not be a std::exception.
    JobPlan odd = drawn_job(draw("05 steps, a number thrown"), 3);
    odd.fails[1] = 2;
    examine_undisturbed(odd, 2, 1, JobEnd::number);

    JobPlan uneven = drawn_job(draw("05 steps, a pause of no whole milliseconds"), 3);
    uneven.pause += 567'890;
    examine_undisturbed(uneven, 3, 3, JobEnd::finished);
    JobPlan restless = drawn_job(draw("05 steps, without a pause"), 3);
    restless.pause = 0;
    examine_undisturbed(restless, 3, 3, JobEnd::finished);

    // Who begins to wait for its end in the middle of a pause, does not end that.
    JobPlan awaited = drawn_job(draw("05 steps, awaited in a pause"), 3);
    awaited.script = {0, 0, awaited.begin_of(1) - awaited.pause / 2, 2, 0, 3};
    examine_undisturbed(awaited, 3, 3, JobEnd::finished);

    JobPlan none = drawn_job(draw("05 no steps"), 0);
    examine_undisturbed(none, 0, 0, JobEnd::finished);

    JobPlan twice = drawn_job(draw("05 started twice"), 2);
    twice.script = {0, 0, 10 * millisecond, 0, 10 * millisecond, 2, 0, 3};
    examine_second_start(twice, "The second start throws std::logic_error.",
                         "Remember whether the job was started.");
    JobPlan again = drawn_job(draw("05 started after its end"), 2);
    again.script = {0, 0, 0, 2, again.begin_of(3), 0, 0, 2, 0, 3};
    examine_second_start(again,
                         "The second start throws std::logic_error, also when the job has ended.",
                         "Remember for good that the job was started.");

    JobPlan early = drawn_job(draw("05 wait before start"), 1);
    JobPlan cancelled = early;
    early.script = {0, 2, 0, 3};
    cancelled.script = {0, 1, 0, 2, 0, 3};
    for (const auto& [unstarted, when] : {std::pair{early, "Before start,"},
                                          std::pair{cancelled, "Before start, cancelled or not,"}})
        examine(plan_for(
            unstarted,
            [when = std::string{when}](const Played& run) {
                return ended_otherwise(run, JobEnd::logic_error, when);
            },
            3));
}

TEST_CASE("05-cancellation/prompt", "[05-cancellation][plain]") {
    JobPlan job = drawn_job(draw("05 prompt"), 6);
    examine_cancel(job, job.begin_of(3) - job.pause / 2 + half, "during a pause");
    examine_cancel(job, job.begin_of(2) + 10 * millisecond + half, "during a step");
    // At the very instant at which a step ends and the pause begins: no matter which is first. One
    // schedule in twelve has the request come between a look at the token and the wait; not to see
    // it, a lost wake-up must be lucky 160 times (one submission in a million).
    examine_cancel(job, job.begin_of(2) + job.times[2], "at the beginning of a pause", 160);
    job.listens[2] = 1;
    examine_cancel(job, job.begin_of(2) + 10 * millisecond + half, "during a step that listens");
    JobPlan beside = drawn_job(draw("05 prompt, beside another job"), 3);
    beside.beside = true;
    examine_cancel(beside, beside.begin_of(2) - beside.pause / 2 + half,
                   "during a pause, beside another job");
    JobPlan restless = drawn_job(draw("05 prompt, without a pause"), 4);
    restless.pause = 0;
    examine_cancel(restless, restless.begin_of(2) - 10 * millisecond + half,
                   "during a step, with pauses of no time");
}

TEST_CASE("05-cancellation/cleanup", "[05-cancellation][plain]") {
    JobPlan job = drawn_job(draw("05 cleanup"), 3);
    const std::int64_t long_after = job.begin_of(3) + 1'000 * millisecond;
    job.script = {0, 0, long_after, 2, long_after, 3};
    examine_cleanup(job, course_of(job, never), "all steps are done");

    JobPlan waited = drawn_job(draw("05 cleanup waited for"), 2);
    examine_cleanup(waited, course_of(waited, never), "all steps are done");

    JobPlan failing = job;
    failing.fails[1] = 1;
    examine_cleanup(failing, course_of(failing, never), "a step throws");

    JobPlan unbegun = job;
    unbegun.script = {0, 1, 0, 0, long_after, 2, long_after, 3};
    examine_cleanup(unbegun, {.steps = 0, .last = 0, .end = JobEnd::cancelled},
                    "the job was cancelled before its start");

    JobPlan paused = job;
    paused.cancellers = {job.begin_of(1) - job.pause / 2 + half};
    examine_cleanup(paused, course_of(paused, paused.cancellers[0]), "the job is cancelled");

    // Twice, the second time while it cleans up.
    JobPlan again = paused;
    again.cancellers.push_back(paused.cancellers[0] + 10 * millisecond);
    examine_cleanup(again, course_of(again, again.cancellers[0]), "the job is cancelled twice");

    JobPlan destroyed = job;
    const std::int64_t instant = job.begin_of(1) + 10 * millisecond + half;
    destroyed.script = {0, 0, instant, 3};
    examine_cleanup(destroyed, course_of(destroyed, instant),
                    "the job is destroyed while a step is under way");
}

TEST_CASE("05-cancellation/whenever", "[05-cancellation][plain]") {
    const JobPlan job = drawn_job(draw("05 whenever"), 4);
    const std::int64_t after = job.begin_of(4) + 500 * millisecond;
    const auto long_ago = half;

    JobPlan before = job;
    before.script = {0, 1, 0, 0, 0, 2, 0, 3};
    examine_whenever(before, 0, JobEnd::cancelled, "When the job was cancelled before its start,");

    JobPlan too_late = job;
    too_late.script = {0, 0, after, 1, after, 2, after, 1, after, 2, after, 3};
    examine_whenever(too_late, 4, JobEnd::finished, "When it is cancelled after its end,");

    JobPlan last = job;
    last.cancellers = {job.begin_of(3) + 10 * millisecond + half};
    examine_whenever(last, 4, JobEnd::finished, "When it is cancelled during the last step,");

    JobPlan failing = job;
    failing.listens[2] = 1;
    failing.fails[2] = 1;
    failing.cancellers = {job.begin_of(2) + 10 * millisecond + half};
    examine_whenever(failing, 3, JobEnd::error, "When a step throws that was told of the cancel,");

    JobPlan many = job;
    const std::int64_t instant = job.begin_of(2) - job.pause / 2 + half;
    many.cancellers = {instant, instant, instant, instant + 10 * millisecond};
    many.waiters = 2;
    examine_whenever(many, 2, JobEnd::cancelled, "When several threads cancel it,");

    JobPlan inside = job;
    inside.inside = 1;
    examine_whenever(inside, 2, JobEnd::cancelled, "When its own step cancels it,");

    JobPlan cleaning = job;
    cleaning.inside = 4;
    examine_whenever(cleaning, 4, JobEnd::finished, "When its own cleanup cancels it,");

    JobPlan unused = job;
    unused.script = {long_ago, 1, long_ago, 3};
    examine_whenever(unused, 0, JobEnd::cancelled, "When it is never started,");
}

}  // namespace lockstep::cancellation
