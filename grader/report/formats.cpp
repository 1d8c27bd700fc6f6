#include <report/formats.hpp>

#include <report/autolab.hpp>
#include <report/canvas.hpp>
#include <report/class_text.hpp>
#include <report/classroom.hpp>
#include <report/classroom50.hpp>
#include <report/csv.hpp>
#include <report/gradescope.hpp>
#include <report/html.hpp>
#include <report/json.hpp>
#include <report/junit.hpp>
#include <report/markdown.hpp>
#include <report/moodle.hpp>
#include <report/prairielearn.hpp>
#include <report/text.hpp>

#include <algorithm>
#include <array>

namespace lockstep {
namespace {

std::string text_of_result(const Result& result, const ReportContext& context) {
    return render_text(result, context.style);
}

std::string json_of_result(const Result& result, const ReportContext& context) {
    return render_json(result, context.style.audience);
}

constexpr std::array<ReportFormat, 14> formats{{
    {.name = "text",
     .what_for = "people at a terminal",
     .of_result = text_of_result,
     .of_class = render_class_text},
    {.name = "json",
     .what_for = "programs, and 'grader report'",
     .of_result = json_of_result,
     .shows_reference = true},
    {.name = "html",
     .what_for = "browsers: a page, which needs no network",
     .of_result = render_html,
     .of_class = render_class_html,
     .shows_reference = true},
    {.name = "markdown", .what_for = "$GITHUB_STEP_SUMMARY", .of_result = render_markdown},
    {.name = "annotations",
     .what_for = "GitHub's log: notes beside the student's lines",
     .of_result = render_annotations},
    {.name = "classroom",
     .what_for = "GitHub Classroom's reporter, by $GITHUB_OUTPUT",
     .of_result = render_classroom},
    {.name = "classroom50",
     .what_for = "Classroom 50: result.json",
     .of_result = render_classroom50,
     .check = check_classroom50},
    {.name = "gradescope", .what_for = "Gradescope: results.json", .of_result = render_gradescope},
    {.name = "prairielearn",
     .what_for = "PrairieLearn: results.json",
     .of_result = render_prairielearn},
    {.name = "autolab",
     .what_for = "Autolab: text, and the scores in the last line",
     .of_result = render_autolab},
    {.name = "junit", .what_for = "any CI: JUnit XML", .of_result = render_junit},
    {.name = "csv", .what_for = "a class in a spreadsheet", .of_class = render_csv},
    {.name = "canvas",
     .what_for = "a class into your export of Canvas's gradebook",
     .fill = fill_canvas},
    {.name = "moodle",
     .what_for = "a class into your grading worksheet of Moodle",
     .fill = fill_moodle},
}};

}  // namespace

std::span<const ReportFormat> report_formats() noexcept { return formats; }

const ReportFormat* report_format(std::string_view name) noexcept {
    const auto* const found = std::find_if(
        formats.begin(), formats.end(), [name](const auto& format) { return format.name == name; });
    return found == formats.end() ? nullptr : found;
}

}  // namespace lockstep
