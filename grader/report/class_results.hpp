// The results of a class: the one value that every report on several students renders, whoever
// gathers it (a folder of result files, or a gradebook).
#pragma once

#include <score/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

/// What came of one student's work.
struct Attempt {
    std::string student;  ///< a login, a number, the name of a folder: whatever names them here
    std::optional<std::chrono::sys_seconds> when;  ///< it was graded, where that is known
    std::optional<Result> result;                  ///< none: nothing could be graded
    std::string grader_error;                      ///< why there is none: one sentence
    /// There is none because the work holds no exercise: no failure of the grader's.
    bool nothing_to_grade = false;

    /// True where a result is there and each of its checks could be judged.
    [[nodiscard]] bool judged() const noexcept { return result && result->exit_code() != 3; }
};

struct ClassResults {
    std::string title;  ///< what the class or its assignment is called; may be empty
    std::vector<Attempt> attempts;
};

}  // namespace lockstep
