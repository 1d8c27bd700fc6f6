// Plays a request's runs, one after the other.
#pragma once

#include <protocol/messages.hpp>

#include <functional>

namespace lockstep::worker {

/// Calls `each` with every run that was played; it answers whether to go on. Stops after a run that
/// did not come to its end, for what it left behind would be in the way of the next.
[[nodiscard]] Finished play(const Request& request,
                            const std::function<bool(const Answer&, lab::Trace&&)>& each);

}  // namespace lockstep::worker
