// What a submission of the corpus must get: its expect.toml.
//
//     says = "each download is joined inside the loop: one at a time after all"
//
//     [verdicts]
//     overlap = "wrong"    # the checks that must not pass; "*" stands for all of them
//
// Checks that it does not name must pass. A correct variant has `says` only.
#pragma once

#include <exercise/manifest.hpp>
#include <score/verdict.hpp>

#include <filesystem>
#include <map>
#include <string>

namespace lockstep {

struct Expectation {
    std::string says;
    std::map<std::string, Verdict> verdicts;  ///< by check; only those that must not pass

    [[nodiscard]] Verdict of(const std::string& check) const {
        const auto found = verdicts.find(check);
        return found == verdicts.end() ? Verdict::pass : found->second;
    }
};

/// All checks of the exercise, with one verdict.
[[nodiscard]] Expectation all_checks(const Exercise& exercise, Verdict verdict);

/// Throws GraderError that names the file and what is wrong in it: unknown keys, checks or
/// verdicts.
[[nodiscard]] Expectation read_expectation(const std::filesystem::path& file,
                                           const Exercise& exercise);

}  // namespace lockstep
