#include <worker/registry.hpp>

#include <map>

namespace lockstep::worker {
namespace {

std::map<std::string_view, Play>& scenarios() {
    static std::map<std::string_view, Play> all;
    return all;
}

}  // namespace

Scenario::Scenario(std::string_view name, Play play) { scenarios().emplace(name, play); }

Play scenario_named(std::string_view name) noexcept {
    const auto found = scenarios().find(name);
    return found == scenarios().end() ? nullptr : found->second;
}

}  // namespace lockstep::worker
