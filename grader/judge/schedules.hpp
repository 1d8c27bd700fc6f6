// Which schedules a check looks at.
#pragma once

#include <protocol/messages.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lockstep {

/// `count` runs for a seed: the first round robin, then of every five four random walks and one PCT
/// of depth 2 to 4; a quarter with spurious wake-ups. The mix is that of lab::explore.
[[nodiscard]] std::vector<Run> schedules(std::uint64_t seed, std::size_t count);

}  // namespace lockstep
