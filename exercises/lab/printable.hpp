// Text that somebody else wrote, made fit to be shown: thread names, labels, what exceptions say.
//
// Such text may hold anything: escape sequences that clear the screen, half a UTF-8 sequence, signs
// that reverse the direction of writing. After `clean` it is valid UTF-8 on one line, and every
// code point in it takes the columns that `columns` says.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace lab::printable {

/// Without escape sequences, control and direction characters; invalid bytes become U+FFFD; blanks
/// and line breaks become one blank. At most `most` columns: what is longer ends in "…".
[[nodiscard]] std::string clean(std::string_view untrusted, std::size_t most = 64);

/// The columns that clean text takes on a terminal: 2 for wide characters, 0 for combining ones.
[[nodiscard]] std::size_t columns(std::string_view text) noexcept;

/// Clean text cut to at most `most` columns, ending in "…" when cut.
[[nodiscard]] std::string cut(std::string_view text, std::size_t most);

/// `cut`, then filled with blanks to exactly `width` columns.
[[nodiscard]] std::string fit(std::string_view text, std::size_t width);

/// Clean text in ASCII: "…" becomes ">", "µ" "u", any other character as many "?" as its columns.
[[nodiscard]] std::string ascii(std::string_view text);

/// Clean text as the content of an XML element or attribute.
[[nodiscard]] std::string xml(std::string_view text);

/// In double quotes, with every byte that is not printable ASCII escaped: the same for ever, and
/// never two texts for one.
[[nodiscard]] std::string quoted(std::string_view untrusted);

/// Breaks clean text between words into lines of at most `width` columns (at least 8), each but the
/// first indented by `indent` blanks; words that are too long are broken where they must be.
/// Each line ends with a newline.
[[nodiscard]] std::string wrap(std::string_view text, std::size_t width, std::size_t indent = 0);

/// "0 s", "250 ms", "1.5 s", "1 min 30 s", "2 h": exact, so that two durations differ in their
/// texts when they differ.
[[nodiscard]] std::string human(std::chrono::nanoseconds duration);

/// "1 thread", "3 threads".
[[nodiscard]] std::string count(std::size_t number, std::string_view noun);

}  // namespace lab::printable
