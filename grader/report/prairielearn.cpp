#include <report/prairielearn.hpp>

#include <report/foreign.hpp>
#include <report/telling.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_bytes = 1'000'000;

Json test_of(const ExerciseResult& exercise, const CheckResult& check, const TextStyle& style,
             std::size_t most_of_telling) {
    Json test;
    test["name"] = fmt::format("{}: {}", exercise.id, clean_name(check.title.in(style.language)));
    test["description"] = clean_sentence(check.shows.in(style.language));
    test["points"] = check.points();
    test["max_points"] = check.max_points;
    test["message"] = in_one_sentence(check, style.language);
    test["output"] = shortened(telling(check, style), most_of_telling);
    return test;
}

}  // namespace

std::string render_prairielearn(const Result& result, const ReportContext& context) {
    const TextStyle& style = context.style;
    return within(most_bytes, [&](std::size_t most_of_telling) {
        std::string output;
        Json tests = Json::array();
        for (const ExerciseResult& exercise : result.exercises) {
            if (const std::string notes = notes_of(exercise); !notes.empty()) {
                output += fmt::format("{}: {}\n", exercise.id, notes);
            }
            for (const CheckResult& check : exercise.checks) {
                tests.push_back(test_of(exercise, check, style, most_of_telling));
            }
        }
        const bool gradable = result.exit_code() != 3;
        const std::string summary = summary_of(result, style.language);
        Json document;
        document["gradable"] = gradable;
        // The one fraction there is: PrairieLearn multiplies it by what the question is worth.
        document["score"] =
            result.max_points() == 0 ? 0.0 : 1.0 * result.points() / result.max_points();
        document["message"] = summary;
        document["output"] = without_commands(output + isolation_of(result, style.language));
        if (!gradable) {
            document["format_errors"] = Json::array({summary});
        }
        document["tests"] = std::move(tests);
        return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
    });
}

}  // namespace lockstep
