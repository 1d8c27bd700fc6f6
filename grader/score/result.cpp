#include <score/result.hpp>

namespace lockstep {
namespace {

template <typename Parts>
int sum_of_points(const Parts& parts) noexcept {
    int sum = 0;
    for (const auto& part : parts) {
        sum += part.points();
    }
    return sum;
}

}  // namespace

int ExerciseResult::points() const noexcept { return sum_of_points(checks); }

int ExerciseResult::max_points() const noexcept {
    int sum = 0;
    for (const CheckResult& check : checks) {
        sum += check.max_points;
    }
    return sum;
}

int Result::points() const noexcept { return sum_of_points(exercises); }

int Result::max_points() const noexcept {
    int sum = 0;
    for (const ExerciseResult& exercise : exercises) {
        sum += exercise.max_points();
    }
    return sum;
}

int Result::exit_code() const noexcept {
    bool failed = false;
    for (const ExerciseResult& exercise : exercises) {
        for (const CheckResult& check : exercise.checks) {
            if (check.finding.verdict == Verdict::grader_error) {
                return 3;
            }
            failed = failed || costs_points(check.finding.verdict);
        }
    }
    return failed ? 1 : 0;
}

}  // namespace lockstep
