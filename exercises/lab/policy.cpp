#include <lab/policy.hpp>

#include <fmt/format.h>
#include <utility>

namespace lab {

Policy Policy::round_robin() {
    Policy policy;
    policy.kind = Kind::round_robin;
    return policy;
}

Policy Policy::random_walk() { return {}; }

Policy Policy::pct(unsigned depth, unsigned length) {
    Policy policy;
    policy.kind = Kind::pct;
    policy.depth = depth;
    policy.length = length;
    return policy;
}

Policy Policy::replay(std::vector<std::uint16_t> choices) {
    Policy policy;
    policy.kind = Kind::replay;
    policy.choices = std::move(choices);
    return policy;
}

std::string Policy::describe() const {
    switch (kind) {
    case Kind::round_robin: return "round robin";
    case Kind::random_walk: return "random walk";
    case Kind::pct: return fmt::format("PCT (depth {}, length {})", depth, length);
    case Kind::replay: return fmt::format("replay ({} choices)", choices.size());
    }
    return "an unknown policy";
}

}  // namespace lab
