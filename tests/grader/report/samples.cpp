#include "samples.hpp"

namespace samples {

using lockstep::CheckResult;
using lockstep::ExerciseResult;
using lockstep::Result;
using lockstep::Verdict;

CheckResult check(const std::string& id, Verdict verdict) {
    CheckResult check;
    check.id = id;
    check.title = {"the title of " + id, "le titre de " + id};
    check.shows = {"It shows what " + id + " shows.", "Cela montre ce que montre " + id + "."};
    check.task = 1;
    check.max_points = 2;
    check.finding.verdict = verdict;
    return check;
}

Result every_verdict() {
    Result result;
    result.submission = "a submission";
    result.seed = 18'446'744'073'709'551'615U;
    result.isolation = "bubblewrap is not installed: apt-get install bubblewrap.";
    for (const char* id : {"01-first", "02-second"}) {
        ExerciseResult exercise;
        exercise.id = id;
        exercise.title = {"An exercise", "Un exercice"};
        exercise.notes = {"notes.txt was not taken, for it is no file of this exercise."};
        for (int number = 0; number <= static_cast<int>(Verdict::grader_error); ++number) {
            const auto verdict = static_cast<Verdict>(number);
            const std::string name{name_of(verdict)};
            CheckResult made = check(name, verdict);
            if (verdict != Verdict::pass) {
                made.finding.expected = "What was expected of " + name + ".";
                made.finding.happened =
                    "What happened instead in " + name +
                    ", in a sentence that is too long to stand on one line of any terminal.\n"
                    "And in another one.";
                made.finding.file = "downloads.cpp";
                made.finding.line = 10U + static_cast<unsigned>(number);
                made.finding.picture = "main     |████░░░░|\nthread 1 |  ▓▓▓ ✗ |\n";
                made.finding.hint = "The hint for " + name + ".";
                made.finding.detail = "The stacks of " + name + ".\n    at step(), worker.cpp:3";
                made.finding.recipe = "workload 7, random walk, seed 3 (" + name + ")";
            }
            exercise.checks.push_back(made);
        }
        result.exercises.push_back(exercise);
        result.times.exercises.push_back({id, 1.23456, 0.5, 0.25, true});
    }
    result.times.total_s = 2.0;
    return result;
}

Result all_with(Verdict verdict) {
    Result result;
    result.submission = "submission";
    result.isolation = "sandbox";
    ExerciseResult exercise;
    exercise.id = "01-first";
    exercise.title = {"An exercise", "Un exercice"};
    for (const char* id : {"one", "two", "three"}) {
        CheckResult made = check(id, verdict);
        if (verdict != Verdict::pass) {
            made.finding.expected = "It is there.";
            made.finding.happened = "It is not.";
            made.finding.file = "downloads.cpp";
            made.finding.line = 8;
        }
        exercise.checks.push_back(made);
    }
    result.exercises.push_back(exercise);
    return result;
}

Result hostile() {
    const std::string text =
        "\x1b[2J\x1b]0;title\x07 harmless\r\n::error file=x::taken\n  "
        "::warning::taken\n##[error]taken\n"
        "\xff\xfe half \xe2\x82 \u202e reversed \t tab\x08\x7f";
    Result result = all_with(Verdict::wrong);
    result.submission = "::error::" + text;
    result.isolation = text;
    result.exercises[0].notes = {text, "::notice::" + text};
    for (CheckResult& check : result.exercises[0].checks) {
        check.finding.expected = text;
        check.finding.happened = "::stop-commands::x\n" + text + std::string(100'000, 'a') +
                                 std::string(5'000, '\n') + "::set-output name=x::y";
        check.finding.file = text;
        check.finding.picture = text;
        check.finding.hint = text;
        check.finding.detail = text;
        check.finding.recipe = text;
    }
    return result;
}

}  // namespace samples
