// An exercise's manifest, exercise.toml: the one place that knows its files, checks and limits.
#pragma once

#include <base/text.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// What one contained program of a submission may use.
struct Limits {
    std::chrono::milliseconds wall{20'000};  ///< without the time in line for a processor
    std::chrono::milliseconds cpu{20'000};
    std::size_t memory_bytes = std::size_t{512} << 20;
    std::size_t output_bytes = std::size_t{1} << 20;
    unsigned processes = 64;
};

struct Check {
    std::string id;             ///< "overlap"
    int points = 0;             ///< the same for all checks of an exercise
    int task = 0;               ///< the number of the handout's task
    Text title;                 ///< a short sentence: the test's name
    Text shows;                 ///< one sentence: what it shows
    std::array<Text, 3> hints;  ///< a question; what to look at; an outline
};

struct Question {
    std::string id;
    std::string theme;
    Text text;
    std::vector<Text> answers;
    std::size_t right = 0;
    Text why;
};

struct Exercise {
    std::string id;  ///< "01-threaded-io": its folder's name
    int number = 0;
    Text title;
    Text summary;
    std::vector<std::string> files;  ///< what a student may edit: plain names, no folders
    std::string program;  ///< one of `files` that is a program of its own, with a main; or ""
    std::vector<Check> checks;
    std::vector<Question> questions;
    Limits limits;
    unsigned cores = 1;
    std::filesystem::path folder;

    /// Null when there is none of that name.
    [[nodiscard]] const Check* check(std::string_view wanted) const noexcept;
    [[nodiscard]] int points() const noexcept;
};

/// Reads FOLDER/exercise.toml. Throws GraderError that names file, line and what is wrong: unknown
/// or missing keys, ids that are no plain names, checks of unequal points, more than nine checks.
[[nodiscard]] Exercise read_manifest(const std::filesystem::path& folder);

}  // namespace lockstep
