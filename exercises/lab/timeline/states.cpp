#include <lab/timeline/layout.hpp>

#include <array>

namespace lab::timeline {

std::string_view name_of(State state) noexcept {
    constexpr std::array<std::string_view, state_count> names{
        "absent", "ready",   "running", "sleep",     "lock",
        "wait",   "compute", "span",    "cancelled", "failed",
    };
    return names[static_cast<std::size_t>(state)];
}

std::string_view meaning(State state) noexcept {
    switch (state) {
    case State::absent: return "not there";
    case State::ready: return "can run";
    case State::running: return "runs";
    case State::sleeping: return "sleeps";
    case State::waits_lock: return "waits for a lock";
    case State::waits: return "waits";
    case State::computing: return "computes";
    case State::span: return "under way";
    case State::cancelled: return "cancelled";
    case State::failed: return "failed";
    }
    return "";
}

}  // namespace lab::timeline
