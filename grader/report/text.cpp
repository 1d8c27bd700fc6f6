#include <report/text.hpp>

#include <report/catalogue.hpp>
#include <report/foreign.hpp>
#include <report/quoted_code.hpp>
#include <report/telling.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <lab/printable.hpp>
#include <string_view>
#include <vector>

namespace lockstep {
namespace {

namespace printable = lab::printable;

constexpr std::size_t label_columns = 11;
constexpr std::size_t indent = 4;
/// Of one line of a finding: a program that prints a megabyte is told from its first words.
constexpr std::size_t most_columns = 400;

/// How it is with a check, for those who look rather than read.
struct Look {
    std::string_view mark;
    std::string_view colour;  ///< of ANSI's SGR
};

Look look_of(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::pass: return {"✓", "32"};
    case Verdict::todo: return {"✗", "33"};
    case Verdict::skipped: return {"–", "36"};
    case Verdict::grader_error: return {"!", "35"};
    default: return {"✗", "1;31"};
    }
}

class Page {
public:
    explicit Page(const TextStyle& style)
        : style_{style}, words_{catalogue(style.language)}, width_{std::max(style.width, 40U)} {}

    std::string render(const Result& result) {
        const int points = result.points();
        const int max = result.max_points();
        spread("1", clean_name(result.submission), words_.points(points, max));
        summary(result);
        overview(result);
        // What there is to do comes before what is done.
        for (const bool done : {false, true}) {
            for (const ExerciseResult& exercise : result.exercises) {
                if ((exercise.points() == exercise.max_points()) == done) {
                    add_exercise(exercise, result.exercises.size() > 1);
                }
            }
        }
        if (instructor()) {
            blank();
            field(words_.recipe, fmt::format("--seed {}", result.seed));
        }
        if (result.isolation != "sandbox" && !result.isolation.empty()) {
            blank();
            paragraph(fmt::format("{} {}", words_.weak_isolation, clean_sentence(result.isolation)),
                      0);
        }
        // Once more: cutting and wrapping have added signs, and put others at the start of lines.
        return without_commands(shown(text_));
    }

private:
    [[nodiscard]] bool instructor() const noexcept {
        return style_.audience == Audience::instructor;
    }

    /// What a check's mark and verdict take, before its title.
    [[nodiscard]] std::size_t head_columns() const noexcept { return 2 + words_.word_columns + 2; }

    /// In what this page is written in.
    [[nodiscard]] std::string shown(std::string_view text) const {
        return style_.unicode ? std::string{text} : to_ascii(text);
    }

    [[nodiscard]] std::string painted(std::string_view text, std::string_view colour) const {
        return style_.colour && !colour.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text)
                                                : std::string{text};
    }

    void blank() {
        if (!text_.ends_with("\n\n")) {
            text_ += '\n';
        }
    }

    /// Something on the left, and something on the right of the same line.
    void spread(std::string_view colour, std::string_view left, std::string_view right) {
        const std::string end = shown(right);
        const std::size_t room =
            width_ - std::min<std::size_t>(width_ / 2, printable::columns(end) + 2);
        if (end.empty()) {
            text_ += painted(printable::cut(shown(left), width_), colour) + '\n';
            return;
        }
        text_ += painted(printable::fit(shown(left), room), colour);
        text_.append(width_ - room - printable::columns(end), ' ');
        text_ += painted(end, colour) + '\n';
    }

    void paragraph(std::string_view text, std::size_t margin, std::string_view colour = {}) {
        std::string lines = printable::wrap(shown(text), width_ - margin);
        lines.pop_back();
        for (std::string_view rest = lines; !rest.empty() || rest.data() == lines.data();) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            text_.append(margin, ' ');
            text_ += painted(rest.substr(0, end), colour) + '\n';
            if (end == rest.size()) {
                break;
            }
            rest.remove_prefix(end + 1);
        }
    }

    /// A label and text of one or more lines beside it.
    void field(std::string_view label, std::string_view text) {
        std::vector<std::string> lines = clean_lines(text, instructor() ? 400 : 40);
        const std::size_t margin = indent + label_columns;
        fit_quotes(lines, width_ - margin);
        bool first = true;
        for (const std::string& line : lines) {
            const std::size_t start = text_.size();
            paragraph(printable::cut(line, most_columns), line.empty() ? 0 : margin);
            if (first) {
                const std::string name = shown(label);
                text_.replace(start, margin,
                              std::string(indent, ' ') + painted(name, "2") +
                                  std::string(label_columns - printable::columns(name), ' '));
                first = false;
            }
        }
    }

    void summary(const Result& result) {
        const Outcome outcome = outcome_of(result, style_.language);
        if (!outcome.sentence.empty()) {
            paragraph(outcome.sentence, 0);
        }
        if (!outcome.not_judged.empty()) {
            paragraph(outcome.not_judged, 0, look_of(Verdict::grader_error).colour);
        }
    }

    /// Several exercises are pages of text: how it is with each is said before.
    void overview(const Result& result) {
        if (result.exercises.size() < 2) {
            return;
        }
        blank();
        for (const ExerciseResult& exercise : result.exercises) {
            spread("", fmt::format("  {}  {}", exercise.id, exercise.title.in(style_.language)),
                   words_.fraction(exercise.points(), exercise.max_points()));
        }
    }

    void add_exercise(const ExerciseResult& exercise, bool one_of_several) {
        blank();
        spread("1", fmt::format("{}  {}", exercise.id, exercise.title.in(style_.language)),
               one_of_several ? words_.points(exercise.points(), exercise.max_points()) : "");
        text_ += shown(repeated("─", width_)) + '\n';
        for (const std::string& note : exercise.notes) {
            paragraph(clean_sentence(note), 0);
        }

        std::vector<const CheckResult*> told;
        const auto each = [&](auto&& wanted, auto&& add) {
            for (const CheckResult& check : exercise.checks) {
                if (wanted(check.finding.verdict)) {
                    add(check);
                }
            }
        };
        const auto block = [&](const CheckResult& check) {
            const bool known = std::any_of(told.begin(), told.end(), [&](const CheckResult* other) {
                return same_cause(check.finding, other->finding);
            });
            add_check(check, known);
            told.push_back(&check);
        };
        each(costs_points, block);
        each([](Verdict verdict) { return verdict == Verdict::grader_error; }, block);
        each([](Verdict verdict) { return verdict == Verdict::skipped; }, block);
        blank_after_blocks(told.empty());
        each([](Verdict verdict) { return verdict == Verdict::pass; },
             [&](const CheckResult& check) { head(check); });
    }

    void blank_after_blocks(bool none) {
        if (!none) {
            blank();
        }
    }

    static std::string repeated(std::string_view sign, std::size_t times) {
        std::string line;
        for (std::size_t i = 0; i < times; ++i) {
            line += sign;
        }
        return line;
    }

    /// "✗ deadlock      no thread is left behind                                       0/2"
    void head(const CheckResult& check) {
        const Look look = look_of(check.finding.verdict);
        const std::string points = shown(words_.fraction(check.points(), check.max_points));
        const std::string word =
            printable::fit(shown(words_.word(check.finding.verdict)), words_.word_columns);
        const std::size_t margin = head_columns();
        const std::size_t room = width_ - margin - printable::columns(points) - 2;
        std::string title = printable::wrap(shown(check.title.in(style_.language)), room);
        std::string_view rest = title;
        bool first = true;
        while (!rest.empty()) {
            const std::size_t end = rest.find('\n');
            const std::string_view line = rest.substr(0, end);
            rest.remove_prefix(end + 1);
            if (first) {
                text_ += painted(fmt::format("{} {}", shown(look.mark), word), look.colour) + "  " +
                         painted(printable::fit(line, room), "1") + "  " + points + '\n';
                first = false;
            } else {
                text_ += std::string(margin, ' ') + painted(line, "1") + '\n';
            }
        }
    }

    void add_check(const CheckResult& check, bool as_before) {
        const Finding& finding = check.finding;
        if (as_before && !instructor()) {
            head(check);
            paragraph(words_.same_as, head_columns());
            return;
        }
        blank();
        head(check);
        if (const std::string& shows = check.shows.in(style_.language); !shows.empty()) {
            paragraph(shows, indent, "2");
        }
        if (finding.verdict == Verdict::grader_error) {
            paragraph(words_.grader_error, indent);
        } else if (finding.verdict == Verdict::skipped) {
            paragraph(words_.skipped, indent);
        }
        text_ += '\n';
        field(words_.expected, finding.expected);
        field(words_.happened, finding.happened);
        if (!finding.file.empty()) {
            field(words_.where, words_.line(clean_name(finding.file), finding.line));
        }
        picture(finding.picture);
        field(words_.hint, finding.hint);
        if (instructor()) {
            field(words_.recipe, finding.recipe);
            field(words_.detail, finding.detail);
        }
        blank();
    }

    /// Drawn for 80 columns already: moved in where there is room, and cut where there is not.
    void picture(std::string_view drawing) {
        std::vector<std::string> lines = clean_lines(drawing);
        if (lines.empty()) {
            return;
        }
        std::size_t widest = 0;
        for (std::string& line : lines) {
            line = shown(line);
            widest = std::max(widest, printable::columns(line));
        }
        const std::size_t margin = std::min(indent, width_ - std::min<std::size_t>(width_, widest));
        blank();
        for (const std::string& line : lines) {
            text_ += std::string(line.empty() ? 0 : margin, ' ') +
                     printable::cut(line, width_ - margin) + '\n';
        }
        blank();
    }

    TextStyle style_;
    const Catalogue& words_;
    std::size_t width_;
    std::string text_;
};

}  // namespace

std::string render_text(const Result& result, const TextStyle& style) {
    return Page{style}.render(result);
}

}  // namespace lockstep
