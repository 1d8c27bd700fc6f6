#include <tutor/quiz.hpp>

#include <lab/printable.hpp>

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace lockstep {
namespace {

using lab::printable::wrap;

struct Phrases {
    std::string_view introduction;
    std::string_view right;
    std::string_view wrong;   ///< {}: the right answer's number
    std::string_view again;   ///< {}: how many answers there are
    std::string_view prompt;  ///< {}: how many answers there are
    std::string_view score;   ///< {}: right, of
    std::string_view none;
};

constexpr Phrases english{
    "Type the number of an answer; q ends the quiz. Nothing is recorded.",
    "Right.",
    "No: it is {}.",
    "Type a number from 1 to {}, or q.",
    "1-{} > ",
    "{} of {} right.",
    "There are no questions.",
};
constexpr Phrases french{
    "Tapez le numéro d'une réponse ; q termine le quiz. Rien n'est enregistré.",
    "Juste.",
    "Non : c'est la réponse {}.",
    "Tapez un nombre de 1 à {}, ou q.",
    "1-{} > ",
    "{} sur {} justes.",
    "Il n'y a pas de questions.",
};

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t begin = line.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return line.substr(begin, line.find_last_not_of(blanks) - begin + 1);
}

/// The answer's index; nullopt when there will be none.
std::optional<std::size_t> hear_answer(std::size_t answers, const Phrases& phrases,
                                       const Conversation& with) {
    for (;;) {
        with.say(fmt::format(fmt::runtime(phrases.prompt), answers));
        const std::optional<std::string> line = with.hear();
        if (!line) {
            with.say("\n");
            return std::nullopt;
        }
        const std::string_view word = trimmed(*line);
        if (word == "q" || word == "Q") return std::nullopt;
        std::size_t number = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (error == std::errc{} && end == word.data() + word.size() && number >= 1 &&
            number <= answers)
            return number - 1;
        with.say(wrap(fmt::format(fmt::runtime(phrases.again), answers), with.width));
    }
}

}  // namespace

QuizScore ask_quiz(const std::vector<const Exercise*>& exercises, const Conversation& with) {
    const Phrases& phrases = with.language == Language::fr ? french : english;
    std::size_t questions = 0;
    for (const Exercise* exercise : exercises) questions += exercise->questions.size();
    QuizScore score;
    if (questions == 0) {
        with.say(wrap(phrases.none, with.width));
        return score;
    }

    with.say(wrap(phrases.introduction, with.width));
    std::size_t number = 0;
    bool going_on = true;
    for (const Exercise* exercise : exercises) {
        if (!going_on || exercise->questions.empty()) continue;
        with.say('\n' + wrap(fmt::format("{}: {}", exercise->id, exercise->title.in(with.language)),
                             with.width));
        for (const Question& question : exercise->questions) {
            with.say('\n' + wrap(fmt::format("{}/{}  {}", ++number, questions,
                                             question.text.in(with.language)),
                                 with.width, 4));
            for (std::size_t i = 0; i < question.answers.size(); ++i)
                with.say(wrap(fmt::format("  {}. {}", i + 1, question.answers[i].in(with.language)),
                              with.width, 5));
            const auto answer = hear_answer(question.answers.size(), phrases, with);
            if (!answer) {
                going_on = false;
                break;
            }
            ++score.answered;
            const bool right = *answer == question.right;
            if (right) ++score.right;
            with.say(wrap(
                fmt::format("{} {}",
                            right ? std::string{phrases.right}
                                  : fmt::format(fmt::runtime(phrases.wrong), question.right + 1),
                            question.why.in(with.language)),
                with.width));
        }
    }
    with.say('\n' + wrap(fmt::format(fmt::runtime(phrases.score), score.right, score.answered),
                         with.width));
    return score;
}

}  // namespace lockstep
