#include <report/classroom50.hpp>

#include <base/error.hpp>
#include <report/foreign.hpp>
#include <report/telling.hpp>

#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

/// The collector refuses more than 10 MiB, and shows 100,000 characters of a log at most.
constexpr std::size_t most_bytes = std::size_t{1} << 20;

struct Belonging {
    std::string classroom;
    std::string assignment;
    std::string type;
    std::string owner;
    std::string submission;
    std::string commit;
    std::string release;
    std::string review;
};

std::string needed(const ReportContext& context, std::string_view name) {
    std::string value = clean_sentence(context.environment(name));
    if (value.empty()) {
        throw UsageError(fmt::format(
            "Classroom 50 says in its environment what a result belongs to, and {} is not set: let "
            "its runner start the grader, or set it.",
            name));
    }
    return value;
}

std::string given(const ReportContext& context, std::string_view name, std::string otherwise) {
    std::string value = clean_sentence(context.environment(name));
    return value.empty() ? std::move(otherwise) : value;
}

Belonging belonging(const ReportContext& context) {
    Belonging to;
    to.classroom = needed(context, "CLASSROOM");
    to.assignment = needed(context, "ASSIGNMENT");
    to.type = given(context, "ASSIGNMENT_TYPE", "individual");
    if (to.type != "individual" && to.type != "group" && to.type != "team") {
        throw UsageError(fmt::format(
            "ASSIGNMENT_TYPE is individual, group or team for Classroom 50, and not '{}'.",
            to.type));
    }
    to.owner = given(context, "OWNER", "");
    if (to.owner.empty()) {
        to.owner = needed(context, "USERNAME");
    }
    to.submission = needed(context, "SUBMISSION_TAG");
    if (!to.submission.starts_with("submit/")) {
        throw UsageError(
            fmt::format("SUBMISSION_TAG begins with submit/ for Classroom 50, and '{}' does not.",
                        to.submission));
    }
    to.commit = needed(context, "COMMIT_URL");
    to.release = needed(context, "RELEASE_URL");
    to.review = given(context, "REVIEW_URL", to.commit);
    return to;
}

Json test_of(const ExerciseResult& exercise, const CheckResult& check, const TextStyle& style,
             std::size_t most_of_telling) {
    Json test;
    test["test-name"] =
        fmt::format("{}: {}", exercise.id, clean_name(check.title.in(style.language)));
    test["passed"] = !costs_points(check.finding.verdict);
    test["score"] = check.points();
    test["max-score"] = check.max_points;
    test["verdict"] = name_of(check.finding.verdict);
    test["message"] = in_one_sentence(check, style.language);
    test["output"] = shortened(telling(check, style), most_of_telling);
    return test;
}

}  // namespace

void check_classroom50(const ReportContext& context) { (void)belonging(context); }

std::string render_classroom50(const Result& result, const ReportContext& context) {
    const Belonging to = belonging(context);
    return within(most_bytes, [&](std::size_t most_of_telling) {
        Json tests = Json::array();
        for (const ExerciseResult& exercise : result.exercises) {
            for (const CheckResult& check : exercise.checks) {
                tests.push_back(test_of(exercise, check, context.style, most_of_telling));
            }
        }
        Json document;
        document["schema"] = "classroom50/result/v1";
        document["classroom"] = to.classroom;
        document["assignment"] = to.assignment;
        document["assignment_type"] = to.type;
        document["owner"] = to.owner;
        document["submission"] = to.submission;
        document["commit"] = to.commit;
        document["release"] = to.release;
        document["review"] = to.review;
        document["datetime"] =
            fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                        fmt::gmtime(std::chrono::system_clock::to_time_t(context.now)));
        document["score"] = result.points();
        document["max-score"] = result.max_points();
        document["tests"] = std::move(tests);
        return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
    });
}

}  // namespace lockstep
