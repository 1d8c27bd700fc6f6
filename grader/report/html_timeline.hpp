// Timelines on pages for browsers: drawn as SVG, without scripts, ids or markup of anybody else's.
#pragma once

#include <report/style.hpp>
#include <score/result.hpp>

#include <string>

namespace lockstep {

/// What every page with timelines needs in its style sheet.
[[nodiscard]] std::string timeline_style();
/// … and in its body, once, where it is never hidden.
[[nodiscard]] std::string timeline_patterns();

/// The run that was judged; for instructors beside it that of the reference solution, so that the
/// same instant stands at the same place in both; and folded the picture in text. "" where there is
/// none of them.
[[nodiscard]] std::string html_timelines(const Finding& finding, const TextStyle& style);

}  // namespace lockstep
