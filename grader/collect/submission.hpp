// Collect: from what somebody handed in to the files that will be built, and nothing else.
//
// Only files that a manifest lists are taken, as bytes, from a folder, a .zip or a .tar.gz. They
// may lie in exercises/NN-name/FILE, in NN-name/FILE (also below one enclosing folder, as archives
// have it), or flat for one exercise. Symbolic links, FIFOs, devices, and files over the limit are
// refused one by one, with a sentence; nothing in a submission is ever followed, run or written to.
#pragma once

#include <exercise/kit.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

/// The largest source file that is taken.
inline constexpr std::size_t max_file_bytes = std::size_t{1} << 20;

struct SubmittedFile {
    std::string name;   ///< as the manifest has it
    std::string bytes;  ///< as handed in, whatever the encoding
};

/// What was handed in for one exercise.
struct Submission {
    const Exercise* exercise = nullptr;
    std::vector<SubmittedFile> files;   ///< in the manifest's order
    std::vector<std::string> problems;  ///< a sentence for each file that is missing or refused

    [[nodiscard]] bool complete() const noexcept { return problems.empty(); }
};

/// For each exercise of `wanted` (empty: each that the submission holds any file of), in the kit's
/// order. Throws UsageError with one clear sentence when there is nothing to grade: no such path,
/// an empty folder, no exercise in it, not readable, not an archive, a damaged or a bomb of an
/// archive.
[[nodiscard]] std::vector<Submission> collect(const std::filesystem::path& path, const Kit& kit,
                                              const std::vector<std::string>& wanted);

}  // namespace lockstep
