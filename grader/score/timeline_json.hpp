// A timeline as JSON: what a picture shows, as names and numbers, so that whoever reads a result
// can draw it, and no markup has to be trusted.
//
//   {"axis": "time", "end": 4000000000,
//    "rows": [{"name": "thread 1", "ended": true,
//              "states": [["ready", 0], ["lock", 1000000000, "mutex #1"], ["absent", 1500000000]],
//              "lanes": [[["span", 0, 1000000000, "fetch 3"]]],
//              "points": [["event", 1000000000, "put 3"]]}],
//    "problems": [{"title": "lost wakeup after 1.2 s, at step 48", "summary": "…", "lines":
//    ["…"]}]}
//
// Positions are nanoseconds, or steps. A state lasts until the next one begins. What is false, zero
// or empty is left out; `result-v1.schema.json` in report/ has it all.
#pragma once

#include <lab/timeline/layout.hpp>

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lockstep {

/// Without details.
[[nodiscard]] nlohmann::ordered_json to_json(const lab::timeline::Layout& layout);

/// The reverse, of what may come from anywhere. What comes back is what a layout promises: its
/// texts are clean, its intervals in order and within the axis. Throws Refusal, which begins with
/// `path`.
[[nodiscard]] lab::timeline::Layout timeline_from_json(const nlohmann::ordered_json& value,
                                                       const std::string& path);

}  // namespace lockstep
