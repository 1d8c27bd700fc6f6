#include <report/foreign.hpp>

#include <algorithm>
#include <array>
#include <lab/printable.hpp>
#include <utility>

namespace lockstep {
namespace {

namespace printable = lab::printable;

/// Longer lines are nobody's to read, and a flood of output is one line more often than not.
constexpr std::size_t most_columns = 2'000;

/// An empty Braille cell: `printable::clean`, which makes one blank of several, lets it be.
constexpr std::string_view kept_blank = "\u2800";

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string result;
    while (true) {
        const std::size_t at = text.find(from);
        result += text.substr(0, at);
        if (at == std::string_view::npos) {
            return result;
        }
        result += to;
        text.remove_prefix(at + from.size());
    }
}

std::string clean_line(std::string_view line) {
    // Cut first: replacing must not cost more than what is shown.
    line = line.substr(0, 8 * most_columns);
    std::string held = replaced(line, "\t", "    ");
    held = replaced(held, " ", kept_blank);
    std::string clean = replaced(printable::clean(held, most_columns), kept_blank, " ");
    clean.erase(clean.find_last_not_of(' ') + 1);
    return without_commands(clean);
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 60> counterparts{{
    // The lab's timeline (timeline/canvas.cpp and text.cpp there).
    {"█", "="},
    {"╱", "/"},
    {"╳", "x"},
    {"▓", "#"},
    {"■", "*"},
    {"░", "%"},
    {"·", "."},
    {"─", "-"},
    {"┤", "|"},
    {"▾", "v"},
    {"✗", "x"},
    {"▐", "["},
    {"├", "|"},
    {"┼", "+"},
    {"╌", "."},
    {"│", "|"},
    // The report's own.
    {"✓", "+"},
    {"→", "->"},
    {"…", ">"},
    {"•", "*"},
    // Typography.
    {"–", "-"},
    {"—", "-"},
    {"‘", "'"},
    {"’", "'"},
    {"“", "\""},
    {"”", "\""},
    {"«", "\""},
    {"»", "\""},
    {"×", "x"},
    {"µ", "u"},
    {"≤", "<="},
    {"≥", ">="},
    // French.
    {"à", "a"},
    {"â", "a"},
    {"ä", "a"},
    {"æ", "ae"},
    {"ç", "c"},
    {"é", "e"},
    {"è", "e"},
    {"ê", "e"},
    {"ë", "e"},
    {"î", "i"},
    {"ï", "i"},
    {"ô", "o"},
    {"ö", "o"},
    {"œ", "oe"},
    {"ù", "u"},
    {"û", "u"},
    {"ü", "u"},
    {"À", "A"},
    {"Â", "A"},
    {"Ç", "C"},
    {"É", "E"},
    {"È", "E"},
    {"Ê", "E"},
    {"Î", "I"},
    {"Ô", "O"},
    {"Œ", "OE"},
    {"Ù", "U"},
    {"Û", "U"},
}};

}  // namespace

std::vector<std::string> clean_lines(std::string_view text, std::size_t most_lines) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        if (lines.size() == most_lines) {
            lines.back() = "…";
            break;
        }
        const std::size_t end = text.find('\n');
        lines.push_back(clean_line(text.substr(0, end)));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    while (!lines.empty() && lines.back().empty()) {
        lines.pop_back();
    }
    return lines;
}

std::string clean_text(std::string_view text, std::size_t most_lines) {
    std::string joined;
    for (const std::string& line : clean_lines(text, most_lines)) {
        joined += joined.empty() ? "" : "\n";
        joined += line;
    }
    return joined;
}

std::string clean_name(std::string_view text) {
    return without_commands(printable::clean(text, 256));
}

std::string clean_sentence(std::string_view text) {
    return without_commands(printable::clean(text, most_columns));
}

std::string to_ascii(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const auto* const ascii = std::find_if(
            text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
        plain.append(text.begin(), ascii);
        text.remove_prefix(static_cast<std::size_t>(ascii - text.begin()));
        if (text.empty()) {
            break;
        }
        const auto* const known =
            std::find_if(counterparts.begin(), counterparts.end(),
                         [text](const auto& pair) { return text.starts_with(pair.first); });
        if (known != counterparts.end()) {
            plain += known->second;
            text.remove_prefix(known->first.size());
            continue;
        }
        std::size_t length = 1;
        while (length < text.size() &&
               (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80U) {
            ++length;
        }
        plain += printable::ascii(text.substr(0, length));
        text.remove_prefix(length);
    }
    // What fell off may have stood within a command.
    return without_commands(plain);
}

std::string without_commands(std::string_view text) {
    std::string spoilt;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end);
        const std::size_t start = std::min(line.find_first_not_of(" \t"), line.size());
        spoilt += line.substr(0, start);
        line.remove_prefix(start);
        if (line.starts_with("::")) {
            spoilt += ": ";
            line.remove_prefix(2);
        }
        spoilt += line;
    }
    return replaced(spoilt, "##[", "# [");
}

}  // namespace lockstep
