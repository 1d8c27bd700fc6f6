// A toolkit, as cmake/Toolkit.cmake made it: what compiling and linking a worker takes.
#pragma once

#include <build/flavour.hpp>
#include <exercise/kit.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct Toolkit {
    struct Scenarios {
        std::vector<std::string> objects;
        std::vector<std::string> sources;  ///< those of which a student's header is part
    };

    std::filesystem::path folder;    ///< everything below may be seen by whoever compiles
    std::filesystem::path compiler;  ///< may be gone since CMake found it: `check_compiler`
    bool clang = false;
    std::vector<std::filesystem::path> mounts;   ///< of the compiler, where it is not in /usr
    std::vector<std::string> compile;            ///< options for every source
    std::vector<std::string> link;               ///< options
    std::vector<std::string> libraries;          ///< what comes behind a worker's objects
    std::vector<std::string> program_libraries;  ///< behind those of a student's own program
    std::map<std::string, Scenarios, std::less<>> exercises;
    std::string identity;  ///< differs when anything in the toolkit does

    [[nodiscard]] std::filesystem::path headers() const { return folder / "include"; }
    /// A precompiled header: "standard", "asio" or "process", the last of which has all of the
    /// others.
    [[nodiscard]] std::filesystem::path prelude(std::string_view name) const {
        return folder / "preludes" / (std::string{name} + ".hpp");
    }
    [[nodiscard]] std::filesystem::path private_headers() const { return folder / "private"; }
};

/// Throws GraderError when it is missing or half made.
[[nodiscard]] Toolkit read_toolkit(const Kit& kit, Flavour flavour);

/// What tells this compiler from an upgraded one. Throws GraderError when there is none.
[[nodiscard]] std::string check_compiler(const Toolkit& toolkit);

}  // namespace lockstep
