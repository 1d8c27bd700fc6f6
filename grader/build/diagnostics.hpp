// From what a compiler and a linker print to what a student reads. Nothing here runs anything.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

/// The most that is kept of it.
inline constexpr std::size_t max_diagnostics_bytes = std::size_t{16} << 10;

struct Diagnostics {
    std::string text;   ///< capped, without control characters, valid UTF-8
    std::string file;   ///< of the first error; "" if unknown
    unsigned line = 0;  ///< of the first error
};

/// How paths are shortened: what begins with `first` begins with `second` instead. The longest
/// first.
using ShorterPaths = std::vector<std::pair<std::string, std::string>>;

/// `files` are the student's, as they stand in `output` once paths are shortened. An error in a
/// header is placed where the student's file led to it.
[[nodiscard]] Diagnostics read_compiler_output(const std::string& output,
                                               const ShorterPaths& shorter,
                                               const std::vector<std::string>& files);

/// Ahead of what the linker said stands what it means: a function that is missing, one too many.
/// `contract` is the header that says what has to be defined: "downloads.hpp".
[[nodiscard]] Diagnostics read_linker_output(const std::string& output, const ShorterPaths& shorter,
                                             const std::vector<std::string>& files,
                                             const std::string& contract);

}  // namespace lockstep
