#include "runs.hpp"

#include <lab/catch.hpp>

#include <judge/complaint.hpp>

#include <array>

namespace {

using namespace lockstep;
using Kind = lab::Diagnosis::Kind;

TEST_CASE("a run with nothing wrong gives no complaint") {
    CHECK_FALSE(complaint_of(made::played(made::parts()), {}).has_value());
}

TEST_CASE("every diagnosis that ends a run has a verdict of its own kind, and words") {
    const auto [kind, verdict] = GENERATE(table<Kind, Verdict>({
        {Kind::lock_cycle, Verdict::deadlock},
        {Kind::self_deadlock, Verdict::deadlock},
        {Kind::lost_wakeup, Verdict::deadlock},
        {Kind::never_woken, Verdict::deadlock},
        {Kind::busy_wait, Verdict::busy_wait},
        {Kind::endless, Verdict::timeout},
        {Kind::stuck, Verdict::timeout},
        {Kind::joinable_destroyed, Verdict::crash},
        {Kind::uncaught_exception, Verdict::crash},
        {Kind::terminated, Verdict::crash},
        {Kind::crashed, Verdict::crash},
        {Kind::stack_overflow, Verdict::crash},
        {Kind::exited, Verdict::crash},
        {Kind::body_threw, Verdict::wrong},
        {Kind::out_of_bounds, Verdict::wrong},
        {Kind::too_many_threads, Verdict::over_limit},
        {Kind::out_of_threads, Verdict::over_limit},
    }));
    const auto complaint = complaint_of(made::played(kind), {});
    REQUIRE(complaint);
    CHECK(complaint->verdict == verdict);
    CHECK_FALSE(complaint->expected.empty());
    CHECK_FALSE(complaint->hint.empty());
    CHECK(complaint->happened.find("Two threads wait for each other.") == 0);
    CHECK(complaint->happened.find("(downloads.cpp:23)") != std::string::npos);
}

TEST_CASE("what does not end a run counts only where a check asks for it") {
    const auto [kind, verdict] = GENERATE(table<Kind, Verdict>({
        {Kind::leaked_thread, Verdict::leak},
        {Kind::leaked_process, Verdict::leak},
        {Kind::leaked_coroutine, Verdict::leak},
        {Kind::leaked_timer, Verdict::leak},
        {Kind::data_race, Verdict::data_race},
        {Kind::blocked_loop, Verdict::blocked_loop},
        {Kind::not_released, Verdict::deadlock},
        {Kind::unlock_not_owner, Verdict::wrong},
        {Kind::destroyed_locked, Verdict::wrong},
    }));
    const Played run = made::played(kind);
    CHECK_FALSE(complaint_of(run, {}).has_value());
    const std::array also{kind};
    const auto complaint = complaint_of(run, also);
    REQUIRE(complaint);
    CHECK(complaint->verdict == verdict);
}

TEST_CASE("what a check asks for comes before what ended the run") {
    lab::TraceParts parts = made::parts();
    parts.diagnoses = {made::diagnosis(Kind::crashed), made::diagnosis(Kind::data_race)};
    const std::array also{Kind::data_race};
    const Played run = made::played(std::move(parts));
    CHECK(complaint_of(run, also)->verdict == Verdict::data_race);
}

TEST_CASE("a function that is not written yet is told by its exception, or by its mark alone") {
    Played run = made::played(made::parts());
    SECTION("the exception came out") {
        run.answer.unwritten =
            Unwritten{"/submission/downloads.cpp", 12, "not written yet: downloads.cpp:12: loop"};
    }
    SECTION("it was swallowed") {
        run = made::played(made::parts("not written yet: downloads.cpp:12: loop"));
    }
    const auto complaint = complaint_of(run, {});
    REQUIRE(complaint);
    CHECK(complaint->verdict == Verdict::todo);
    CHECK(complaint->happened == "not written yet: downloads.cpp:12: loop");
    REQUIRE(complaint->stacks.size() == 1);
    CHECK(student_place(complaint->stacks[0]).file == "downloads.cpp");
}

TEST_CASE("a worker that said nothing is judged by how it ended") {
    const auto [end, verdict] = GENERATE(table<End, Verdict>({
        {End::wall_time, Verdict::timeout},
        {End::cpu_time, Verdict::timeout},
        {End::memory, Verdict::over_limit},
        {End::output, Verdict::over_limit},
        {End::processes, Verdict::over_limit},
        {End::signalled, Verdict::crash},
        {End::exited, Verdict::crash},
        {End::not_started, Verdict::grader_error},
    }));
    Outcome outcome;
    outcome.end = end;
    outcome.status = 11;
    outcome.output = "no bwrap";
    CHECK(complaint_of(outcome, "").verdict == verdict);
}

TEST_CASE("what a worker claims of itself never spares it") {
    Outcome outcome;
    outcome.end = End::exited;
    const Complaint complaint = complaint_of(outcome, "The machine is broken.\x1b[2J");
    CHECK(costs_points(complaint.verdict));
    CHECK(complaint.happened.find('\x1b') == std::string::npos);
}

TEST_CASE("a place is the innermost one in the student's own files") {
    const std::array stack{made::in_kit, made::in_student_file, made::in_kit};
    CHECK(student_place(stack).line == 23);
    CHECK(student_place(stack).file == "downloads.cpp");
    const std::array without{made::in_kit};
    CHECK_FALSE(student_place(without).known());
}

}  // namespace
