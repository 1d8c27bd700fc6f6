// The grader's own failures.
#pragma once

#include <stdexcept>

namespace lockstep {

/// The caller asked for what can't be: exit code 2. `what` is a full sentence that says what to do.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The grader, or the machine it runs on, failed: exit code 3, and never a student's zero. `what`
/// is a full sentence that says what to do.
class GraderError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace lockstep
