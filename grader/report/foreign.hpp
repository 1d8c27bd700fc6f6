// Text that a student may have had a hand in: names, output, what exceptions say.
//
// Such text must not move a terminal's cursor, look like another line of the report, or be taken
// by GitHub's runner as a command: it obeys lines that begin with "::" (leading blanks or not), and
// "##[" wherever it stands.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// The lines of `text`, each clean as of lab::printable::clean, but with its blanks kept: drawings
/// need them. At most `most_lines` lines; the last one then is "…". Trailing empty lines are gone.
[[nodiscard]] std::vector<std::string> clean_lines(std::string_view text,
                                                   std::size_t most_lines = 200);

/// `clean_lines`, joined by newlines.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t most_lines = 200);

/// Clean text on one line: names are cut sooner than sentences.
[[nodiscard]] std::string clean_name(std::string_view text);
[[nodiscard]] std::string clean_sentence(std::string_view text);

/// Clean text in ASCII, and clean again: accents fall off, drawings become what the lab draws them
/// as without Unicode, what has no counterpart becomes "?".
[[nodiscard]] std::string to_ascii(std::string_view text);

/// The text with every workflow command in it spoilt, line by line, none longer than it was. Clean
/// text is without them already; this is for text whose lines were broken anew.
[[nodiscard]] std::string without_commands(std::string_view text);

}  // namespace lockstep
