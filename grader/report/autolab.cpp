#include <report/autolab.hpp>

#include <report/text.hpp>

#include <nlohmann/json.hpp>

namespace lockstep {

using Json = nlohmann::ordered_json;

std::string render_autolab(const Result& result, const ReportContext& context) {
    Json scores = Json::object();
    for (const ExerciseResult& exercise : result.exercises) {
        scores[exercise.id] = exercise.points();
    }
    TextStyle style = context.style;
    style.colour = false;
    return render_text(result, style) + '\n' + Json{{"scores", std::move(scores)}}.dump() + '\n';
}

}  // namespace lockstep
