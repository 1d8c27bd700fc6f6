// A class as text, for an instructor at a terminal.
#pragma once

#include <report/formats.hpp>

#include <string>

namespace lockstep {

/// How many there are and how they did, what goes wrong most, and for instructors a line for each
/// student. No line is longer than the style's width.
[[nodiscard]] std::string render_class_text(const ClassResults& results,
                                            const ReportContext& context);

}  // namespace lockstep
