#include <report/markdown.hpp>

#include <report/catalogue.hpp>
#include <report/foreign.hpp>
#include <report/telling.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <lab/printable.hpp>

namespace lockstep {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr std::size_t most_annotations = 10;  ///< of a kind

std::string_view mark_of(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::pass: return "✅";
    case Verdict::skipped: return "➖";
    case Verdict::grader_error: return "⚠️";
    default: return "❌";
    }
}

/// A block that its content can't end: the fence is longer than any run of backticks in it.
std::string fenced(std::string_view text) {
    std::size_t longest = 2;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(longest + 1, '`');
    return fmt::format("{0}text\n{1}\n{0}\n", fence, text);
}

std::string table_of(const ExerciseResult& exercise, const TextStyle& style) {
    const Catalogue& words = catalogue(style.language);
    std::string text = "| | | | |\n|---|---|---|---:|\n";
    for (const CheckResult& check : exercise.checks) {
        text += fmt::format("| {} | {} | {} | {} |\n", mark_of(check.finding.verdict),
                            markdown_text(clean_name(check.title.in(style.language))),
                            words.word(check.finding.verdict),
                            words.fraction(check.points(), check.max_points));
    }
    return text;
}

std::string details_of(const ExerciseResult& exercise, const TextStyle& style,
                       std::size_t most_of_telling) {
    std::string text;
    for (const CheckResult& check : exercise.checks) {
        const std::string told = shortened(telling(check, style), most_of_telling);
        if (told.empty()) {
            continue;
        }
        // GitHub reads Markdown inside HTML again after an empty line.
        text += fmt::format("\n<details><summary>{}: {}</summary>\n\n{}\n</details>\n",
                            word_of(check, style.language),
                            lab::printable::xml(clean_name(check.title.in(style.language))),
                            fenced(told));
    }
    return text;
}

/// As the runner unescapes the data of a command.
std::string command_data(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
        case '%': escaped += "%25"; break;
        case '\r': escaped += "%0D"; break;
        case '\n': escaped += "%0A"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

/// As the runner unescapes a property.
std::string command_property(std::string_view text) {
    std::string escaped;
    for (const char c : command_data(text)) {
        switch (c) {
        case ':': escaped += "%3A"; break;
        case ',': escaped += "%2C"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

std::string annotation(std::string_view kind, const ExerciseResult& exercise,
                       const CheckResult& check, const TextStyle& style) {
    std::string place;
    if (!check.finding.file.empty()) {
        place =
            fmt::format("file={},", command_property(fmt::format("exercises/{}/{}", exercise.id,
                                                                 clean_name(check.finding.file))));
        if (check.finding.line != 0) {
            place += fmt::format("line={},", check.finding.line);
        }
    }
    const std::string title = fmt::format("{}: {}", word_of(check, style.language),
                                          clean_name(check.title.in(style.language)));
    std::string message = in_one_sentence(check, style.language);
    if (const std::string hint = clean_sentence(check.finding.hint); !hint.empty()) {
        message += "\n" + hint;
    }
    return fmt::format("::{} {}title={}::{}\n", kind, place, command_property(title),
                       command_data(message));
}

}  // namespace

std::string markdown_text(std::string_view clean) {
    // Entities, for GitHub's Markdown treats them as the characters they name and never as markup.
    constexpr std::string_view special = "\\`*_{}[]()<>#+-.!|&~:@$\"'=^";
    std::string escaped;
    for (const char c : clean) {
        if (special.find(c) == std::string_view::npos) {
            escaped += c;
        } else {
            escaped += fmt::format("&#{};", static_cast<int>(c));
        }
    }
    return escaped;
}

std::string render_markdown(const Result& result, const ReportContext& context) {
    const TextStyle& style = context.style;
    const Catalogue& words = catalogue(style.language);
    const auto write = [&](std::size_t most_of_telling) {
        std::string text = fmt::format("## {}: {}\n", markdown_text(clean_name(result.submission)),
                                       markdown_text(summary_of(result, style.language)));
        for (const ExerciseResult& exercise : result.exercises) {
            text += fmt::format("\n### {} {}: {}\n\n", exercise.id,
                                markdown_text(clean_name(exercise.title.in(style.language))),
                                words.points(exercise.points(), exercise.max_points()));
            if (const std::string notes = notes_of(exercise); !notes.empty()) {
                text += fenced(notes) + '\n';
            }
            text += table_of(exercise, style) + details_of(exercise, style, most_of_telling);
        }
        if (style.audience == Audience::instructor) {
            text += fmt::format("\n`--seed {}`\n", result.seed);
        }
        if (const std::string isolation = isolation_of(result, style.language);
            !isolation.empty()) {
            text += fmt::format("\n{}\n", markdown_text(isolation));
        }
        return without_commands(text);
    };
    return within(most_bytes, write);
}

std::string render_annotations(const Result& result, const ReportContext& context) {
    std::string text;
    std::size_t errors = 0;
    std::size_t warnings = 0;
    for (const ExerciseResult& exercise : result.exercises) {
        for (const CheckResult& check : exercise.checks) {
            const Verdict verdict = check.finding.verdict;
            if (costs_points(verdict) && errors++ < most_annotations) {
                text += annotation("error", exercise, check, context.style);
            } else if (verdict == Verdict::grader_error && warnings++ < most_annotations) {
                text += annotation("warning", exercise, check, context.style);
            }
        }
    }
    return text;
}

}  // namespace lockstep
