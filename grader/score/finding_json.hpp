// Findings as JSON: how the driver, which judges in a process of its own, hands them over.
//
//   {"findings": [{"check": "overlap", "verdict": "wrong", "expected": "…", "happened": "…",
//                  "file": "downloads.cpp", "line": 12, "picture": "…", "hint": "…",
//                  "detail": "…", "recipe": "…",
//                  "timeline": {…}, "expected_timeline": {…}}, …]}
//
// Only "check" and "verdict" must be there; what is empty may be left out. A timeline is as
// timeline_json.hpp says.
#pragma once

#include <score/result.hpp>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct CheckFinding {
    std::string check;  ///< its id
    Finding finding;
};

/// One finding's object, "check" first.
[[nodiscard]] nlohmann::ordered_json to_json(const CheckFinding& finding);

/// Throws GraderError for anything but what `to_json` makes: a key that is not known, missing or of
/// another type, a verdict that there is not.
[[nodiscard]] CheckFinding finding_from_json(const nlohmann::ordered_json& object);

/// The whole file. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string write_findings(const std::vector<CheckFinding>& findings);

/// The reverse. Throws GraderError, also for a check that is there twice.
[[nodiscard]] std::vector<CheckFinding> read_findings(std::string_view text);

}  // namespace lockstep
