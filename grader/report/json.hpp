// The report as JSON, for programs: result-v1.schema.json beside this file is its description.
#pragma once

#include <report/style.hpp>
#include <score/result.hpp>

#include <string>
#include <string_view>

namespace lockstep {

/// The value of "schema". A reader must refuse what it does not know.
inline constexpr std::string_view result_schema = "lockstep/result/v1";

/// Ends with a newline. Byte for byte the same for the same result, but for the object "times".
/// For a student, without what tells a hidden workload: "seed", and a check's "detail" and
/// "recipe".
[[nodiscard]] std::string render_json(const Result& result, Audience audience);

}  // namespace lockstep
