// A class as CSV: a row for each student, for whoever has no gradebook to fill.
#pragma once

#include <report/formats.hpp>

#include <string>

namespace lockstep {

/// The columns: student, graded_at (UTC, where known), points, max_points, remark, then the points
/// of each exercise, then the verdict of each check. A student whose work could not be graded has
/// no points, and a remark.
[[nodiscard]] std::string render_csv(const ClassResults& results, const ReportContext& context);

}  // namespace lockstep
