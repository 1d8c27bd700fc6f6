#include <build/compiler_messages.hpp>
#include <build/diagnostics.hpp>
#include <build/type_names.hpp>

#include <boost/algorithm/string/replace.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

namespace lockstep {

namespace {

/// Of a line to be read, and of one of which the types are still to be made shorter.
constexpr std::size_t max_line_bytes = 400;
constexpr std::size_t max_raw_line_bytes = 8000;
constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// The length of the UTF-8 sequence at the text's beginning; 0 when it is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t length = first < 0x80                    ? 1
                               : first >= 0xC2 && first < 0xE0 ? 2
                               : first >= 0xE0 && first < 0xF0 ? 3
                               : first >= 0xF0 && first < 0xF5 ? 4
                                                               : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    // Overlong, surrogates, beyond the last code point.
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) >= 0xA0) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) >= 0x90) return 0;
    return length;
}

/// Controls, and the signs that reverse the direction of writing, with which code can be made to
/// read as what it is not.
bool misleads(std::string_view sequence) {
    if (sequence.size() == 1) {
        const auto c = static_cast<unsigned char>(sequence[0]);
        return (c < 0x20 && c != '\t') || c == 0x7F;
    }
    if (sequence.size() == 2) {
        return sequence[0] == '\xC2' && static_cast<unsigned char>(sequence[1]) < 0xA0;
    }
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 2> ranges{{
        {"\xE2\x80\x8E", "\xE2\x80\x8F"},  // the marks
        {"\xE2\x80\xA8", "\xE2\x80\xAE"},  // line separators, embeddings and overrides
    }};
    static constexpr std::pair<std::string_view, std::string_view> isolates{"\xE2\x81\xA6",
                                                                            "\xE2\x81\xA9"};
    const auto within = [sequence](const auto& range) {
        return sequence >= range.first && sequence <= range.second;
    };
    return std::any_of(ranges.begin(), ranges.end(), within) || within(isolates);
}

std::string clean_line(std::string_view line) {
    std::string clean;
    for (std::size_t i = 0; i < line.size() && clean.size() < max_raw_line_bytes;) {
        const std::size_t length = sequence_length(line.substr(i));
        const std::string_view sequence = line.substr(i, std::max<std::size_t>(length, 1));
        clean += length == 0 || misleads(sequence) ? replacement : sequence;
        i += sequence.size();
    }
    return clean;
}

/// A clean line cut between two characters, if it must be.
std::string readable_length(const std::string& line) {
    if (line.size() <= max_line_bytes) return line;
    std::size_t end = 0;
    while (end < max_line_bytes) end += sequence_length(std::string_view{line}.substr(end));
    return line.substr(0, end) + " ...";
}

/// Cleaned lines, their paths shortened.
std::vector<std::string> lines_of(const std::string& output, const ShorterPaths& shorter) {
    std::string text = output;
    for (const auto& [from, to] : shorter) boost::replace_all(text, from, to);
    std::vector<std::string> lines;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = std::min(text.find('\n', from), text.size());
        std::string_view line{text.data() + from, to - from};
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(clean_line(line));
        from = to + 1;
    }
    return lines;
}

std::string capped(const std::vector<std::string>& lines) {
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string line = readable_length(lines[i]);
        if (text.size() + line.size() + 1 > max_diagnostics_bytes) {
            return text + fmt::format("... and {} more lines.\n", lines.size() - i);
        }
        text += line + '\n';
    }
    return text;
}

/// What stands behind `mark`, up to `end` (or the line's).
std::optional<std::string> behind(std::string_view line, std::string_view mark,
                                  std::string_view end) {
    const std::size_t at = line.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    std::string_view rest = line.substr(at + mark.size());
    return std::string{rest.substr(0, rest.find(end))};
}

/// As mold and lld, and as GNU ld say it.
std::optional<std::string> undefined_symbol(std::string_view line) {
    if (auto name = behind(line, "undefined symbol: ", "\n")) return name;
    if (auto name = behind(line, "undefined reference to `", "'")) return name;
    return std::nullopt;
}

std::optional<std::string> duplicate_symbol(std::string_view line) {
    if (const auto rest = behind(line, "duplicate symbol: ", "\n")) {
        // mold: "A.o: B.o: NAME", lld: "NAME".
        const std::size_t colon = rest->rfind(": ");
        return colon == std::string::npos ? *rest : rest->substr(colon + 2);
    }
    if (auto name = behind(line, "multiple definition of `", "'")) return name;
    return std::nullopt;
}

std::string list_of(const std::vector<std::string>& files) {
    std::string list;
    for (std::size_t i = 0; i < files.size(); ++i) {
        list += (i == 0 ? "" : i + 1 == files.size() ? " or " : ", ") + files[i];
    }
    return list;
}

}  // namespace

Diagnostics read_compiler_output(const std::string& output, const ShorterPaths& shorter,
                                 const std::vector<std::string>& files) {
    WhatMatters found = what_matters(lines_of(output, shorter), files);
    return {capped(found.lines), std::move(found.first.file), found.first.line};
}

Diagnostics read_linker_output(const std::string& output, const ShorterPaths& shorter,
                               const std::vector<std::string>& files, const std::string& contract) {
    std::vector<std::string> lines = lines_of(output, shorter);
    for (std::string& line : lines) line = with_written_types(line);
    std::vector<std::string> meanings;
    std::set<std::string> told;
    for (const std::string& line : lines) {
        if (const auto name = undefined_symbol(line); name && told.insert(*name).second) {
            meanings.push_back(fmt::format(
                "'{}' is called and nowhere defined: write it in {}, with exactly the parameters "
                "that {} gives it.",
                *name, list_of(files), contract));
        } else if (const auto twice = duplicate_symbol(line); twice && told.insert(*twice).second) {
            meanings.push_back(
                *twice == "main"
                    ? fmt::format("'main' is defined in {}: take it out. The tests have their own, "
                                  "and call your functions.",
                                  list_of(files))
                    : fmt::format("'{}' is defined twice, or is a function that the tests bring "
                                  "along: rename yours in {}, or take it out.",
                                  *twice, list_of(files)));
        }
    }
    if (!meanings.empty()) meanings.emplace_back("");
    lines.insert(lines.begin(), meanings.begin(), meanings.end());
    return {capped(lines), "", 0};
}

}  // namespace lockstep
