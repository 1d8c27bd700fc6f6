// The options of the commands for whole classes.
#pragma once

#include <commands/command_line.hpp>

#include <CLI/CLI.hpp>
#include <memory>

namespace lockstep {

[[nodiscard]] std::unique_ptr<CLI::App> make_class(ClassCommand& options);
[[nodiscard]] std::unique_ptr<CLI::App> make_regrade(RegradeCommand& options);
[[nodiscard]] std::unique_ptr<CLI::App> make_collect(CollectCommand& options);

}  // namespace lockstep
