// What there is to see in a class, and its report as text.
#include "samples.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>
#include <report/class_summary.hpp>
#include <report/class_text.hpp>

#include <numeric>
#include <string>

using lockstep::Audience;
using lockstep::ClassResults;
using lockstep::Language;
using lockstep::summarise;
using lockstep::Verdict;
using samples::has;

namespace {

/// So many students, of whom the first `failing` block the loop in the same check.
ClassResults blocked(std::size_t students, std::size_t failing) {
    ClassResults results;
    results.title = "class";
    for (std::size_t i = 0; i < students; ++i) {
        auto result = samples::all_with(Verdict::pass);
        if (i < failing) {
            result.exercises[0].checks[1].finding.verdict = Verdict::blocked_loop;
        }
        results.attempts.push_back({"student " + std::to_string(i), std::nullopt, result, ""});
    }
    return results;
}

}  // namespace

TEST_CASE("a class is counted: bins, checks, diagnoses, the middle") {
    const ClassResults results = blocked(20, 14);
    const auto summary = summarise(results);
    CHECK(summary.results == 20);
    CHECK(summary.broken == 0);
    CHECK(summary.max_points == 6);
    CHECK(summary.median == 4);
    CHECK(summary.distribution[6] == 14);
    CHECK(summary.distribution[10] == 6);
    REQUIRE(summary.columns.size() == 3);
    CHECK(summary.columns[1].passed == 6);
    CHECK(summary.columns[1].failed == 14);
    REQUIRE(summary.diagnoses.size() == 1);
    CHECK(summary.diagnoses[0].verdict == Verdict::blocked_loop);
    CHECK(summary.diagnoses[0].students == 14);
    CHECK(summary.diagnoses[0].column == 1);
}

TEST_CASE("every result is in one bin, and who has none is in none") {
    const ClassResults results = samples::whole_class();
    const auto summary = summarise(results);
    CHECK(std::accumulate(summary.distribution.begin(), summary.distribution.end(),
                          std::size_t{0}) == 6);
    CHECK(summary.broken == 3);
    CHECK(summary.map.size() == 7);
    for (std::size_t i = 1; i < summary.columns.size(); ++i) {
        CHECK(summary.columns[i - 1].exercise <= summary.columns[i].exercise);
    }
    CHECK(summarise(ClassResults{}).columns.empty());
}

TEST_CASE("who handed in nothing that can be graded is no failure of the grader's") {
    ClassResults results = blocked(3, 0);
    results.attempts.push_back({"dan", std::nullopt, std::nullopt, "There is no exercise.", true});
    const auto summary = summarise(results);
    CHECK(summary.results == 3);
    CHECK(summary.empty == 1);
    CHECK(summary.broken == 0);
    const std::string text = render_class_text(results, samples::context(Audience::instructor));
    CHECK(has(text, "1 handed in nothing that can"));
    CHECK_FALSE(has(text, "the grader's failure"));
    CHECK(has(text, "There is no exercise."));
    CHECK(has(render_class_text(results, samples::context(Audience::instructor, Language::fr)),
              "1 sans rien à évaluer"));
}

TEST_CASE("what fails every check of an exercise is one diagnosis") {
    ClassResults results = blocked(3, 1);
    results.attempts[2].result = samples::all_with(Verdict::build_error);
    const auto summary = summarise(results);
    REQUIRE(summary.diagnoses.size() == 2);
    CHECK(summary.diagnoses[0].verdict == Verdict::build_error);
    CHECK(summary.diagnoses[0].students == 1);
    CHECK(summary.diagnoses[0].everywhere);
    CHECK_FALSE(summary.diagnoses[1].everywhere);
    CHECK(has(render_class_text(results, samples::context(Audience::instructor)),
              "1 student hands in what does not build: 01-first, in every check"));
}

TEST_CASE("a class as text says how many block the loop, and names nobody to students") {
    const ClassResults results = blocked(20, 14);
    const std::string text = render_class_text(results, samples::context(Audience::instructor));
    CHECK(has(text, "14 students block the loop: the title of two (01-first/two)"));
    CHECK(has(text, "20 results, at most 6 points, the median 4."));
    CHECK(has(text, "4/6  student 0"));
    CHECK_FALSE(has(render_class_text(results, samples::context(Audience::student)), "student 0"));
    CHECK(has(render_class_text(results, samples::context(Audience::instructor, Language::fr)),
              "14 étudiants bloquent la boucle: le titre de two"));
    CHECK(has(render_class_text(blocked(3, 1), samples::context(Audience::instructor)),
              "1 student blocks the loop"));
}

TEST_CASE("no line of a class's text is wider than the page") {
    for (const unsigned width : {40U, 80U}) {
        auto context = samples::context(Audience::instructor);
        context.style.width = width;
        for (const std::string& line :
             samples::lines_of(render_class_text(samples::whole_class(), context))) {
            CAPTURE(line);
            CHECK(lab::printable::columns(line) <= width);
        }
    }
}
