// Markdown for GitHub's step summary, and annotations for its log.
#pragma once

#include <report/formats.hpp>

#include <string>

namespace lockstep {

/// The score, a table for each exercise, and below it what each check says, folded, in code blocks
/// that nothing in them can end. At most 1 MiB, which is what a summary may hold.
[[nodiscard]] std::string render_markdown(const Result& result, const ReportContext& context);

/// Workflow commands for standard output, which GitHub shows beside the student's lines
/// (exercises/ID/FILE): an error for each check that costs points, a warning for each that could
/// not be judged; at most ten of a kind, for GitHub drops those after the tenth of a step.
[[nodiscard]] std::string render_annotations(const Result& result, const ReportContext& context);

/// Text as it is, on one line of a table: every sign that Markdown or HTML knows is taken from it.
[[nodiscard]] std::string markdown_text(std::string_view clean);

}  // namespace lockstep
