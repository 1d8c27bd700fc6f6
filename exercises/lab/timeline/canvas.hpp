// One line of a timeline in text: a row of cells, each a glyph or a piece of a label.
#pragma once

#include <lab/timeline/timeline.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lab::timeline {

/// What a cell shows. Those that the legend explains come first; they are told apart without
/// colour.
enum class Glyph : std::uint8_t {
    span,
    cancelled,
    failed,
    computing,
    running,
    lock,
    wait,
    sleep,
    ready,
    ended,
    event,
    notification,
    problem,
    legend_end,
    edge = legend_end,  ///< the first cell of a span: it parts neighbours
    blank,
    text,  ///< a label that does not stand on a bar
    count,
};

[[nodiscard]] std::string_view glyph_text(Glyph glyph, bool unicode) noexcept;
/// For the legend; "" for what is not in it.
[[nodiscard]] std::string_view glyph_meaning(Glyph glyph) noexcept;

class Canvas {
public:
    /// No owner.
    static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

    explicit Canvas(std::size_t width) : cells_(width) {}

    [[nodiscard]] std::size_t width() const noexcept { return cells_.size(); }
    [[nodiscard]] Glyph glyph(std::size_t column) const noexcept { return cells_[column].glyph; }
    [[nodiscard]] std::size_t owner(std::size_t column) const noexcept {
        return cells_[column].owner;
    }
    void put(std::size_t column, Glyph glyph, std::size_t owner = nobody) noexcept;
    void own(std::size_t column, std::size_t owner) noexcept { cells_[column].owner = owner; }

    /// Writes clean text into the longest run of the owner's cells, of those that show `own` if it
    /// fits there. The first cell of the run stays as it is; text that does not fit is cut, and
    /// left out when less than a few characters would remain.
    void write_inside(std::size_t owner, Glyph own, std::string_view text);
    /// Writes clean text behind `column`, if the cells there all show one and the same glyph, which
    /// is no span's, and some of them are left.
    void write_behind(std::size_t column, std::string_view text);
    /// Writes clean text from `column` on; what does not fit is left out.
    void write(std::size_t column, std::string_view text, Glyph ink);

    using Used = std::array<bool, static_cast<std::size_t>(Glyph::count)>;
    /// The line without trailing blanks and without a newline; notes the glyphs that are visible.
    [[nodiscard]] std::string line(const TextStyle& style, Used& used) const;

private:
    struct Cell {
        Glyph glyph = Glyph::blank;
        bool written = false;  ///< `text` is shown, over a bar of `glyph`
        std::size_t owner = nobody;
        std::string text;  ///< one character with its marks; "" behind a wide one
    };
    struct Run {
        std::size_t begin = 0;
        std::size_t size = 0;
    };
    /// Makes a cell free to be overwritten: half of a wide character is a blank.
    void part(std::size_t column) noexcept;
    [[nodiscard]] Run longest(std::size_t owner, const Glyph* only) const noexcept;

    std::vector<Cell> cells_;
};

/// Text in the glyph's colour, if the style has colours.
[[nodiscard]] std::string inked(std::string_view text, Glyph glyph, const TextStyle& style);

}  // namespace lab::timeline
