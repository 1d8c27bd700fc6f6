// The kit on disk: where its parts are, and the exercises it has.
#pragma once

#include <exercise/manifest.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

class Kit {
public:
    /// Reads every manifest under SOURCE/exercises. `build` is the folder that CMake built in: it
    /// holds the toolkits and programs. Throws GraderError.
    Kit(std::filesystem::path source, std::filesystem::path build);

    /// From LOCKSTEP_SOURCE and LOCKSTEP_BUILD in the environment, else from where the running
    /// program lies (BUILD/bin). Throws GraderError when there is no kit there.
    [[nodiscard]] static Kit find();

    /// In order of their numbers.
    [[nodiscard]] const std::vector<Exercise>& exercises() const noexcept { return exercises_; }
    /// By id ("01-threaded-io"), number ("01", "1") or name ("threaded-io"). Throws UsageError
    /// that lists the ids there are.
    [[nodiscard]] const Exercise& exercise(std::string_view name) const;
    /// The ids of exercises that the caller named so.
    [[nodiscard]] std::vector<std::string> ids_of(const std::vector<std::string>& names) const;

    [[nodiscard]] const std::filesystem::path& source() const noexcept { return source_; }
    [[nodiscard]] std::filesystem::path solutions() const { return source_ / "solutions"; }
    [[nodiscard]] std::filesystem::path corpus() const { return source_ / "tests/submissions"; }
    [[nodiscard]] std::filesystem::path toolkits() const { return build_ / "toolkits"; }
    /// BUILD/bin/NAME: "supervisor", "driver".
    [[nodiscard]] std::filesystem::path program(std::string_view name) const;

private:
    std::filesystem::path source_;
    std::filesystem::path build_;
    std::vector<Exercise> exercises_;
};

}  // namespace lockstep
