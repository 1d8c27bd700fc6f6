// A trace as bytes. Places are resolved where the trace was made, for addresses mean nothing in
// another process; the list of choices stays behind, for policy and seed tell it.
#pragma once

#include <lab/trace.hpp>

#include <protocol/messages.hpp>
#include <protocol/wire.hpp>

namespace lockstep {

/// `stacks`: with the places of every event; else of diagnoses only.
void write_trace(wire::Writer& writer, lab::Trace&& trace, bool stacks);

/// Throws wire::Malformed. Every index of the trace that comes back is within its table, steps and
/// times never go back, and no table is longer than a run of the lab can make it.
[[nodiscard]] lab::Trace read_trace(wire::Reader& reader, const Run& run);

}  // namespace lockstep
