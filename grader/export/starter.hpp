// The repository that students get.
//
// Nothing is in it but what is named here: file by file, and for the lab and the support library by
// folder and kind of file. So what is new in the kit stays in the kit until somebody names it.
#pragma once

#include <exercise/kit.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

struct StarterFile {
    std::filesystem::path path;  ///< in the repository
    std::string content;
    bool executable = false;
};

/// The starter for these of the kit's exercises: their skeletons, handouts and public tests, the
/// lab, the build, and a workflow that runs the tests. Throws GraderError where a part is missing
/// or can't be read, and where a skeleton is the reference solution.
[[nodiscard]] std::vector<StarterFile> starter_files(const Kit& kit,
                                                     const std::vector<Exercise>& exercises);

}  // namespace lockstep
