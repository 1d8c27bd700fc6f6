// What Gradescope's export says of its folders: who handed in which.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lockstep {

/// The students of each folder ("submission_12345"), as `submission_metadata.yml` names them: each
/// by the student number, else the address, else the name. A group's folder has several. Empty
/// where `folder` has no such file. Throws UsageError where there is one that is not what it should
/// be.
[[nodiscard]] std::map<std::string, std::vector<std::string>> gradescope_submitters(
    const std::filesystem::path& folder);

}  // namespace lockstep
