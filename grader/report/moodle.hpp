// Into Moodle: the offline grading worksheet of an assignment, with "Grade" and, where there is
// such a column, "Feedback comments" filled.
//
// Moodle finds a student by "Identifier" and takes no grade where "Last modified (grade)" is older
// than its own, above "Maximum Grade", or where "Grade can be changed" says no; all these columns
// stay as they are. It reads feedback as HTML.
#pragma once

#include <report/formats.hpp>

namespace lockstep {

/// `into.column` is the header of the grades, "" for "Grade"; "Identifier" must be there, too.
/// Throws UsageError.
[[nodiscard]] Filled fill_moodle(const ClassResults& results, const Export& into,
                                 const ReportContext& context);

}  // namespace lockstep
