#include <lab/printable.hpp>
#include <lab/timeline/canvas.hpp>

#include <algorithm>
#include <fmt/format.h>

namespace lab::timeline {
namespace {

struct Look {
    std::string_view unicode;
    std::string_view ascii;
    std::string_view ink;        ///< of the glyph: SGR parameters
    std::string_view label_ink;  ///< of a label on a bar of it
    std::string_view meaning;
};

const Look& look(Glyph glyph) noexcept {
    static constexpr std::array<Look, static_cast<std::size_t>(Glyph::count)> looks{{
        {"█", "=", "32", "30;42", "under way"},
        {"╱", "/", "35", "1;35", "cancelled"},
        {"╳", "x", "31", "1;31", "failed"},
        {"▓", "#", "34", "97;44", "computes"},
        {"■", "*", "32", "32", "runs"},
        {"░", "%", "33", "1;33", "waits for a lock"},
        {"~", "~", "36", "36", "waits"},
        {"·", ".", "2", "2", "sleeps"},
        {"─", "-", "2", "2", "can run"},
        {"┤", "|", "2", "2", "ended"},
        {"▾", "v", "1", "1", "event"},
        {"!", "!", "1;36", "1;36", "notifies"},
        {"✗", "X", "1;31", "1;31", "problem"},
        {"▐", "[", "32", "30;42", ""},
        {" ", " ", "", "", ""},
        {" ", " ", "1", "1", ""},
    }};
    return looks[static_cast<std::size_t>(glyph)];
}

/// The first character of clean text, with the marks that combine with it.
std::string_view first_character(std::string_view text) noexcept {
    const auto next = [&](std::size_t at) {
        do {
            ++at;
        } while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U);
        return at;
    };
    std::size_t end = next(0);
    while (end < text.size() && printable::columns(text.substr(end, next(end) - end)) == 0) {
        end = next(end);
    }
    return text.substr(0, end);
}

}  // namespace

std::string_view glyph_text(Glyph glyph, bool unicode) noexcept {
    return unicode ? look(glyph).unicode : look(glyph).ascii;
}

std::string_view glyph_meaning(Glyph glyph) noexcept { return look(glyph).meaning; }

void Canvas::put(std::size_t column, Glyph glyph, std::size_t owner) noexcept {
    if (column < cells_.size()) {
        part(column);
        cells_[column].glyph = glyph;
        cells_[column].owner = owner;
        cells_[column].written = false;
    }
}

void Canvas::part(std::size_t column) noexcept {
    const auto behind_wide = [&](std::size_t i) {
        return i < cells_.size() && cells_[i].written && cells_[i].text.empty();
    };
    if (behind_wide(column)) {
        cells_[column - 1].text = " ";
        cells_[column].text = " ";
    } else if (behind_wide(column + 1)) {
        cells_[column + 1].text = " ";
    }
}

Canvas::Run Canvas::longest(std::size_t owner, const Glyph* only) const noexcept {
    Run best;
    Run run;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        const Cell& cell = cells_[i];
        const bool first = cell.glyph == Glyph::edge;
        const bool fits = cell.owner == owner && !cell.written &&
                          (only == nullptr || cell.glyph == *only || first);
        if (!fits) {
            run.size = 0;
            continue;
        }
        if (run.size == 0) {
            run.begin = i;
        }
        if (++run.size > best.size) {
            best = run;
        }
    }
    return best;
}

void Canvas::write_inside(std::size_t owner, Glyph own, std::string_view text) {
    const std::size_t size = printable::columns(text);
    if (size == 0) {
        return;
    }
    Run run = longest(owner, &own);
    if (run.size < size + 1) {
        if (const Run any = longest(owner, nullptr); any.size > run.size) {
            run = any;
        }
    }
    constexpr std::size_t least = 4;  // "fe…" says something, "f…" does not
    if (run.size >= size + 3) {
        // The bar shows on both sides of the text.
        write(run.begin + 1, fmt::format(" {} ", text), own);
    } else if (run.size >= size + 1) {
        write(run.begin + 1, printable::fit(text, std::min(run.size - 1, size + 1)), own);
    } else if (run.size >= least) {
        write(run.begin + 1, printable::cut(text, run.size - 1), own);
    }
}

void Canvas::write_behind(std::size_t column, std::string_view text) {
    const std::size_t size = printable::columns(text);
    if (size == 0 || column + 1 >= cells_.size()) {
        return;
    }
    const Glyph below = cells_[column + 1].glyph;
    // A state that would be hidden wholly is left visible for a few cells.
    const std::size_t room = size + (below == Glyph::blank ? 1 : 3);
    for (std::size_t i = column + 1; i <= column + room; ++i) {
        if (i >= cells_.size()) {
            return;
        }
        const Cell& cell = cells_[i];
        const bool plain = cell.glyph == below && !cell.written && cell.owner == nobody;
        if (!plain || below == Glyph::event || below == Glyph::problem) {
            return;
        }
    }
    write(column + 1, fmt::format("{} ", text), Glyph::text);
}

void Canvas::write(std::size_t column, std::string_view text, Glyph ink) {
    while (!text.empty()) {
        const std::string_view character = first_character(text);
        const std::size_t width = printable::columns(character);
        if (column + width > cells_.size()) {
            return;
        }
        for (std::size_t i = 0; i < width; ++i) {
            part(column + i);
            Cell& cell = cells_[column + i];
            cell.written = true;
            cell.text = i == 0 ? character : std::string_view{};
            cell.glyph = ink;
        }
        column += width;
        text.remove_prefix(character.size());
    }
}

std::string Canvas::line(const TextStyle& style, Used& used) const {
    std::size_t end = cells_.size();
    while (end > 0 && !cells_[end - 1].written && cells_[end - 1].glyph == Glyph::blank) {
        --end;
    }
    std::string line;
    std::string_view ink;
    for (std::size_t i = 0; i < end; ++i) {
        const Cell& cell = cells_[i];
        if (!cell.written) {
            used[static_cast<std::size_t>(cell.glyph)] = true;
        }
        if (style.colour) {
            const std::string_view wanted =
                cell.written ? look(cell.glyph).label_ink : look(cell.glyph).ink;
            if (wanted != ink) {
                line += ink.empty() ? "" : "\x1b[0m";
                line += wanted.empty() ? "" : fmt::format("\x1b[{}m", wanted);
                ink = wanted;
            }
        }
        if (!cell.written) {
            line += glyph_text(cell.glyph, style.unicode);
        } else {
            line += style.unicode ? cell.text : printable::ascii(cell.text);
        }
    }
    return ink.empty() ? line : line + "\x1b[0m";
}

std::string inked(std::string_view text, Glyph glyph, const TextStyle& style) {
    return style.colour ? fmt::format("\x1b[{}m{}\x1b[0m", look(glyph).ink, text)
                        : std::string{text};
}

}  // namespace lab::timeline
