// A trace in brief, for a person: what a failed test prints of it.
#pragma once

#include <lab/timeline/timeline.hpp>

#include <string>

namespace lab {

/// How the run was made and what it took, its diagnoses, and its timeline. Several lines, each
/// ended by a newline, none longer than `style.width`.
[[nodiscard]] std::string summary(const Trace& trace, const TextStyle& style = {});

}  // namespace lab
