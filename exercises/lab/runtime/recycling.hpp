// One run within a session, in memory that an earlier trace had.
#pragma once

#include <lab/observe.hpp>
#include <lab/trace_builder.hpp>

namespace lab::runtime {

/// Precondition: a Session exists. Throws what `observe` does.
[[nodiscard]] Trace play(const std::function<void()>& body, const Options& options,
                         TraceParts&& recycled);

}  // namespace lab::runtime
