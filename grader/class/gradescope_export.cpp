#include <class/gradescope_export.hpp>

#include <base/error.hpp>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <system_error>

namespace lockstep {
namespace {

/// Its keys are Ruby's symbols, which begin with a colon.
std::string name_of(const YAML::Node& submitter) {
    for (const char* key : {":sid", ":email", ":name"})
        if (const YAML::Node value = submitter[key]; value && value.IsScalar())
            if (auto name = value.as<std::string>(); !name.empty()) return name;
    throw UsageError{"a submitter has no number, address or name"};
}

std::map<std::string, std::vector<std::string>> submitters_in(const YAML::Node& all) {
    if (!all.IsMap()) throw UsageError{"it lists no submissions"};
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& entry : all) {
        const auto folder = entry.first.as<std::string>();
        const YAML::Node submitters =
            entry.second.IsMap() ? entry.second[":submitters"] : YAML::Node{};
        if (!submitters || !submitters.IsSequence())
            throw UsageError{fmt::format("it does not say whose {} is", folder)};
        for (const YAML::Node& submitter : submitters) found[folder].push_back(name_of(submitter));
    }
    return found;
}

}  // namespace

std::map<std::string, std::vector<std::string>> gradescope_submitters(
    const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "submission_metadata.yml";
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return {};
    try {
        return submitters_in(YAML::LoadFile(file.string()));
    } catch (const std::exception& problem) {
        throw UsageError{
            fmt::format("Who handed in what can't be read from '{}' ({}): export the submissions "
                        "from Gradescope again, or remove the file to have them named by their "
                        "folders.",
                        file.string(), problem.what())};
    }
}

}  // namespace lockstep
