#include <tutor/hints.hpp>

#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace lockstep {
namespace {

using lab::printable::wrap;

struct Phrases {
    std::string_view ask;   ///< {}: what to type
    std::string_view next;  ///< before the prompt
    std::string_view more;  ///< {}: what to type
};

constexpr Phrases english{
    "For a hint: {}",
    "Enter: the next hint; q: enough > ",
    "There is another hint: {}",
};
constexpr Phrases french{
    "Pour un indice : {}",
    "Entrée : l'indice suivant ; q : assez > ",
    "Il y a un autre indice : {}",
};

const Phrases& phrases_of(Language language) { return language == Language::fr ? french : english; }

}  // namespace

std::string list_of_hints(const Exercise& exercise, Language language, unsigned width) {
    std::string text = wrap(fmt::format("{}: {}", exercise.id, exercise.title.in(language)), width);
    std::size_t longest = 0;
    for (const Check& check : exercise.checks) longest = std::max(longest, check.id.size());
    for (const Check& check : exercise.checks)
        text += wrap(fmt::format("  {:<{}}  {}", check.id, longest, check.title.in(language)),
                     width, longest + 4);
    return text + wrap(fmt::format(fmt::runtime(phrases_of(language).ask),
                                   fmt::format("grader hint {:02}/{}", exercise.number,
                                               exercise.checks.front().id)),
                       width);
}

void give_hints(const Exercise& exercise, const Check& check, unsigned level,
                const Conversation& with) {
    const Phrases& phrases = phrases_of(with.language);
    const std::size_t first = std::clamp<std::size_t>(level, 1, check.hints.size());
    with.say(wrap(fmt::format("{}/{}: {}", exercise.id, check.id, check.title.in(with.language)),
                  with.width));
    for (std::size_t given = 0; given < check.hints.size(); ++given) {
        if (given >= first) {
            if (!with.hear) {
                with.say(wrap(fmt::format(fmt::runtime(phrases.more),
                                          fmt::format("grader hint {:02}/{} --level {}",
                                                      exercise.number, check.id, given + 1)),
                              with.width));
                return;
            }
            with.say(phrases.next);
            const std::optional<std::string> line = with.hear();
            if (!line) with.say("\n");
            if (!line || *line == "q" || *line == "Q") return;
        }
        with.say(wrap(fmt::format("{}. {}", given + 1, check.hints[given].in(with.language)),
                      with.width, 3));
    }
}

}  // namespace lockstep
