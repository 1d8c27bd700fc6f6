// The grader's commands. Each returns the exit code, and throws UsageError, GraderError or
// Interrupted when it can't do what was asked.
#pragma once

#include <commands/command_line.hpp>

namespace lockstep {

[[nodiscard]] int list(const ListOptions& options);
[[nodiscard]] int grade(const GradeOptions& options);
[[nodiscard]] int report(const ReportOptions& options);
[[nodiscard]] int grade_class(const ClassCommand& options);
[[nodiscard]] int regrade(const RegradeCommand& options);
[[nodiscard]] int collect(const CollectCommand& options);
[[nodiscard]] int verify(const VerifyOptions& options);
[[nodiscard]] int doctor(const DoctorOptions& options);
[[nodiscard]] int quiz(const QuizOptions& options);
[[nodiscard]] int hint(const HintOptions& options);
[[nodiscard]] int export_starter(const ExportStarterOptions& options);

}  // namespace lockstep
