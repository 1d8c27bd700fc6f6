// For GitHub Classroom's action `autograding-grading-reporter@v1`, and what came after it.
//
// The action has a list of runners, and for each takes the variable NAME_RESULTS, in capitals: JSON
// in base64. Seen in its code and by running it:
// - its table shows passed / rows × max_score, its notice the sum of `score`: they agree where all
//   rows weigh the same and are all or nothing, and show noise from ten rows on;
// - a row without `line_no` prints "undefined", one without `score` "NaN"; no `tests`, and it dies;
// - `message` is shown for the status "error" only, `test_code` always;
// - Linux gives one variable 128 KiB, which is 98,300 bytes before base64.
#pragma once

#include <report/formats.hpp>

#include <string>

namespace lockstep {

inline constexpr std::size_t most_rows_of_runner = 9;
inline constexpr std::size_t most_bytes_of_payload = 98'300;

/// A line for each exercise, as $GITHUB_OUTPUT takes them: "exercise01=<base64>". An exercise with
/// more than nine checks makes several: "exercise01", "exercise01part2".
[[nodiscard]] std::string render_classroom(const Result& result, const ReportContext& context);

/// Standard base64, without line breaks.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace lockstep
