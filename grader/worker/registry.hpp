// The scenarios that a worker was linked with.
#pragma once

#include <worker/scenario.hpp>

#include <string_view>

namespace lockstep::worker {

struct Registered {
    Play play = nullptr;
    Where where = Where::lab;
};

/// `play` is null when there is none of that name.
[[nodiscard]] Registered scenario_named(std::string_view name) noexcept;

}  // namespace lockstep::worker
