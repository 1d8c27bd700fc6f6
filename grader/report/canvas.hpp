// Into Canvas: the instructor's own export of the gradebook, with one assignment's column filled.
//
// Canvas knows an assignment by the number in its header, "Lockstep (12345)", and a student by
// "ID", and makes a new assignment or student of what it does not know: so nothing of them is
// touched. The row "Points Possible" says in some columns "(read only)".
#pragma once

#include <report/formats.hpp>

namespace lockstep {

/// `into.column` is the header, with or without its number; "" where there is one assignment only.
/// Throws UsageError.
[[nodiscard]] Filled fill_canvas(const ClassResults& results, const Export& into,
                                 const ReportContext& context);

}  // namespace lockstep
