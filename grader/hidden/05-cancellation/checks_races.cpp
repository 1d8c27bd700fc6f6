// Exercise 05's hidden check for data races: a job under ThreadSanitizer.
#include "jobs.hpp"

#include <lab/catch.hpp>

namespace lockstep::cancellation {
namespace {

void examine_races(const JobPlan& job) {
    Plan plan;
    plan.scenario = "job";
    plan.workload = job.workload();
    plan.judge = nothing_done;
    plan.flavour = Flavour::tsan;
    plan.schedules = 15;
    plan.also = {lab::Diagnosis::Kind::data_race};
    examine(plan);
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

    JobPlan destroyed = job;
    destroyed.waiters = 0;
    destroyed.script = {0, 0, job.begin_of(1) + 5 * millisecond, 3};
    examine_races(destroyed);
}

}  // namespace lockstep::cancellation
