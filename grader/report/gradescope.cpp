#include <report/gradescope.hpp>

#include <report/foreign.hpp>
#include <report/telling.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

/// Gradescope names no limit; nobody unfolds more than this.
constexpr std::size_t most_bytes_of_output = 50'000;

Json test_of(const ExerciseResult& exercise, const CheckResult& check, std::string number,
             const TextStyle& style) {
    Json test;
    test["name"] = fmt::format("{}: {}", exercise.id, clean_name(check.title.in(style.language)));
    test["number"] = std::move(number);
    test["score"] = check.points();
    test["max_score"] = check.max_points;
    test["status"] = costs_points(check.finding.verdict) ? "failed" : "passed";
    test["output"] = shortened(telling(check, style), most_bytes_of_output);
    test["output_format"] = "text";
    test["tags"] = Json::array({exercise.id, check.id, name_of(check.finding.verdict)});
    test["visibility"] = "visible";
    return test;
}

}  // namespace

std::string render_gradescope(const Result& result, const ReportContext& context) {
    const TextStyle& style = context.style;
    std::string output = summary_of(result, style.language);
    Json tests = Json::array();
    std::size_t number = 0;
    for (const ExerciseResult& exercise : result.exercises) {
        ++number;
        if (const std::string notes = notes_of(exercise); !notes.empty()) {
            output += fmt::format("\n{}: {}", exercise.id, notes);
        }
        std::size_t part = 0;
        for (const CheckResult& check : exercise.checks) {
            tests.push_back(test_of(exercise, check, fmt::format("{}.{}", number, ++part), style));
        }
    }
    if (const std::string isolation = isolation_of(result, style.language); !isolation.empty()) {
        output += "\n" + isolation;
    }
    Json document;
    document["score"] = result.points();
    document["execution_time"] = result.times.total_s;
    document["output"] = without_commands(output);
    document["output_format"] = "text";
    document["visibility"] = "visible";
    document["stdout_visibility"] = "hidden";
    document["tests"] = std::move(tests);
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace lockstep
