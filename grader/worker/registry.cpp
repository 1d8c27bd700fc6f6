#include <worker/registry.hpp>

#include <map>

namespace lockstep::worker {
namespace {

std::map<std::string_view, Registered>& scenarios() {
    static std::map<std::string_view, Registered> all;
    return all;
}

}  // namespace

Scenario::Scenario(std::string_view name, Play play, Where where) {
    scenarios().emplace(name, Registered{play, where});
}

Registered scenario_named(std::string_view name) noexcept {
    const auto found = scenarios().find(name);
    return found == scenarios().end() ? Registered{} : found->second;
}

}  // namespace lockstep::worker
