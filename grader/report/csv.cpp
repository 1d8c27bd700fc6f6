#include <report/csv.hpp>

#include <report/catalogue.hpp>
#include <report/class_summary.hpp>
#include <report/csv_table.hpp>
#include <report/telling.hpp>

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace lockstep {
namespace {

/// One after the other, as a line.
class Line {
public:
    Line& field(std::string_view value) {
        text_ += fmt::format("{}{}", first_ ? "" : ",", csv_field(value));
        first_ = false;
        return *this;
    }
    Line& text(std::string_view foreign) { return field(csv_text(foreign)); }
    Line& number(int number) { return field(std::to_string(number)); }
    /// As RFC 4180 ends a line.
    [[nodiscard]] std::string end() const { return text_ + "\r\n"; }

private:
    std::string text_;
    bool first_ = true;
};

std::vector<std::string> exercises_of(const ClassSummary& summary) {
    std::vector<std::string> ids;
    for (const CheckColumn& column : summary.columns) {
        if (ids.empty() || ids.back() != column.exercise) {
            ids.push_back(column.exercise);
        }
    }
    return ids;
}

std::string remark_of(const Attempt& attempt, Language language) {
    if (!attempt.result) {
        return attempt.grader_error.empty()
                   ? std::string{catalogue(language).word(Verdict::grader_error)}
                   : attempt.grader_error;
    }
    std::size_t broken = 0;
    for (const ExerciseResult& exercise : attempt.result->exercises) {
        broken += static_cast<std::size_t>(std::count_if(
            exercise.checks.begin(), exercise.checks.end(),
            [](const auto& check) { return check.finding.verdict == Verdict::grader_error; }));
    }
    return broken == 0 ? "" : catalogue(language).not_judged(broken);
}

}  // namespace

std::string render_csv(const ClassResults& results, const ReportContext& context) {
    const ClassSummary summary = summarise(results);
    const std::vector<std::string> exercises = exercises_of(summary);
    Line head;
    head.field("student").field("graded_at").field("points").field("max_points").field("remark");
    for (const std::string& id : exercises) {
        head.text(id);
    }
    for (const CheckColumn& column : summary.columns) {
        head.text(fmt::format("{}/{}", column.exercise, column.check));
    }
    std::string text = head.end();
    for (std::size_t i = 0; i < results.attempts.size(); ++i) {
        const Attempt& attempt = results.attempts[i];
        Line line;
        line.text(attempt.student);
        line.field(
            attempt.when
                ? fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                              fmt::gmtime(std::chrono::system_clock::to_time_t(*attempt.when)))
                : std::string{});
        if (attempt.result) {
            line.number(attempt.result->points()).number(attempt.result->max_points());
        } else {
            line.field("").field("");
        }
        line.text(remark_of(attempt, context.style.language));
        for (const std::string& id : exercises) {
            const ExerciseResult* found = nullptr;
            if (attempt.result) {
                for (const ExerciseResult& exercise : attempt.result->exercises) {
                    found = exercise.id == id ? &exercise : found;
                }
            }
            line.field(found == nullptr ? "" : std::to_string(found->points()));
        }
        for (const CheckResult* check : summary.map[i]) {
            line.field(check == nullptr ? "" : name_of(check->finding.verdict));
        }
        text += line.end();
    }
    return text;
}

}  // namespace lockstep
