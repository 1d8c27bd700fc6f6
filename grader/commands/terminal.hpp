// What standard output and standard error are, and what they can show.
#pragma once

#include <commands/command_line.hpp>

#include <mutex>
#include <string_view>

namespace lockstep {

/// For a report on standard output: the terminal's width (80 where there is none), Unicode where
/// the locale says UTF-8, and for `automatic` colours on a terminal unless NO_COLOR is set.
[[nodiscard]] TextStyle style_of_stdout(Colour colour);

/// For a report in a file: 80 columns of UTF-8; colours only for `always`.
[[nodiscard]] TextStyle style_of_file(Colour colour);

/// What a report is made from beside the results: this process's environment, the clock, and
/// standard output's style or a file's.
[[nodiscard]] ReportContext context_of(Audience audience, Language language, Colour colour,
                                       bool to_stdout);

/// Writes to standard output, and throws GraderError when that fails: a full disk must not look
/// like a report.
void print(std::string_view text);

/// One line on standard error that says where things stand, where that is a terminal; nothing
/// elsewhere. Thread-safe.
class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine();  ///< wipes the line
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(std::string_view text);
    void wipe();

private:
    std::mutex mutex_;
    bool terminal_;
    bool shown_ = false;
};

}  // namespace lockstep
