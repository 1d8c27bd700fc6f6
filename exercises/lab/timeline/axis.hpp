// The ruler above a timeline: which instants to mark, and what to write there.
#pragma once

#include <lab/timeline/timeline.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace lab::timeline {

struct Tick {
    std::int64_t at = 0;
    std::string text;  ///< "1.5 s", "step 20"
};

/// Ticks at round numbers from 0 to `end`, at most `most` (taken as at least 2). All are in
/// one unit.
[[nodiscard]] std::vector<Tick> ticks(Axis axis, std::int64_t end, std::size_t most);

/// The text of the axis' end, in the unit of its ticks, rounded to three decimals.
[[nodiscard]] std::string end_text(Axis axis, std::int64_t end);

}  // namespace lab::timeline
