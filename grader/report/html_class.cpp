#include <report/html.hpp>

#include <report/catalogue.hpp>
#include <report/class_summary.hpp>
#include <report/foreign.hpp>
#include <report/html_page.hpp>
#include <report/html_timeline.hpp>
#include <report/page_words.hpp>
#include <report/telling.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace lockstep {
namespace {

constexpr std::size_t most_diagnoses = 10;

/// The parts of a class's page, in their order.
class ClassPage {
public:
    ClassPage(const ClassResults& results, const TextStyle& style,
              const std::vector<std::string>& pages)
        : results_{results},
          style_{style},
          pages_{pages},
          summary_{summarise(results)},
          words_{catalogue(style.language)},
          page_{page_words(style.language)} {}

    std::string render() {
        const std::string title = clean_name(results_.title);
        text_ = fmt::format(
            "<body class=\"wide\">\n<a class=\"skip-link\" href=\"#main\">{}</a>\n<header>\n"
            "<h1>{}</h1>\n<p class=\"lead\">{}</p>\n</header>\n<main id=\"main\">\n",
            html(page_.skip), html(title), html(page_.class_summary(summary_)));
        distribution();
        diagnoses();
        if (instructor()) {
            map();
        }
        each_check();
        text_ += "</main>\n" + timeline_patterns() + "</body>\n";
        return html_page(title, text_, style_.language);
    }

private:
    [[nodiscard]] bool instructor() const noexcept {
        return style_.audience == Audience::instructor;
    }

    [[nodiscard]] std::string name_of_check(const CheckColumn& column) const {
        return fmt::format("{} <span class=\"soft\">({}/{})</span>",
                           html(clean_sentence(column.title.in(style_.language))),
                           html(column.exercise), html(column.check));
    }

    [[nodiscard]] std::string student(std::size_t attempt) const {
        const std::string name = html(clean_name(results_.attempts[attempt].student));
        return pages_.empty() || !results_.attempts[attempt].result
                   ? name
                   : fmt::format("<a href=\"{}\">{}</a>", html(pages_[attempt]), name);
    }

    void heading(std::string_view title) { text_ += fmt::format("<h2>{}</h2>\n", html(title)); }

    void distribution() {
        heading(page_.distribution);
        const std::size_t most = std::max<std::size_t>(
            1, *std::max_element(summary_.distribution.begin(), summary_.distribution.end()));
        text_ += fmt::format(
            "<table class=\"bars\">\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>"
            "<td></td></tr></thead>\n<tbody>\n",
            html(page_.share), html(page_.students));
        for (std::size_t i = summary_.distribution.size(); i-- > 0;) {
            const std::size_t count = summary_.distribution[i];
            text_ += fmt::format(
                "<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                i == 10 ? "100 %" : fmt::format("{}–{} %", 10 * i, 10 * i + 9), count,
                count == 0 ? ""
                           : fmt::format(R"(<span class="bar" style="width:{}%"></span>)",
                                         100 * count / most));
        }
        text_ += "</tbody>\n</table>\n";
    }

    void diagnoses() {
        heading(page_.diagnoses);
        if (summary_.diagnoses.empty()) {
            text_ += fmt::format("<p>{}</p>\n", html(page_.no_diagnoses));
            return;
        }
        text_ += "<ol>\n";
        for (std::size_t i = 0; i < std::min(most_diagnoses, summary_.diagnoses.size()); ++i) {
            const Diagnosis& diagnosis = summary_.diagnoses[i];
            const CheckColumn& column = summary_.columns[diagnosis.column];
            const std::string what =
                diagnosis.everywhere
                    ? fmt::format("{}, {}", html(column.exercise), html(page_.everywhere))
                    : name_of_check(column);
            text_ += fmt::format("<li><a href=\"#{}/{}\">{}</a>: {}</li>\n", html(column.exercise),
                                 html(column.check),
                                 html(page_.who(diagnosis.students, diagnosis.verdict)), what);
        }
        text_ += "</ol>\n";
    }

    void map_head() {
        text_ += fmt::format(
            "<thead>\n<tr><th scope=\"col\" rowspan=\"2\">{}</th><th scope=\"col\" "
            "rowspan=\"2\">{}</th>",
            html(page_.student), html(page_.points));
        for (std::size_t i = 0; i < summary_.columns.size();) {
            const std::string& id = summary_.columns[i].exercise;
            const std::size_t first = i;
            while (i < summary_.columns.size() && summary_.columns[i].exercise == id) {
                ++i;
            }
            text_ += fmt::format(
                R"(<th scope="colgroup" class="first" colspan="{}" title="{}">{}</th>)", i - first,
                html(clean_sentence(summary_.columns[first].exercise_title.in(style_.language))),
                html(id));
        }
        text_ += "</tr>\n<tr>";
        for (std::size_t place = 0; place < summary_.columns.size(); ++place) {
            const CheckColumn& column = summary_.columns[place];
            text_ += fmt::format(
                R"(<th scope="col" class="upright{3}"><a href="#{0}/{1}" title="{2}">{1}</a>)"
                "</th>",
                html(column.exercise), html(column.check),
                html(clean_sentence(column.title.in(style_.language))), begins(place));
        }
        text_ += "</tr>\n</thead>\n";
    }

    /// Where another exercise begins, for which there is a line.
    [[nodiscard]] std::string_view begins(std::size_t place) const {
        return place == 0 ||
                       summary_.columns[place].exercise != summary_.columns[place - 1].exercise
                   ? " first"
                   : "";
    }

    void map_cell(const CheckResult* check, std::size_t place) {
        if (check == nullptr) {
            text_ += fmt::format("<td class=\"{}\"></td>", begins(place));
            return;
        }
        const Verdict verdict = check->finding.verdict;
        const std::string word = html(words_.word(verdict));
        text_ += fmt::format(R"(<td class="{}{}" title="{}" aria-label="{}">{}</td>)",
                             html_class_of(verdict), begins(place), word, word, sign_of(verdict));
    }

    void map() {
        heading(page_.map);
        text_ += fmt::format(
            "<p class=\"soft\" id=\"map-help\">{}</p>\n"
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\" "
            "aria-describedby=\"map-help\">\n<table class=\"map\">\n",
            html(page_.map_help), html(page_.map));
        map_head();
        text_ += "<tbody>\n";
        std::set<Verdict> seen;
        for (std::size_t i = 0; i < results_.attempts.size(); ++i) {
            const Attempt& attempt = results_.attempts[i];
            text_ += fmt::format("<tr><th scope=\"row\">{}</th>", student(i));
            if (!attempt.result) {
                seen.insert(Verdict::grader_error);
                text_ += fmt::format(
                    "<td class=\"number\"></td><td class=\"error\" colspan=\"{}\" "
                    "title=\"{}\">! {}</td></tr>\n",
                    std::max<std::size_t>(1, summary_.columns.size()),
                    html(clean_sentence(attempt.grader_error)), html(page_.not_graded));
                continue;
            }
            text_ += fmt::format(
                "<td class=\"number\">{}</td>",
                words_.fraction(attempt.result->points(), attempt.result->max_points()));
            for (std::size_t place = 0; place < summary_.columns.size(); ++place) {
                map_cell(summary_.map[i][place], place);
                if (const CheckResult* check = summary_.map[i][place]) {
                    seen.insert(check->finding.verdict);
                }
            }
            text_ += "</tr>\n";
        }
        text_ += "</tbody>\n</table>\n</div>\n";
        text_ += fmt::format("<ul class=\"legend\" aria-label=\"{}\">\n", html(page_.legend));
        for (const Verdict verdict : seen) {
            text_ +=
                fmt::format("<li><span class=\"verdict {}\">{}</span> {}</li>\n",
                            html_class_of(verdict), sign_of(verdict), html(words_.word(verdict)));
        }
        text_ += "</ul>\n";
    }

    void each_check() {
        heading(page_.each_check);
        for (std::size_t place = 0; place < summary_.columns.size(); ++place) {
            const CheckColumn& column = summary_.columns[place];
            text_ += fmt::format(
                "<article id=\"{}/{}\">\n<h3>{} <span class=\"points\">{}</span></h3>\n"
                "<p class=\"soft\">{}</p>\n",
                html(column.exercise), html(column.check), name_of_check(column),
                html(page_.how_many_pass(column.passed,
                                         column.passed + column.failed + column.other)),
                html(clean_sentence(column.shows.in(style_.language))));
            std::map<Verdict, std::vector<std::size_t>> attempts;
            for (std::size_t i = 0; i < summary_.map.size(); ++i) {
                if (const CheckResult* check = summary_.map[i][place];
                    check != nullptr && check->finding.verdict != Verdict::pass) {
                    attempts[check->finding.verdict].push_back(i);
                }
            }
            for (const auto& [verdict, those] : attempts) {
                add_verdict(place, verdict, those);
            }
            text_ += "</article>\n";
        }
    }

    void add_verdict(std::size_t place, Verdict verdict, const std::vector<std::size_t>& attempts) {
        const std::string who = fmt::format(
            "<span class=\"verdict {}\">{} {}</span> {}", html_class_of(verdict), sign_of(verdict),
            html(words_.word(verdict)), html(page_.who(attempts.size(), verdict)));
        if (!instructor()) {
            text_ += fmt::format("<p>{}</p>\n", who);
            return;
        }
        std::string names;
        for (const std::size_t attempt : attempts) {
            names += fmt::format("{}{}", names.empty() ? "" : ", ", student(attempt));
        }
        if (attempts.size() > 1) {
            names += fmt::format("</p>\n<p>{}: {}", html(page_.example), student(attempts.front()));
        }
        text_ +=
            fmt::format("<details><summary>{}</summary>\n<p>{}</p>\n{}</details>\n", who, names,
                        html_of(summary_.map[attempts.front()][place]->finding, style_));
    }

    const ClassResults& results_;
    const TextStyle& style_;
    const std::vector<std::string>& pages_;
    ClassSummary summary_;
    const Catalogue& words_;
    const PageWords& page_;
    std::string text_;
};

}  // namespace

std::string render_class_page(const ClassResults& results, const ReportContext& context,
                              const std::vector<std::string>& pages) {
    return ClassPage{results, context.style, pages}.render();
}

std::string render_class_html(const ClassResults& results, const ReportContext& context) {
    return render_class_page(results, context, {});
}

std::vector<std::string> page_names(const ClassResults& results) {
    std::vector<std::string> names;
    std::set<std::string> taken;
    for (const Attempt& attempt : results.attempts) {
        std::string plain;
        for (const char c : attempt.student.substr(0, 100)) {
            const bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                              (c == '.' && !plain.empty());
            plain += keep ? c : '_';
        }
        const auto folded = [](std::string name) {
            std::transform(name.begin(), name.end(), name.begin(), [](char c) {
                return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            });
            return name;
        };
        std::string name = plain + ".html";
        for (unsigned number = 2; !taken.insert(folded(name)).second; ++number) {
            name = fmt::format("{}-{}.html", plain, number);
        }
        names.push_back(name);
    }
    return names;
}

}  // namespace lockstep
