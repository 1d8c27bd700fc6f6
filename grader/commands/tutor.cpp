// `grader quiz` and `grader hint`: a conversation on standard input and output.
#include <commands/commands.hpp>
#include <commands/terminal.hpp>

#include <base/error.hpp>
#include <exercise/kit.hpp>
#include <report/foreign.hpp>
#include <tutor/hints.hpp>
#include <tutor/quiz.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

namespace lockstep {
namespace {

std::optional<std::string> next_line() {
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    return line;
}

Conversation conversation(Language language) {
    const TextStyle style = style_of_stdout(Colour::never);
    return {
        .say = [unicode = style.unicode](
                   std::string_view text) { print(unicode ? std::string{text} : to_ascii(text)); },
        .hear = next_line,
        .language = language,
        .width = style.width};
}

const Check& check_of(const Exercise& exercise, const std::string& id) {
    if (const Check* check = exercise.check(id)) return *check;
    std::vector<std::string> ids;
    for (const Check& check : exercise.checks) ids.push_back(check.id);
    throw UsageError(
        fmt::format("{} has no check '{}': it has {}.", exercise.id, id, fmt::join(ids, ", ")));
}

}  // namespace

int quiz(const QuizOptions& options) {
    const Kit kit = Kit::find();
    std::vector<const Exercise*> exercises;
    if (options.exercises.empty())
        for (const Exercise& exercise : kit.exercises()) exercises.push_back(&exercise);
    for (const std::string& name : options.exercises) exercises.push_back(&kit.exercise(name));
    (void)ask_quiz(exercises, conversation(options.language));
    return 0;
}

int hint(const HintOptions& options) {
    const Kit kit = Kit::find();
    const std::size_t slash = options.check.find('/');
    const Exercise& exercise = kit.exercise(options.check.substr(0, slash));
    Conversation with = conversation(options.language);
    if (slash == std::string::npos) {
        with.say(list_of_hints(exercise, options.language, with.width));
        return 0;
    }
    // In a pipe nobody presses Enter.
    if (options.level || ::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0)
        with.hear = nullptr;
    give_hints(exercise, check_of(exercise, options.check.substr(slash + 1)),
               options.level.value_or(1), with);
    return 0;
}

}  // namespace lockstep
