#include <report/classroom.hpp>

#include <report/foreign.hpp>
#include <report/telling.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <span>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;
using Checks = std::span<const CheckResult>;

/// "fail" for what costs points only: what the grader failed at is an "error", and what was skipped
/// has its points like what passed.
std::string_view status_of(Verdict verdict) noexcept {
    if (verdict == Verdict::grader_error) {
        return "error";
    }
    return costs_points(verdict) ? "fail" : "pass";
}

std::string_view status_of(Checks checks) noexcept {
    std::string_view worst = "pass";
    for (const CheckResult& check : checks) {
        const std::string_view status = status_of(check.finding.verdict);
        if (status == "fail" || worst == "pass") {
            worst = status;
        }
    }
    return worst;
}

Json row(const CheckResult& check, const TextStyle& style, std::size_t most_bytes) {
    const Verdict verdict = check.finding.verdict;
    std::string name = clean_name(check.title.in(style.language));
    if (verdict != Verdict::pass) {
        name = fmt::format("{} ({})", name, word_of(check, style.language));
    }
    Json row;
    row["name"] = name;
    row["status"] = status_of(verdict);
    row["score"] = check.points();
    row["message"] =
        verdict == Verdict::grader_error ? in_one_sentence(check, style.language) : std::string{};
    row["test_code"] = shortened(telling(check, style), most_bytes);
    row["filename"] = clean_name(check.finding.file);
    row["line_no"] = check.finding.line;
    row["duration"] = 0;  // nobody shows it, and a check's own is not measured
    return row;
}

std::string payload(Checks checks, const TextStyle& style) {
    return within(most_bytes_of_payload, [&](std::size_t most_bytes) {
        int max = 0;
        Json rows = Json::array();
        for (const CheckResult& check : checks) {
            max += check.max_points;
            rows.push_back(row(check, style, most_bytes));
        }
        Json document;
        document["version"] = 1;
        document["status"] = status_of(checks);
        document["max_score"] = max;
        document["tests"] = std::move(rows);
        return document.dump(-1, ' ', false, Json::error_handler_t::replace);
    });
}

/// "exercise01" for "01-threaded-io": the action wants letters and digits only.
std::string runner_of(const std::string& id) {
    std::string name = "exercise";
    std::copy_if(
        id.begin(), std::find(id.begin(), id.end(), '-'), std::back_inserter(name), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        });
    return name;
}

}  // namespace

std::string base64(std::string_view bytes) {
    // With room for the NUL that OpenSSL adds.
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string render_classroom(const Result& result, const ReportContext& context) {
    std::string text;
    for (const ExerciseResult& exercise : result.exercises) {
        const Checks checks{exercise.checks};
        for (std::size_t first = 0; first == 0 || first < checks.size();
             first += most_rows_of_runner) {
            const std::size_t part = first / most_rows_of_runner + 1;
            const Checks rows =
                checks.subspan(first, std::min(most_rows_of_runner, checks.size() - first));
            text += fmt::format("{}{}={}\n", runner_of(exercise.id),
                                part == 1 ? "" : fmt::format("part{}", part),
                                base64(payload(rows, context.style)));
        }
    }
    return text;
}

}  // namespace lockstep
