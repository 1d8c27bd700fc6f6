#include <commands/commands.hpp>
#include <commands/terminal.hpp>

#include <exercise/kit.hpp>
#include <report/foreign.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

Json both(const Text& text) { return Json{{"en", text.en}, {"fr", text.fr}}; }

std::string as_json(const Kit& kit) {
    Json exercises = Json::array();
    for (const Exercise& exercise : kit.exercises()) {
        Json checks = Json::array();
        for (const Check& check : exercise.checks) {
            checks.push_back(Json{{"id", check.id},
                                  {"title", both(check.title)},
                                  {"shows", both(check.shows)},
                                  {"task", check.task},
                                  {"points", check.points}});
        }
        Json object;
        object["id"] = exercise.id;
        object["number"] = exercise.number;
        object["title"] = both(exercise.title);
        object["summary"] = both(exercise.summary);
        object["files"] = exercise.files;
        object["points"] = exercise.points();
        object["checks"] = std::move(checks);
        exercises.push_back(std::move(object));
    }
    return Json{{"exercises", std::move(exercises)}}.dump(2) + '\n';
}

std::string as_text(const Kit& kit, Language language) {
    std::string text;
    for (const Exercise& exercise : kit.exercises()) {
        text += fmt::format("{}  {}\n", exercise.id, exercise.title.in(language));
        const std::string files = fmt::format("{}", fmt::join(exercise.files, ", "));
        text += language == Language::fr
                    ? fmt::format("    {} contrôles, {} points ; à écrire : {}\n",
                                  exercise.checks.size(), exercise.points(), files)
                    : fmt::format("    {} checks, {} points; to write: {}\n",
                                  exercise.checks.size(), exercise.points(), files);
    }
    return text;
}

}  // namespace

int list(const ListOptions& options) {
    const Kit kit = Kit::find();
    if (options.format == Format::json) {
        print(as_json(kit));
        return 0;
    }
    const std::string text = as_text(kit, options.language);
    print(style_of_stdout(Colour::never).unicode ? text : to_ascii(text));
    return 0;
}

}  // namespace lockstep
