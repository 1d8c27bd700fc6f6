#include <report/telling.hpp>

#include <report/catalogue.hpp>
#include <report/foreign.hpp>

#include <fmt/format.h>
#include <tuple>

namespace lockstep {
namespace {

void add(std::string& text, std::string_view label, const std::string& clean) {
    if (!clean.empty()) {
        text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", label, clean);
    }
}

}  // namespace

std::string telling(const CheckResult& check, const TextStyle& style) {
    const Catalogue& words = catalogue(style.language);
    const Finding& finding = check.finding;
    std::string text;
    if (finding.verdict == Verdict::skipped) {
        text = words.skipped;
    } else if (finding.verdict == Verdict::grader_error) {
        text = words.grader_error;
    }
    add(text, words.expected, clean_text(finding.expected));
    add(text, words.happened, clean_text(finding.happened));
    if (!finding.file.empty()) {
        add(text, words.where, words.line(clean_name(finding.file), finding.line));
    }
    if (const std::string picture = clean_text(finding.picture); !picture.empty()) {
        text += fmt::format("{}{}\n", text.empty() ? "" : "\n\n", picture);
    }
    add(text, words.hint, clean_text(finding.hint));
    if (style.audience == Audience::instructor) {
        add(text, words.recipe, clean_text(finding.recipe));
        add(text, words.detail, clean_text(finding.detail));
    }
    return without_commands(text);
}

std::string in_one_sentence(const CheckResult& check, Language language) {
    const Catalogue& words = catalogue(language);
    if (check.finding.verdict == Verdict::pass) {
        return "";
    }
    const std::string& happened = check.finding.happened;
    std::string sentence = clean_sentence(happened.substr(0, happened.find('\n')));
    if (check.finding.verdict == Verdict::skipped) {
        return fmt::format("{}{}{}", words.skipped, sentence.empty() ? "" : " ", sentence);
    }
    if (sentence.empty()) {
        return std::string{words.word(check.finding.verdict)};
    }
    return sentence;
}

std::string notes_of(const ExerciseResult& exercise) {
    std::string text;
    for (const std::string& note : exercise.notes) {
        text += fmt::format("{}{}", text.empty() ? "" : "\n", clean_sentence(note));
    }
    return text;
}

std::string isolation_of(const Result& result, Language language) {
    if (result.isolation.empty() || result.isolation == "sandbox") {
        return "";
    }
    return fmt::format("{} {}", catalogue(language).weak_isolation,
                       clean_sentence(result.isolation));
}

Outcome outcome_of(const Result& result, Language language) {
    const Catalogue& words = catalogue(language);
    std::size_t checks = 0;
    std::size_t passed = 0;
    std::size_t unwritten = 0;
    std::size_t broken = 0;
    for (const ExerciseResult& exercise : result.exercises) {
        for (const CheckResult& check : exercise.checks) {
            const Verdict verdict = check.finding.verdict;
            ++checks;
            passed += verdict == Verdict::pass ? 1U : 0U;
            unwritten += verdict == Verdict::todo ? 1U : 0U;
            broken += verdict == Verdict::grader_error ? 1U : 0U;
        }
    }
    Outcome outcome;
    if (checks == 0) {
        return outcome;
    }
    if (passed == checks) {
        outcome.sentence = words.full_marks;
    } else if (unwritten == checks) {
        outcome.sentence = words.nothing_written;
    } else {
        outcome.sentence = words.passed(passed, checks);
    }
    if (broken != 0) {
        outcome.not_judged = words.not_judged(broken);
    }
    return outcome;
}

std::string summary_of(const Result& result, Language language) {
    const std::string points = catalogue(language).points(result.points(), result.max_points());
    const std::string not_judged = outcome_of(result, language).not_judged;
    return not_judged.empty() ? points : points + ". " + not_judged;
}

std::string shortened(std::string text, std::size_t most_bytes) {
    if (text.size() <= most_bytes) {
        return text;
    }
    constexpr std::string_view end = "…";
    std::size_t at = most_bytes - end.size();
    if (const std::size_t line = text.rfind('\n', at); line != std::string::npos && line > at / 2) {
        at = line + 1;
    }
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) {
        --at;
    }
    text.resize(at);
    return text += end;
}

bool same_cause(const Finding& a, const Finding& b) noexcept {
    return !a.happened.empty() && std::tie(a.verdict, a.happened, a.file, a.line, a.picture) ==
                                      std::tie(b.verdict, b.happened, b.file, b.line, b.picture);
}

std::string_view word_of(const CheckResult& check, Language language) {
    return catalogue(language).word(check.finding.verdict);
}

}  // namespace lockstep
