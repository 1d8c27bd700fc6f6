// The scenarios that a worker was linked with.
#pragma once

#include <worker/scenario.hpp>

#include <string_view>

namespace lockstep::worker {

/// Null when there is none of that name.
[[nodiscard]] Play scenario_named(std::string_view name) noexcept;

}  // namespace lockstep::worker
