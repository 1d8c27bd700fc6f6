#include <judge/timeline.hpp>

#include <cstddef>

namespace lockstep {
namespace {

/// A class of hundreds has thousands of timelines, and a page may hold a hundred of them.
constexpr std::size_t most_shapes = 300;
constexpr lab::timeline::Limits limits{.rows = 16, .lanes = 8, .problems = 4, .witnesses = 6};

}  // namespace

std::optional<lab::timeline::Layout> timeline_of(const lab::Trace& trace) {
    if (trace.threads().size() < 2 && trace.spans().empty()) return std::nullopt;
    return thinned(lay_out(trace, lab::Axis::automatic, limits), most_shapes);
}

}  // namespace lockstep
