// Result files: the reverse of report/json.hpp.
//
// Such a file may come from another machine, another version or a careless editor. So it is held to
// everything that the writer promises: what is missing, unknown, there twice, of another type or
// longer than anything that the grader writes is refused, and so is a total that is not the sum of
// its parts.
#pragma once

#include <report/style.hpp>
#include <score/result.hpp>

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace lockstep {

struct ReadResult {
    Result result;
    /// A student's document lacks seed, details and recipes: no instructor's report comes of it.
    Audience audience = Audience::instructor;
};

/// More than a grading's files ever take.
inline constexpr std::size_t most_bytes_of_result = std::size_t{64} << 20;

/// `name` is what the message calls the text. Throws UsageError with one sentence that says where
/// in the document it is wrong.
[[nodiscard]] ReadResult read_result(std::string_view text, std::string_view name);

/// The same, of a file. Throws UsageError also for what is no file, can't be read or is too long.
[[nodiscard]] ReadResult read_result_file(const std::filesystem::path& file);

}  // namespace lockstep
