#include <score/verdict.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace lockstep {
namespace {

constexpr std::array<std::pair<Verdict, std::string_view>, 15> names{{
    {Verdict::pass, "pass"},
    {Verdict::wrong, "wrong"},
    {Verdict::todo, "todo"},
    {Verdict::build_error, "build_error"},
    {Verdict::crash, "crash"},
    {Verdict::deadlock, "deadlock"},
    {Verdict::data_race, "data_race"},
    {Verdict::blocked_loop, "blocked_loop"},
    {Verdict::busy_wait, "busy_wait"},
    {Verdict::leak, "leak"},
    {Verdict::too_slow, "too_slow"},
    {Verdict::over_limit, "over_limit"},
    {Verdict::timeout, "timeout"},
    {Verdict::skipped, "skipped"},
    {Verdict::grader_error, "grader_error"},
}};

}  // namespace

std::string_view name_of(Verdict verdict) noexcept {
    const auto* const found =
        std::find_if(names.begin(), names.end(),
                     [verdict](const auto& entry) { return entry.first == verdict; });
    return found == names.end() ? "grader_error" : found->second;
}

std::optional<Verdict> verdict_named(std::string_view name) noexcept {
    const auto* const found = std::find_if(
        names.begin(), names.end(), [name](const auto& entry) { return entry.second == name; });
    return found == names.end() ? std::nullopt : std::optional{found->first};
}

bool costs_points(Verdict verdict) noexcept {
    return verdict != Verdict::pass && verdict != Verdict::skipped &&
           verdict != Verdict::grader_error;
}

}  // namespace lockstep
