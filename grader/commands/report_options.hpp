// The options of the commands that write reports.
#pragma once

#include <commands/command_line.hpp>

#include <CLI/CLI.hpp>
#include <memory>

namespace lockstep {

[[nodiscard]] std::unique_ptr<CLI::App> make_grade(GradeOptions& options);
[[nodiscard]] std::unique_ptr<CLI::App> make_report(ReportOptions& options);

}  // namespace lockstep
