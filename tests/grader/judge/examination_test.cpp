#include "runs.hpp"

#include <lab/catch.hpp>

#include <base/error.hpp>
#include <judge/examination.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace lockstep;

/// Answers what it is told to, and keeps what it was asked.
class MadeStage final : public Stage {
public:
    explicit MadeStage(std::function<Performance(const Request&)> answer)
        : answer_{std::move(answer)} {}

    Performance play(const Request& request, Flavour) override {
        asked.push_back(request);
        return answer_(request);
    }
    Performance play_alone(const Request& request, Flavour flavour) override {
        return play(request, flavour);
    }
    std::vector<Request> asked;

private:
    std::function<Performance(const Request&)> answer_;
};

/// Every run is the one that `make` makes for its number.
Performance all(const Request& request, const std::function<Played(std::size_t)>& make) {
    Performance performance;
    for (std::size_t i = 0; i < request.runs.size(); ++i) performance.runs.push_back(make(i));
    performance.finished = true;
    performance.outcome.end = End::exited;
    return performance;
}

Plan plan() {
    Plan plan;
    plan.scenario = "downloads";
    plan.schedules = 5;
    return plan;
}

/// Objects to what is marked "bad".
std::optional<Complaint> nothing_bad(const Played& run) {
    if (run.trace.marks("bad").empty()) return std::nullopt;
    return Complaint{.verdict = Verdict::wrong, .expected = "Good.", .happened = "Bad."};
}

TEST_CASE("a submission to which there is nothing to object has no finding") {
    MadeStage stage{[](const Request& request) {
        return all(request, [](std::size_t) { return made::played(made::parts()); });
    }};
    Examination examination{stage, 1};
    CHECK_FALSE(examination.examine(plan()).has_value());
    CHECK(stage.asked.size() == 1);
    CHECK(stage.asked[0].runs.size() == 5);
}

TEST_CASE("checks that plan the same look at the same runs, played once") {
    MadeStage stage{[](const Request& request) {
        return all(request, [](std::size_t) { return made::played(made::parts()); });
    }};
    Examination examination{stage, 1};
    CHECK_FALSE(examination.examine(plan()).has_value());
    CHECK_FALSE(examination.examine(plan()).has_value());
    CHECK(stage.asked.size() == 1);
    Plan other = plan();
    other.workload["threads"] = {4};
    CHECK_FALSE(examination.examine(other).has_value());
    CHECK(stage.asked.size() == 2);
}

TEST_CASE("a run that ends in what is another check's business is not judged") {
    using Kind = lab::Diagnosis::Kind;
    // As a worker does it: the second run ends so, and no other is played.
    MadeStage stage{[](const Request& request) {
        Performance performance = all(request, [](std::size_t i) {
            return i == 0 ? made::played(made::parts()) : made::played(Kind::lost_wakeup);
        });
        performance.runs.resize(std::min<std::size_t>(performance.runs.size(), 2));
        return performance;
    }};
    Examination examination{stage, 1};
    Plan elsewhere = plan();
    elsewhere.elsewhere = {Kind::never_woken, Kind::lost_wakeup};
    CHECK_FALSE(examination.examine(elsewhere).has_value());
    elsewhere.elsewhere.pop_back();
    CHECK(examination.examine(elsewhere).has_value());
}

TEST_CASE("a check that knows better than the lab what to look for says so, and nothing else") {
    using Kind = lab::Diagnosis::Kind;
    MadeStage stage{[](const Request& request) {
        return all(request, [](std::size_t) { return made::played(Kind::never_woken); });
    }};
    Examination examination{stage, 1};
    Plan advised = plan();
    const auto general = examination.examine(advised);
    REQUIRE(general);
    advised.advise = [](const Played&) { return std::string{"Look into the worker's loop."}; };
    const auto finding = examination.examine(advised);
    REQUIRE(finding);
    CHECK(finding->hint == "Look into the worker's loop.");
    CHECK(finding->happened == general->happened);
    CHECK(finding->verdict == general->verdict);
    advised.advise = [](const Played&) { return std::string{}; };
    CHECK(examination.examine(advised)->hint == general->hint);
}

TEST_CASE("a plan that holds in one run of many can hold") {
    const std::size_t bad = GENERATE(0, 4, 5);
    MadeStage stage{[bad](const Request& request) {
        return all(request, [bad](std::size_t i) {
            return made::played(made::parts(i < bad ? "bad" : "good"));
        });
    }};
    Plan judged = plan();
    judged.judge = nothing_bad;
    Examination examination{stage, 1};
    CHECK(examination.ever_holds(judged) == (bad < 5));
}

TEST_CASE("the first run with an objection decides, and is played again with its stacks") {
    MadeStage stage{[](const Request& request) {
        return all(request, [&](std::size_t i) {
            return made::played(made::parts(i == 3 || request.stacks ? "bad" : "good"));
        });
    }};
    Plan judged = plan();
    judged.judge = [](const Played& run) -> std::optional<Complaint> {
        if (run.trace.marks("bad").empty()) return std::nullopt;
        return Complaint{.verdict = Verdict::wrong,
                         .expected = "Good.",
                         .happened = "Bad.",
                         .hint = "Be good.",
                         .stacks = {run.trace.stack(run.trace.marks("bad")[0].stack)}};
    };
    Examination examination{stage, 1};
    const auto finding = examination.examine(judged);
    REQUIRE(finding);
    CHECK(finding->verdict == Verdict::wrong);
    CHECK(finding->expected == "Good.");
    CHECK(finding->happened == "Bad.");
    CHECK(finding->hint == "Be good.");
    CHECK(finding->file == "downloads.cpp");
    CHECK(finding->line == 23);
    CHECK_FALSE(finding->picture.empty());
    REQUIRE(stage.asked.size() == 2);
    CHECK(stage.asked[1].stacks);
    REQUIRE(stage.asked[1].runs.size() == 1);
    CHECK(stage.asked[1].runs[0] == stage.asked[0].runs[3]);
    CHECK(finding->recipe.find("seed " + std::to_string(stage.asked[1].runs[0].seed)) !=
          std::string::npos);
}

TEST_CASE("what outlives a call is told from a mistake of order") {
    // Every run but a process's first is bad.
    MadeStage stage{[](const Request& request) {
        return all(request,
                   [](std::size_t i) { return made::played(made::parts(i > 0 ? "bad" : "good")); });
    }};
    Plan judged = plan();
    judged.judge = nothing_bad;
    const auto finding = Examination{stage, 1}.examine(judged);
    REQUIRE(finding);
    CHECK(finding->verdict == Verdict::wrong);
    CHECK(finding->expected == "Good.");
    CHECK_THAT(finding->happened,
               lab::contains("made again by the same program") && lab::contains("Bad."));
    CHECK_THAT(finding->hint, lab::contains("`static`"));
    CHECK_THAT(finding->recipe, lab::contains("played twice"));
    // Once alone, and then twice by one process.
    REQUIRE(stage.asked.size() == 3);
    const Run run = stage.asked[0].runs[1];
    CHECK(stage.asked[1].runs == std::vector{run});
    CHECK(stage.asked[2].runs == std::vector{run, run});
}

TEST_CASE("a run that is never seen again is no reason to speak of static variables") {
    MadeStage stage{[](const Request& request) {
        return all(request, [&](std::size_t i) {
            return made::played(made::parts(i == 3 && !request.stacks ? "bad" : "good"));
        });
    }};
    Plan judged = plan();
    judged.judge = nothing_bad;
    const auto finding = Examination{stage, 1}.examine(judged);
    REQUIRE(finding);
    CHECK(finding->happened == "Bad.");
    CHECK(finding->hint.empty());
    CHECK_THAT(finding->recipe, !lab::contains("twice"));
}

/// As the one that takes what `examine` finds bad, and the reference solution, which is asked too.
struct Two {
    MadeStage student{[](const Request& request) {
        return all(request, [&](std::size_t i) {
            return made::played(made::parts(i == 3 || request.stacks ? "bad" : "good"));
        });
    }};
    MadeStage reference;
    Plan judged = plan();

    explicit Two(std::function<Performance(const Request&)> answer) : reference{std::move(answer)} {
        judged.judge = nothing_bad;
    }
    std::optional<Finding> examine() {
        Examination examination{student, 1, &reference};
        return examination.examine(judged);
    }
};

TEST_CASE("beside the run that was objected to stands that of the reference solution") {
    Two two{[](const Request& request) {
        return all(request, [](std::size_t) { return made::played(made::parts("as it should")); });
    }};
    const auto finding = two.examine();
    REQUIRE(finding);
    REQUIRE(finding->timeline);
    CHECK(finding->timeline->rows.size() == 2);
    CHECK(finding->timeline->rows[0].points.at(0).text == "bad");
    REQUIRE(finding->expected_timeline);
    CHECK(finding->expected_timeline->rows[0].points.at(0).text == "as it should");
    // The very same run, without the stacks: a reference's lines are nobody's business.
    REQUIRE(two.reference.asked.size() == 1);
    CHECK(two.reference.asked[0].runs == std::vector{two.student.asked[0].runs[3]});
    CHECK(two.reference.asked[0].workload == two.student.asked[0].workload);
    CHECK_FALSE(two.reference.asked[0].stacks);
}

TEST_CASE("a reference solution that does no better, or can't be played, is not shown") {
    const auto bad = GENERATE(0, 1, 2);
    Two two{[bad](const Request& request) -> Performance {
        if (bad == 0) throw GraderError{"There is no room."};
        if (bad == 1) return {};
        return all(request, [](std::size_t) { return made::played(made::parts("bad")); });
    }};
    const auto finding = two.examine();
    REQUIRE(finding);
    CHECK(finding->verdict == Verdict::wrong);
    CHECK(finding->timeline);
    CHECK_FALSE(finding->expected_timeline);
}

TEST_CASE("the reference solution is not played for what passes") {
    Two two{[](const Request& request) {
        return all(request, [](std::size_t) { return made::played(made::parts()); });
    }};
    two.judged.judge = {};
    CHECK_FALSE(two.examine());
    CHECK(two.reference.asked.empty());
}

TEST_CASE("a run that can't be repeated is shown as it was seen first") {
    MadeStage stage{[](const Request& request) {
        return all(request, [&](std::size_t) {
            return request.stacks ? made::played(made::parts())
                                  : made::played(lab::Diagnosis::Kind::lock_cycle);
        });
    }};
    Examination examination{stage, 1};
    const auto finding = examination.examine(plan());
    REQUIRE(finding);
    CHECK(finding->verdict == Verdict::deadlock);
    CHECK(finding->detail.find("lock_cycle") != std::string::npos);
}

TEST_CASE("a scenario that never came to its end is no pass") {
    MadeStage stage{[](const Request& request) {
        return all(request, [](std::size_t) {
            Played run = made::played(made::parts());
            run.answer.finished = false;
            return run;
        });
    }};
    Examination examination{stage, 1};
    const auto finding = examination.examine(plan());
    REQUIRE(finding);
    CHECK(finding->verdict == Verdict::crash);
}

TEST_CASE("a worker that played too little is no pass, whatever it says") {
    Performance performance;
    performance.runs.push_back(made::played(made::parts()));
    performance.outcome.end = End::exited;
    SECTION("it says that it has finished") { performance.finished = true; }
    SECTION("it says nothing") {}
    SECTION("it breaks the protocol") { performance.complaint = "A number ends in the middle."; }
    SECTION("it sent nothing at all") { performance.runs.clear(); }
    MadeStage stage{[&](const Request& request) {
        Performance copy;
        for (std::size_t i = 0; i < performance.runs.size() && i < request.runs.size(); ++i)
            copy.runs.push_back(made::played(made::parts()));
        copy.finished = performance.finished;
        copy.complaint = performance.complaint;
        copy.outcome = performance.outcome;
        return copy;
    }};
    Examination examination{stage, 1};
    const auto finding = examination.examine(plan());
    REQUIRE(finding);
    CHECK(finding->verdict == Verdict::crash);
}

TEST_CASE("another seed draws other numbers and other schedules; the same one the same") {
    MadeStage stage{[](const Request& request) {
        return all(request, [](std::size_t) { return made::played(made::parts()); });
    }};
    Examination one{stage, 1};
    Examination again{stage, 1};
    Examination other{stage, 2};
    CHECK(one.draw("x").bits() == again.draw("x").bits());
    CHECK(one.draw("x").bits() != other.draw("x").bits());
    CHECK(one.draw("x").bits() != one.draw("y").bits());
    (void)one.examine(plan());
    (void)again.examine(plan());
    (void)other.examine(plan());
    CHECK(stage.asked[0] == stage.asked[1]);
    CHECK_FALSE(stage.asked[0] == stage.asked[2]);
}

}  // namespace
