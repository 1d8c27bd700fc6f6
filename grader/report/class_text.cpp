#include <report/class_text.hpp>

#include <report/catalogue.hpp>
#include <report/class_summary.hpp>
#include <report/foreign.hpp>
#include <report/page_words.hpp>
#include <report/telling.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <lab/printable.hpp>

namespace lockstep {
namespace {

namespace printable = lab::printable;

constexpr std::size_t most_diagnoses = 10;

std::string bars(const ClassSummary& summary, std::size_t width) {
    const std::size_t most = std::max<std::size_t>(
        1, *std::max_element(summary.distribution.begin(), summary.distribution.end()));
    std::string text;
    for (std::size_t i = summary.distribution.size(); i-- > 0;) {
        const std::size_t count = summary.distribution[i];
        std::string bar;
        for (std::size_t column = 0; column < count * (width - 18) / most; ++column) {
            bar += "█";
        }
        text += fmt::format("{:>7} % {:>5}{}{}\n",
                            i == 10 ? "100" : fmt::format("{}-{}", 10 * i, 10 * i + 9), count,
                            bar.empty() ? "" : "  ", bar);
    }
    return text;
}

std::string row(const Attempt& attempt, const TextStyle& style) {
    const Catalogue& words = catalogue(style.language);
    const std::string points =
        attempt.result ? words.fraction(attempt.result->points(), attempt.result->max_points())
                       : std::string{"-"};
    std::string line = fmt::format("{:>9}  {}", points,
                                   printable::cut(clean_name(attempt.student), style.width - 11));
    if (!attempt.judged()) {
        const std::string why = attempt.result ? std::string{words.word(Verdict::grader_error)}
                                               : clean_sentence(attempt.grader_error);
        return line + "\n" + printable::wrap(fmt::format("           ! {}", why), style.width, 13);
    }
    return line + "\n";
}

}  // namespace

std::string render_class_text(const ClassResults& results, const ReportContext& context) {
    TextStyle style = context.style;
    style.width = std::max(style.width, 40U);
    const PageWords& page = page_words(style.language);
    const ClassSummary summary = summarise(results);
    std::string text = printable::cut(clean_name(results.title), style.width) + '\n';
    text += printable::wrap(page.class_summary(summary), style.width);
    text += fmt::format("\n{}\n{}", page.distribution, bars(summary, style.width));
    text += fmt::format("\n{}\n", page.diagnoses);
    for (std::size_t i = 0; i < std::min(most_diagnoses, summary.diagnoses.size()); ++i) {
        const Diagnosis& diagnosis = summary.diagnoses[i];
        const CheckColumn& column = summary.columns[diagnosis.column];
        const std::string what =
            diagnosis.everywhere
                ? fmt::format("{}, {}", column.exercise, page.everywhere)
                : fmt::format("{} ({}/{})", clean_sentence(column.title.in(style.language)),
                              column.exercise, column.check);
        text += printable::wrap(
            fmt::format("  {}: {}", page.who(diagnosis.students, diagnosis.verdict), what),
            style.width, 4);
    }
    if (summary.diagnoses.empty()) {
        text += fmt::format("  {}\n", page.no_diagnoses);
    }
    if (style.audience == Audience::instructor) {
        text += fmt::format("\n{}\n", page.students);
        for (const Attempt& attempt : results.attempts) {
            text += row(attempt, style);
        }
    }
    text = without_commands(text);
    return style.unicode ? text : to_ascii(text);
}

}  // namespace lockstep
