#include <doctor/doctor.hpp>

#include <base/error.hpp>
#include <doctor/attempts.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace lockstep {
namespace {

/// An attempt that can't even be made is a symptom, too.
Symptom attempted(const std::string& id, const std::function<Symptom()>& attempt) {
    try {
        return attempt();
    } catch (const std::exception& error) {
        return {id, Health::broken, error.what(), "Nothing can be graded.",
                "Do what the sentence says, and ask the doctor again."};
    }
}

}  // namespace

std::string_view name_of(Health health) noexcept {
    switch (health) {
    case Health::fine: return "fine";
    case Health::degraded: return "degraded";
    case Health::broken: break;
    }
    return "broken";
}

Symptom fine(std::string id, std::string says) {
    return {std::move(id), Health::fine, std::move(says), "", ""};
}

std::vector<Symptom> examine_machine(const Kit& kit, const std::filesystem::path& cache) {
    std::vector<Symptom> symptoms;
    const auto add = [&](const std::string& id, const std::function<Symptom()>& attempt) {
        symptoms.push_back(attempted(id, attempt));
    };
    try {
        const Containment containment{kit.program("supervisor")};
        add("sandbox", [&] { return try_sandbox(containment); });
        add("limits", [&] { return try_limits(containment); });
        add("processes", [&] { return try_processes(kit, containment); });
        add("compiler", [&] { return try_compiler(kit, containment); });
        add("races", [&] { return try_race_detector(kit, containment); });
    } catch (const GraderError& error) {
        symptoms.push_back({"supervisor", Health::broken, error.what(), "Nothing can be graded.",
                            "Build the grader again: ./kit build."});
    }
    add("cache", [&] { return try_cache(cache); });
    add("disk", [&] { return try_disk(cache); });
    add("cores", [&] { return try_cores(kit); });
    add("clock", [] { return try_clock(); });
    return symptoms;
}

Health overall(const std::vector<Symptom>& symptoms) noexcept {
    Health worst = Health::fine;
    for (const Symptom& symptom : symptoms) {
        worst = std::max(worst, symptom.health);
    }
    return worst;
}

}  // namespace lockstep
