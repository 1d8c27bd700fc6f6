#include <report/html.hpp>

#include <report/catalogue.hpp>
#include <report/foreign.hpp>
#include <report/html_page.hpp>
#include <report/html_timeline.hpp>
#include <report/page_words.hpp>
#include <report/telling.hpp>

#include <algorithm>
#include <fmt/format.h>

namespace lockstep {
namespace {

std::string badge(Verdict verdict, const Catalogue& words) {
    return fmt::format("<span class=\"verdict {}\">{} {}</span>", html_class_of(verdict),
                       sign_of(verdict), html(words.word(verdict)));
}

std::string article(const ExerciseResult& exercise, const CheckResult& check, bool as_before,
                    const TextStyle& style) {
    const Catalogue& words = catalogue(style.language);
    std::string text =
        fmt::format("<article id=\"{}/{}\">\n<h3>{} {} <span class=\"points\">{}</span></h3>\n",
                    html(exercise.id), html(check.id), badge(check.finding.verdict, words),
                    html(clean_sentence(check.title.in(style.language))),
                    words.fraction(check.points(), check.max_points));
    if (const std::string shows = clean_sentence(check.shows.in(style.language)); !shows.empty()) {
        text += fmt::format("<p class=\"soft\">{}</p>\n", html(shows));
    }
    text += as_before && style.audience == Audience::student
                ? fmt::format("<p>{}</p>\n", html(words.same_as))
                : html_of(check.finding, style);
    return text + "</article>\n";
}

std::string section(const ExerciseResult& exercise, const TextStyle& style) {
    const Catalogue& words = catalogue(style.language);
    std::string text =
        fmt::format("<section id=\"{0}\">\n<h2>{0} {1} <span class=\"points\">{2}</span></h2>\n",
                    html(exercise.id), html(clean_sentence(exercise.title.in(style.language))),
                    html(words.points(exercise.points(), exercise.max_points())));
    for (const std::string& note : exercise.notes) {
        text += fmt::format("<p>{}</p>\n", html(clean_sentence(note)));
    }
    std::vector<const Finding*> told;
    const auto each = [&](auto&& wanted) {
        for (const CheckResult& check : exercise.checks) {
            if (wanted(check.finding.verdict)) {
                const bool known = std::any_of(told.begin(), told.end(), [&](const Finding* other) {
                    return same_cause(*other, check.finding);
                });
                text += article(exercise, check, known, style);
                told.push_back(&check.finding);
            }
        }
    };
    each(costs_points);
    each([](Verdict verdict) { return verdict == Verdict::grader_error; });
    each([](Verdict verdict) { return verdict == Verdict::skipped; });
    std::string passed;
    for (const CheckResult& check : exercise.checks) {
        if (check.finding.verdict == Verdict::pass) {
            passed += fmt::format("<li>{} {} <span class=\"points\">{}</span></li>\n",
                                  badge(Verdict::pass, words),
                                  html(clean_sentence(check.title.in(style.language))),
                                  words.fraction(check.points(), check.max_points));
        }
    }
    if (!passed.empty()) {
        text += fmt::format("<ul class=\"plain\" aria-label=\"{}\">\n{}</ul>\n",
                            html(page_words(style.language).passed), passed);
    }
    return text + "</section>\n";
}

/// Links to each of several exercises, with its points.
std::string overview(const Result& result, const TextStyle& style) {
    if (result.exercises.size() < 2) {
        return "";
    }
    std::string items;
    for (const ExerciseResult& exercise : result.exercises) {
        items += fmt::format(
            "<li><a href=\"#{0}\">{0} {1}</a> <span class=\"points\">{2}</span></li>\n",
            html(exercise.id), html(clean_sentence(exercise.title.in(style.language))),
            catalogue(style.language).fraction(exercise.points(), exercise.max_points()));
    }
    return fmt::format("<nav aria-label=\"{}\">\n<ul class=\"plain\">\n{}</ul>\n</nav>\n",
                       html(page_words(style.language).exercises), items);
}

}  // namespace

std::string render_html(const Result& result, const ReportContext& context) {
    const TextStyle& style = context.style;
    const std::string name = clean_name(result.submission);
    const std::string summary = summary_of(result, style.language);
    std::string body = fmt::format(
        "<body>\n<a class=\"skip-link\" href=\"#main\">{}</a>\n<header>\n<h1>{}</h1>\n"
        "<p class=\"lead\">{}</p>\n",
        html(page_words(style.language).skip), html(name), html(summary));
    if (style.audience == Audience::instructor) {
        body += fmt::format("<p class=\"soft\">--seed {}</p>\n", result.seed);
    }
    if (const std::string isolation = isolation_of(result, style.language); !isolation.empty()) {
        body += fmt::format("<p>{}</p>\n", html(isolation));
    }
    body += "</header>\n<main id=\"main\">\n";
    body += overview(result, style);
    // What there is to do comes before what is done.
    for (const bool done : {false, true}) {
        for (const ExerciseResult& exercise : result.exercises) {
            if ((exercise.points() == exercise.max_points()) == done) {
                body += section(exercise, style);
            }
        }
    }
    body += "</main>\n" + timeline_patterns() + "</body>\n";
    return html_page(fmt::format("{}: {}", name, summary), body, style.language);
}

}  // namespace lockstep
