// Messages to try the protocol with.
#pragma once

#include <protocol/messages.hpp>

#include <lab/trace_builder.hpp>

namespace samples {

[[nodiscard]] lockstep::Request request();
[[nodiscard]] lockstep::Answer answer();
/// Two threads, a lock, a fetch, a diagnosis, places.
[[nodiscard]] lab::TraceParts trace();

}  // namespace samples
