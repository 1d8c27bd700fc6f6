#include <report/moodle.hpp>

#include <base/error.hpp>
#include <report/catalogue.hpp>
#include <report/foreign.hpp>
#include <report/gradebook_export.hpp>
#include <report/telling.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <lab/printable.hpp>

namespace lockstep {
namespace {

/// A list of what does not pass, one sentence each.
std::string feedback(const Result& result, const TextStyle& style) {
    const Catalogue& words = catalogue(style.language);
    std::string text =
        fmt::format("<p>{}</p>", lab::printable::xml(summary_of(result, style.language)));
    std::string items;
    for (const ExerciseResult& exercise : result.exercises) {
        for (const CheckResult& check : exercise.checks) {
            if (check.finding.verdict != Verdict::pass) {
                items +=
                    fmt::format("<li>{}: {} ({}). {} {}</li>", lab::printable::xml(exercise.id),
                                lab::printable::xml(clean_name(check.title.in(style.language))),
                                words.word(check.finding.verdict),
                                lab::printable::xml(in_one_sentence(check, style.language)),
                                lab::printable::xml(clean_sentence(check.finding.hint)));
            }
        }
    }
    return items.empty() ? text : text + "<ul>" + items + "</ul>";
}

}  // namespace

Filled fill_moodle(const ClassResults& results, const Export& into, const ReportContext& context) {
    GradebookExport book{into,
                         {"Identifier", "ID number", "Email address", "Username", "Full name"}};
    const std::string_view header = into.column.empty() ? "Grade" : into.column;
    const auto grade = book.column(header);
    if (!grade || !book.column("Identifier")) {
        throw UsageError(fmt::format(
            "'{}' is no grading worksheet of Moodle, for it has no column '{}': download it with "
            "the assignment's 'Download grading worksheet', in English.",
            clean_name(into.name), grade ? "Identifier" : clean_name(header)));
    }
    const auto feedback_column = book.column("Feedback comments");
    const auto maximum = book.column("Maximum Grade");
    const auto changeable = book.column("Grade can be changed");
    Filled filled;
    std::string other_maximum;
    filled.remarks = book.for_each(results, [&](std::size_t row, const Attempt& attempt) {
        const int points = attempt.result->points();
        if (changeable && book.table().value(row, *changeable) == "No") {
            return std::string{"Moodle says that its grade can't be changed"};
        }
        const auto most = maximum ? whole_number(book.table().value(row, *maximum)) : std::nullopt;
        if (most && points > *most) {
            return fmt::format(
                "{} points are more than Moodle's maximum grade of {}, which the "
                "assignment's settings can change",
                points, *most);
        }
        if (most && *most != attempt.result->max_points()) {
            other_maximum = fmt::format(
                "Moodle's maximum grade is {}, and these results go up to {}: "
                "change it in the assignment's settings.",
                *most, attempt.result->max_points());
        }
        book.table().set(row, *grade, std::to_string(points));
        if (feedback_column) {
            book.table().set(row, *feedback_column, feedback(*attempt.result, context.style));
        }
        return std::string{};
    });
    if (!other_maximum.empty()) {
        filled.remarks.push_back(other_maximum);
    }
    filled.content = book.table().text();
    return filled;
}

}  // namespace lockstep
