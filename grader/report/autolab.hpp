// For Autolab: the report as text, which students see, and in the last line the scores as JSON.
#pragma once

#include <report/formats.hpp>

#include <string>

namespace lockstep {

/// The last line is {"scores":{"01-threaded-io":16,…}}: the names of the assessment's problems must
/// be the exercises' ids.
[[nodiscard]] std::string render_autolab(const Result& result, const ReportContext& context);

}  // namespace lockstep
