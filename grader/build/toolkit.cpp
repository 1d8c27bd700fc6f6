#include <build/toolkit.hpp>

#include <base/error.hpp>
#include <base/read_file.hpp>
#include <build/hash.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

constexpr int version = 3;

std::string read_part(const fs::path& file, Flavour flavour) {
    std::optional<std::string> bytes = read_bytes(file);
    if (!bytes || bytes->empty()) {
        throw GraderError(
            fmt::format("{} can't be read: build the target lockstep_toolkit_{} (./kit "
                        "grade does).",
                        file.string(), name_of(flavour)));
    }
    return *std::move(bytes);
}

}  // namespace

Toolkit read_toolkit(const Kit& kit, Flavour flavour) {
    const fs::path folder = kit.toolkits() / name_of(flavour);
    const std::string description = read_part(folder / "toolkit.json", flavour);
    // Written last: without it, the build of the toolkit did not end.
    const std::string contents = read_part(folder / "contents", flavour);
    try {
        const nlohmann::json json = nlohmann::json::parse(description);
        if (json.at("version") != version) {
            throw GraderError(
                fmt::format("{} was made for another version of the grader: build the "
                            "kit anew.",
                            folder.string()));
        }
        Toolkit toolkit;
        toolkit.folder = folder;
        toolkit.compiler = json.at("compiler").get<std::string>();
        toolkit.clang = json.at("compiler_id") == "Clang";
        for (const auto& mount : json.at("mounts")) {
            toolkit.mounts.emplace_back(mount.get<std::string>());
        }
        toolkit.compile = json.at("compile").get<std::vector<std::string>>();
        toolkit.link = json.at("link").get<std::vector<std::string>>();
        toolkit.libraries = json.at("libraries").get<std::vector<std::string>>();
        toolkit.program_libraries = json.at("program_libraries").get<std::vector<std::string>>();
        for (const auto& [id, scenarios] : json.at("exercises").items()) {
            toolkit.exercises[id] = {scenarios.at("objects").get<std::vector<std::string>>(),
                                     scenarios.at("sources").get<std::vector<std::string>>()};
        }
        toolkit.identity = Hash{}.add_part(description).add_part(contents).text();
        return toolkit;
    } catch (const nlohmann::json::exception& error) {
        throw GraderError(fmt::format("{} is damaged ({}): build the kit anew.",
                                      (folder / "toolkit.json").string(), error.what()));
    }
}

std::string check_compiler(const Toolkit& toolkit) {
    struct stat status {};
    if (::access(toolkit.compiler.c_str(), X_OK) != 0 ||
        ::stat(toolkit.compiler.c_str(), &status) != 0) {
        throw GraderError(
            fmt::format("The compiler {} is missing: install it, or configure the kit "
                        "with another one.",
                        toolkit.compiler.string()));
    }
    return fmt::format("{} {} {}.{}", toolkit.compiler.string(), status.st_size,
                       status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

}  // namespace lockstep
