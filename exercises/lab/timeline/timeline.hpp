// A trace, drawn: one row per thread, virtual time (or, where none passes, steps) across.
#pragma once

#include <lab/trace.hpp>

#include <cstdint>
#include <string>

namespace lab {

enum class Axis : std::uint8_t {
    automatic,  ///< time when the run took any, else steps
    time,
    steps,
};

struct TextStyle {
    unsigned width = 80;  ///< columns, at least 40
    bool colour = false;  ///< ANSI colours
    bool unicode = true;  ///< block characters; else ASCII
    Axis axis = Axis::automatic;
    unsigned max_rows = 24;  ///< threads shown; the rest are counted in one line
};

/// What suits the terminal behind this file descriptor: its width; colours unless NO_COLOR is set;
/// Unicode where the locale says UTF-8. For anything but a terminal: 100 columns, no colours.
[[nodiscard]] TextStyle style_for(int file_descriptor);

/// Several lines, each ended by a newline; none longer than `style.width` columns.
[[nodiscard]] std::string draw_text(const Trace& trace, const TextStyle& style = {});

struct SvgStyle {
    unsigned width = 960;  ///< pixels
    Axis axis = Axis::automatic;
    std::string title;  ///< "" for none
};

/// One self-contained <svg> element: no scripts, no external references, readable on light and
/// dark pages, with <title> texts on every span for those who do not see it.
[[nodiscard]] std::string draw_svg(const Trace& trace, const SvgStyle& style = {});

}  // namespace lab
