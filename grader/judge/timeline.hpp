// What is kept of a run so that it can be drawn.
#pragma once

#include <lab/timeline/layout.hpp>
#include <lab/trace.hpp>

#include <optional>

namespace lockstep {

/// A few kilobytes, however long the run was. Nullopt where there is nothing to see: one thread, in
/// which nothing takes time.
[[nodiscard]] std::optional<lab::timeline::Layout> timeline_of(const lab::Trace& trace);

}  // namespace lockstep
