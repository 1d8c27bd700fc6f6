#include <report/junit.hpp>

#include <report/foreign.hpp>
#include <report/telling.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <lab/printable.hpp>

namespace lockstep {
namespace {

using lab::printable::xml;

/// Of a check's details: readers of JUnit files choke on megabytes.
constexpr std::size_t most_bytes_of_telling = 50'000;

struct Counts {
    std::size_t tests = 0;
    std::size_t failures = 0;
    std::size_t errors = 0;
    std::size_t skipped = 0;

    void add(const ExerciseResult& exercise) {
        for (const CheckResult& check : exercise.checks) {
            const Verdict verdict = check.finding.verdict;
            ++tests;
            failures += costs_points(verdict) ? 1U : 0U;
            errors += verdict == Verdict::grader_error ? 1U : 0U;
            skipped += verdict == Verdict::skipped ? 1U : 0U;
        }
    }

    [[nodiscard]] std::string attributes() const {
        return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}")", tests, failures,
                           errors, skipped);
    }
};

double time_of(const Result& result, const std::string& id) {
    const auto& all = result.times.exercises;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Times::Exercise& times) { return times.id == id; });
    return found == all.end() ? 0 : found->judge_s;
}

std::string case_of(const ExerciseResult& exercise, const CheckResult& check,
                    const TextStyle& style) {
    const Finding& finding = check.finding;
    std::string text = fmt::format(R"(    <testcase name="{}" classname="{}.{}")",
                                   xml(clean_name(check.title.in(style.language))),
                                   xml(exercise.id), xml(check.id));
    if (!finding.file.empty()) {
        text += fmt::format(" file=\"{}\"", xml(clean_name(finding.file)));
        if (finding.line != 0) {
            text += fmt::format(" line=\"{}\"", finding.line);
        }
    }
    if (finding.verdict == Verdict::pass) {
        return text + "/>\n";
    }
    const std::string message = xml(in_one_sentence(check, style.language));
    if (finding.verdict == Verdict::skipped) {
        return text + fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n", message);
    }
    const std::string_view element = costs_points(finding.verdict) ? "failure" : "error";
    return text + fmt::format(
                      ">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n"
                      "    </testcase>\n",
                      element, name_of(finding.verdict), message,
                      xml(shortened(telling(check, style), most_bytes_of_telling)));
}

}  // namespace

std::string render_junit(const Result& result, const ReportContext& context) {
    Counts all;
    std::string suites;
    for (const ExerciseResult& exercise : result.exercises) {
        Counts counts;
        counts.add(exercise);
        all.add(exercise);
        suites += fmt::format(
            "  <testsuite name=\"{}\" {} time=\"{:.3f}\">\n"
            "    <properties>\n"
            "      <property name=\"points\" value=\"{}\"/>\n"
            "      <property name=\"max_points\" value=\"{}\"/>\n"
            "    </properties>\n",
            xml(exercise.id), counts.attributes(), time_of(result, exercise.id), exercise.points(),
            exercise.max_points());
        for (const CheckResult& check : exercise.checks) {
            suites += case_of(exercise, check, context.style);
        }
        if (const std::string notes = notes_of(exercise); !notes.empty()) {
            suites += fmt::format("    <system-out>{}</system-out>\n", xml(notes));
        }
        suites += "  </testsuite>\n";
    }
    return without_commands(
        fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<testsuites name=\"{}\" {}>\n{}</testsuites>\n",
                    xml(clean_name(result.submission)), all.attributes(), suites));
}

}  // namespace lockstep
