// Work in several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace lockstep {

/// How many cores this process may use: its affinity, and what its control group is granted.
[[nodiscard]] unsigned usable_cores();

/// Calls `work` with 0 … count - 1, up to `jobs` (0: usable_cores()) at a time, and returns when
/// all have returned. When one throws, no further one is begun, and the first exception is thrown
/// on.
void in_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work);

}  // namespace lockstep
