#include <report/class_summary.hpp>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace lockstep {
namespace {

using Key = std::pair<std::string, std::string>;

/// By exercise; a stable sort leaves the checks as they come.
std::map<Key, std::size_t> find_columns(const ClassResults& results, ClassSummary& summary) {
    std::map<Key, std::size_t> places;
    for (const Attempt& attempt : results.attempts) {
        if (!attempt.result) {
            continue;
        }
        for (const ExerciseResult& exercise : attempt.result->exercises) {
            for (const CheckResult& check : exercise.checks) {
                if (places.try_emplace({exercise.id, check.id}, 0).second) {
                    summary.columns.push_back(
                        {exercise.id, check.id, exercise.title, check.title, check.shows});
                }
            }
        }
    }
    std::stable_sort(
        summary.columns.begin(), summary.columns.end(),
        [](const CheckColumn& a, const CheckColumn& b) { return a.exercise < b.exercise; });
    for (std::size_t i = 0; i < summary.columns.size(); ++i) {
        places[{summary.columns[i].exercise, summary.columns[i].check}] = i;
    }
    return places;
}

void count(CheckColumn& column, Verdict verdict) noexcept {
    if (verdict == Verdict::pass) {
        ++column.passed;
    } else if (costs_points(verdict)) {
        ++column.failed;
    } else {
        ++column.other;
    }
}

/// The verdict of every check of an exercise that has several; `pass` where they differ.
Verdict common_verdict(const ExerciseResult& exercise) noexcept {
    if (exercise.checks.size() < 2) {
        return Verdict::pass;
    }
    const Verdict first = exercise.checks.front().finding.verdict;
    return std::all_of(exercise.checks.begin(), exercise.checks.end(),
                       [first](const CheckResult& check) { return check.finding.verdict == first; })
               ? first
               : Verdict::pass;
}

}  // namespace

std::size_t bin_of(const Result& result) noexcept {
    const int max = result.max_points();
    return max == 0 ? 0 : static_cast<std::size_t>(10L * result.points() / max);
}

ClassSummary summarise(const ClassResults& results) {
    ClassSummary summary;
    const std::map<Key, std::size_t> places = find_columns(results, summary);
    /// By column, verdict, and whether it is everywhere.
    std::map<std::tuple<std::size_t, Verdict, bool>, std::size_t> causes;
    std::vector<int> points;
    for (const Attempt& attempt : results.attempts) {
        std::vector<const CheckResult*> row(summary.columns.size(), nullptr);
        if (attempt.nothing_to_grade) {
            ++summary.empty;
        } else if (!attempt.judged()) {
            ++summary.broken;
        }
        if (attempt.result) {
            const Result& result = *attempt.result;
            ++summary.results;
            ++summary.distribution[bin_of(result)];
            points.push_back(result.points());
            summary.max_points = std::max(summary.max_points, result.max_points());
            for (const ExerciseResult& exercise : result.exercises) {
                const Verdict common = common_verdict(exercise);
                if (common != Verdict::pass) {
                    ++causes[{places.at({exercise.id, exercise.checks.front().id}), common, true}];
                }
                for (const CheckResult& check : exercise.checks) {
                    const std::size_t place = places.at({exercise.id, check.id});
                    row[place] = &check;
                    count(summary.columns[place], check.finding.verdict);
                    if (check.finding.verdict != Verdict::pass && common == Verdict::pass) {
                        ++causes[{place, check.finding.verdict, false}];
                    }
                }
            }
        }
        summary.map.push_back(std::move(row));
    }
    if (!points.empty()) {
        const auto middle = points.begin() + static_cast<std::ptrdiff_t>((points.size() - 1) / 2);
        std::nth_element(points.begin(), middle, points.end());
        summary.median = *middle;
    }
    for (const auto& [cause, students] : causes) {
        const auto& [column, verdict, everywhere] = cause;
        summary.diagnoses.push_back({verdict, column, students, everywhere});
    }
    std::stable_sort(
        summary.diagnoses.begin(), summary.diagnoses.end(),
        [](const Diagnosis& a, const Diagnosis& b) { return a.students > b.students; });
    return summary;
}

}  // namespace lockstep
