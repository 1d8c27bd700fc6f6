#include <lab/printable.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>

namespace lab::printable {
namespace {

constexpr char32_t replacement = 0xfffd;

/// Takes one code point off the front; `replacement` and one byte for what is not UTF-8.
char32_t take(std::string_view& text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    std::size_t length = 1;
    char32_t code = first;
    char32_t least = 0;
    if (first >= 0xc2 && first <= 0xdf) {
        length = 2;
        code = first & 0x1fU;
        least = 0x80;
    } else if (first >= 0xe0 && first <= 0xef) {
        length = 3;
        code = first & 0x0fU;
        least = 0x800;
    } else if (first >= 0xf0 && first <= 0xf4) {
        length = 4;
        code = first & 0x07U;
        least = 0x10000;
    } else if (first >= 0x80) {
        text.remove_prefix(1);
        return replacement;
    }
    bool valid = length <= text.size();
    for (std::size_t i = 1; valid && i < length; ++i) {
        valid = (byte(i) & 0xc0U) == 0x80U;
        code = (code << 6U) | (byte(i) & 0x3fU);
    }
    // Overlong forms, surrogates and what lies past Unicode are not UTF-8 either (RFC 3629).
    valid = valid && code >= least && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    text.remove_prefix(valid ? length : 1);
    return valid ? code : replacement;
}

void append(std::string& text, char32_t code) {
    const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0U | (code >> 6U));
        put(0x80U | (code & 0x3fU));
    } else if (code < 0x10000) {
        put(0xe0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3fU));
        put(0x80U | (code & 0x3fU));
    } else {
        put(0xf0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3fU));
        put(0x80U | ((code >> 6U) & 0x3fU));
        put(0x80U | (code & 0x3fU));
    }
}

struct Range {
    char32_t first;
    char32_t last;
};

template <std::size_t size>
bool within(const std::array<Range, size>& ranges, char32_t code) noexcept {
    return std::any_of(ranges.begin(), ranges.end(), [code](const Range& range) {
        return code >= range.first && code <= range.last;
    });
}

/// Neither shown nor taking room, or changing how their neighbours are shown: controls, zero-width
/// and direction signs, variation selectors, tags, line separators, non-characters. A Hangul
/// jamo of the middle and end takes a column or none, as the terminal pleases: no label needs one.
constexpr std::array<Range, 19> never_shown{{
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},      {0x115f, 0x11ff},
    {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e},    {0x2060, 0x206f},
    {0x3164, 0x3164}, {0xd7b0, 0xd7ff}, {0xe000, 0xf8ff}, {0xfe00, 0xfe0f},    {0xfeff, 0xfeff},
    {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0x10ffff},
}};

/// The combining blocks of scripts that labels are likely to use (general category Mn and Me of
/// Unicode 15, coarsened to whole blocks where all of a block's letters are such).
constexpr std::array<Range, 22> combining{{
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x5bf, 0x5c7},   {0x610, 0x61a},
    {0x64b, 0x65f},   {0x670, 0x670},   {0x6d6, 0x6dc},   {0x6df, 0x6e4},   {0x6e7, 0x6ed},
    {0x93a, 0x93a},   {0x93c, 0x93c},   {0x941, 0x948},   {0x94d, 0x94d},   {0xe31, 0xe31},
    {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff},
    {0x3099, 0x309a}, {0xfe20, 0xfe2f},
}};

/// East Asian Wide and Fullwidth (Unicode 15, UAX #11), emoji included.
constexpr std::array<Range, 33> wide{{
    {0x1100, 0x115e}, {0x231a, 0x231b}, {0x2329, 0x232a}, {0x23e9, 0x23ec}, {0x23f0, 0x23f3},
    {0x25fd, 0x25fe}, {0x2614, 0x2615}, {0x2648, 0x2653}, {0x267f, 0x267f}, {0x2693, 0x2693},
    {0x26a1, 0x26a1}, {0x26aa, 0x26ab}, {0x26bd, 0x26be}, {0x26c4, 0x26ce}, {0x26d4, 0x26d4},
    {0x26ea, 0x26fd}, {0x2705, 0x2705}, {0x270a, 0x270b}, {0x2728, 0x2728}, {0x274c, 0x274e},
    {0x2753, 0x2757}, {0x2795, 0x2797}, {0x27b0, 0x27bf}, {0x2b1b, 0x2b1c}, {0x2b50, 0x2b55},
    {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xa960, 0xa97f}, {0xac00, 0xd7a3}, {0xf900, 0xfaff},
    {0xfe30, 0xfe6f}, {0xff01, 0xff60}, {0xffe0, 0xffe6},
}};

std::size_t columns(char32_t code) noexcept {
    if (code < 0x300) {
        return 1;
    }
    if (within(combining, code)) {
        return 0;
    }
    const bool pictures = code >= 0x1f000 && code <= 0x1faff;
    const bool ideographs = code >= 0x20000 && code <= 0x3ffff;
    return pictures || ideographs || within(wide, code) ? 2 : 1;
}

/// Takes an escape sequence (ECMA-48) off the front, of which ESC is already gone.
void skip_escape(std::string_view& text) noexcept {
    if (text.empty()) {
        return;
    }
    const char kind = text.front();
    text.remove_prefix(1);
    if (kind == '[') {
        while (!text.empty() && text.front() >= 0x20 && text.front() <= 0x3f) {
            text.remove_prefix(1);
        }
        if (!text.empty() && text.front() >= 0x40 && text.front() <= 0x7e) {
            text.remove_prefix(1);
        }
    } else if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') {
        // A string ended by BEL or ST. Without either it is no sequence, and its text is kept.
        const std::size_t end = text.find_first_of("\a\x1b");
        if (end != std::string_view::npos) {
            text.remove_prefix(end + 1);
            if (text.starts_with('\\')) {
                text.remove_prefix(1);
            }
        }
    }
}

}  // namespace

std::string clean(std::string_view untrusted, std::size_t most) {
    std::string text;
    std::size_t width = 0;
    unsigned stacked = 0;
    // Reads only as far as is shown: a label may be a megabyte long.
    while (!untrusted.empty() && width <= most) {
        char32_t code = take(untrusted);
        if (code == 0x1b) {
            skip_escape(untrusted);
            continue;
        }
        if (code == '\t' || code == '\n' || code == '\r' || code == 0xa0 || code == 0x2028) {
            code = ' ';
        }
        if (within(never_shown, code) || (code == ' ' && text.ends_with(' '))) {
            continue;
        }
        const std::size_t more = columns(code);
        stacked = more == 0 ? stacked + 1 : 0;
        if (stacked > 2 || (more == 0 && text.empty())) {
            continue;
        }
        append(text, code);
        width += more;
    }
    return cut(text, most);
}

std::size_t columns(std::string_view text) noexcept {
    std::size_t width = 0;
    while (!text.empty()) {
        width += columns(take(text));
    }
    return width;
}

std::string cut(std::string_view text, std::size_t most) {
    if (text.size() <= most || columns(text) <= most) {
        return std::string{text};
    }
    std::string kept;
    std::size_t width = 0;
    while (most > 0) {
        std::string_view rest = text;
        const char32_t code = take(rest);
        const std::size_t more = columns(code);
        if (width + more > most - 1) {
            return kept + "…";
        }
        append(kept, code);
        width += more;
        text = rest;
    }
    return kept;
}

std::string fit(std::string_view text, std::size_t width) {
    std::string line = cut(text, width);
    line.append(width - columns(line), ' ');
    return line;
}

std::string ascii(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const char32_t code = take(text);
        switch (code) {
        case U'…': plain += '>'; break;
        case U'µ': plain += 'u'; break;
        case U'×': plain += 'x'; break;
        case U'–': plain += '-'; break;
        default:
            if (code < 0x80) {
                plain += static_cast<char>(code);
            } else {
                plain.append(columns(code), '?');
            }
        }
    }
    return plain;
}

std::string xml(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
        case '&': escaped += "&amp;"; break;
        case '<': escaped += "&lt;"; break;
        case '>': escaped += "&gt;"; break;
        case '"': escaped += "&quot;"; break;
        case '\'': escaped += "&#39;"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

std::string quoted(std::string_view untrusted) {
    std::string text{"\""};
    for (const char c : untrusted) {
        if (c == '"' || c == '\\') {
            text += '\\';
            text += c;
        } else if (c >= 0x20 && c < 0x7f) {
            text += c;
        } else {
            fmt::format_to(std::back_inserter(text), "\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return text + '"';
}

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
    width = std::max<std::size_t>(width, 8);
    indent = std::min(indent, width / 2);
    std::string lines;
    std::string line;
    std::size_t used = 0;
    bool empty = true;  // no word on this line yet
    const auto break_line = [&] {
        lines += line + '\n';
        line.assign(indent, ' ');
        used = indent;
        empty = true;
    };
    const std::size_t lead = std::min(text.find_first_not_of(' '), text.size());
    line.assign(std::min(lead, width / 2), ' ');
    used = line.size();
    text.remove_prefix(lead);
    while (!text.empty()) {
        std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size());
        const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
        text.remove_prefix(blanks);
        const std::size_t size = columns(word);
        if (!empty && used + size > width) {
            while (line.ends_with(' ')) {
                line.pop_back();
            }
            break_line();
        }
        for (std::size_t left = size; left > 0;) {
            std::string_view rest = word;
            const char32_t code = take(rest);
            const std::size_t more = columns(code);
            if (used + more > width) {
                break_line();
            }
            append(line, code);
            used += more;
            left -= more;
            word = rest;
        }
        line += word;  // combining marks that were left
        empty = false;
        const std::size_t gap = text.empty() ? 0 : std::min(blanks, width - std::min(used, width));
        line.append(gap, ' ');
        used += gap;
    }
    while (line.ends_with(' ')) {
        line.pop_back();
    }
    return lines + line + '\n';
}

std::string human(std::chrono::nanoseconds duration) {
    const std::int64_t count = duration.count();
    if (count == 0) {
        return "0 s";
    }
    // Unsigned, for the least number has no positive counterpart.
    const std::uint64_t ns =
        count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
    const auto decimal = [](std::uint64_t value, std::uint64_t unit, std::string_view name) {
        std::string text = fmt::format("{}", value / unit);
        if (const std::uint64_t rest = value % unit; rest != 0) {
            std::string digits = fmt::format("{}", unit + rest).substr(1);
            digits.erase(digits.find_last_not_of('0') + 1);
            text += '.' + digits;
        }
        return fmt::format("{} {}", text, name);
    };
    constexpr std::uint64_t second = 1'000'000'000;
    std::string text = count < 0 ? "-" : "";
    if (ns < 1'000) {
        text += decimal(ns, 1, "ns");
    } else if (ns < 1'000'000) {
        text += decimal(ns, 1'000, "µs");
    } else if (ns < second) {
        text += decimal(ns, 1'000'000, "ms");
    } else if (ns < 60 * second) {
        text += decimal(ns, second, "s");
    } else {
        const std::uint64_t hours = ns / (3'600 * second);
        const std::uint64_t minutes = ns / (60 * second) % 60;
        const std::uint64_t rest = ns % (60 * second);
        std::string parts = hours != 0 ? fmt::format("{} h", hours) : "";
        if (minutes != 0) {
            parts += fmt::format("{}{} min", parts.empty() ? "" : " ", minutes);
        }
        if (rest != 0) {
            parts += ' ' + decimal(rest, second, "s");
        }
        text += parts;
    }
    return text;
}

std::string count(std::size_t number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

}  // namespace lab::printable
