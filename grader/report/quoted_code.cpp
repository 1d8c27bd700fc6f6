#include <report/quoted_code.hpp>

#include <algorithm>
#include <lab/printable.hpp>
#include <span>
#include <string_view>

namespace lockstep {
namespace {

namespace printable = lab::printable;

/// The bytes of "   12 |" and of "      |"; 0 where there is none.
std::size_t gutter(std::string_view line) noexcept {
    const std::size_t bar = line.find_first_not_of(" 0123456789+-");
    const bool found = bar != std::string_view::npos && bar > 0 && line[bar] == '|' &&
                       line[bar - 1] == ' ' && (bar + 1 == line.size() || line[bar + 1] == ' ');
    return found ? bar + 1 : 0;
}

bool only_marks(std::string_view line) noexcept {
    return line.find('^') != std::string_view::npos &&
           line.find_first_not_of(" ~^") == std::string_view::npos;
}

/// Without what its first columns hold; `dropped` is how many they are.
std::string_view without(std::string_view text, std::size_t dropped) noexcept {
    for (std::size_t gone = 0; gone < dropped && !text.empty();) {
        std::size_t bytes = 1;
        while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xc0U) == 0x80U) {
            ++bytes;
        }
        gone += printable::columns(text.substr(0, bytes));
        text.remove_prefix(bytes);
    }
    return text;
}

/// Lines of one quotation, each of which begins with `margin` bytes that are no code.
void fit(std::span<std::string> lines, std::size_t margin, std::size_t width) {
    const std::size_t room = width - std::min(margin, width / 2);
    std::size_t widest = 0;
    std::size_t blank = std::string::npos;  // at the beginning of each line
    std::size_t mark = std::string::npos;
    for (const std::string& line : lines) {
        const std::string_view code = std::string_view{line}.substr(margin);
        widest = std::max(widest, printable::columns(code));
        blank = std::min(blank, code.find_first_not_of(' '));
        if (only_marks(code)) {
            mark = std::min(mark, code.find('^'));
        }
    }
    if (widest <= room || blank == std::string::npos) {
        return;
    }
    // A blank stays after a gutter.
    std::size_t dropped = blank - std::min<std::size_t>(blank, margin == 0 ? 0 : 1);
    const std::size_t far = room / 2;
    const bool hidden = mark != std::string::npos && mark > dropped + room - room / 4;
    if (hidden) {
        dropped = mark - far;
    }
    for (std::string& line : lines) {
        const std::string_view code = std::string_view{line}.substr(margin);
        std::string kept{without(code, dropped)};
        if (hidden && !kept.empty() && !only_marks(code)) {
            kept = "…" + std::string{without(kept, 1)};
        }
        line = line.substr(0, margin) + printable::cut(kept, room);
        line.erase(line.find_last_not_of(' ') + 1);
    }
}

}  // namespace

void fit_quotes(std::vector<std::string>& lines, std::size_t width) {
    for (std::size_t first = 0; first < lines.size();) {
        const std::size_t margin = gutter(lines[first]);
        std::size_t end = first + 1;
        if (margin > 0) {
            while (end < lines.size() && gutter(lines[end]) == margin) {
                ++end;
            }
        } else if (end < lines.size() && gutter(lines[end]) == 0 && only_marks(lines[end])) {
            ++end;
        } else {
            first = end;
            continue;
        }
        fit(std::span{lines}.subspan(first, end - first), margin, width);
        first = end;
    }
}

}  // namespace lockstep
