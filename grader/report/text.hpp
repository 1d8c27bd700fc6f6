// The report as text, for a person at a terminal.
#pragma once

#include <report/style.hpp>
#include <score/result.hpp>

#include <string>

namespace lockstep {

/// The score, and how it is with each exercise where there are several; then, exercise by exercise
/// (those with full marks last), each check that did not pass, with what was expected,
/// what happened, where, the picture and one hint; then what passed, a line each. No line is longer
/// than the style's width. The same text for the same result and style: no times in it.
[[nodiscard]] std::string render_text(const Result& result, const TextStyle& style = {});

}  // namespace lockstep
