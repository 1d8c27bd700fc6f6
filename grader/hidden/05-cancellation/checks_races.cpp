// Exercise 05's hidden check for data races: a job under ThreadSanitizer.
#include "jobs.hpp"

#include <lab/catch.hpp>

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

namespace lockstep::cancellation {
namespace {

void examine_races(const JobPlan& job, Judge judge = nothing_done) {
    Plan plan;
    plan.scenario = "job";
    plan.workload = job.workload();
    plan.judge = std::move(judge);
    plan.flavour = Flavour::tsan;
    plan.schedules = 15;
    plan.also = {lab::Diagnosis::Kind::data_race};
    examine(plan);
}

/// The job is started by `job.starters` threads and the script at once, by one of them, that is;
/// and later by the script once more.
std::optional<Complaint> started_once(const JobPlan& job, const Played& run) {
    if (auto idle = nothing_done(run)) return idle;
    const std::int64_t refused = run.answer.number("refused").value_or(-1);
    if (refused == job.starters + 1) return std::nullopt;
    // Who never refuses is no matter of threads: `steps` says so.
    if (run.answer.number("refused by the script") == 0) return std::nullopt;
    return Complaint{
        .expected =
            "Of several threads that call start at once, one starts the job; for the "
            "others it is the second call, which throws std::logic_error.",
        .happened = fmt::format("Of {} calls at once, {} {} refused.", job.starters + 1,
                                refused - 1, refused == 2 ? "was" : "were"),
        .hint = std::string{check_then_act},
        .stacks = places_of_job(run.trace, {"start"})};
}

}  // namespace

TEST_CASE("05-cancellation/races", "[05-cancellation][tsan]") {
    JobPlan job = drawn_job(draw("05 races"), 3);
    job.waiters = 2;
    job.samples = 20;
    examine_races(job);

    JobPlan cancelled = job;
    const std::int64_t instant = job.begin_of(1) - job.pause / 2 + millisecond / 2;
    cancelled.cancellers = {instant, instant};
    examine_races(cancelled);

    JobPlan failing = job;
    failing.fails[1] = 1;
    examine_races(failing);

    JobPlan contended = drawn_job(draw("05 races of starts"), 1);
    contended.starters = 2;
    contended.script = {0, 0, 5 * millisecond, 0, 5 * millisecond, 2, 0, 3};
    examine_races(contended, [=](const Played& run) { return started_once(contended, run); });

    JobPlan destroyed = job;
    destroyed.waiters = 0;
    destroyed.script = {0, 0, job.begin_of(1) + 5 * millisecond, 3};
    examine_races(destroyed);
}

}  // namespace lockstep::cancellation
