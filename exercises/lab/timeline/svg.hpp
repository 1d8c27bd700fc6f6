// A layout drawn as SVG: for a file of its own, or as one of many drawings on a page.
//
// It needs no trace and none of the lab's runtime, so that a program can draw what another one has
// laid out.
#pragma once

#include <lab/timeline/layout.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lab::timeline {

/// What drawings that are to be compared must have in common: in one frame, the same instant stands
/// at the same place.
struct Frame {
    std::size_t names = 4;  ///< columns of the widest name
    std::int64_t end = 0;   ///< of the axis
    bool tail = false;      ///< there is room behind it
};

[[nodiscard]] Frame frame_of(const Layout& layout);
/// One that has room for both. Steps and time have no common scale: then there is no common end.
[[nodiscard]] Frame common_frame(const Layout& one, const Layout& other);

/// The rules that drawings need in a style sheet. `id`: how the names of their patterns begin.
[[nodiscard]] std::string svg_style(std::string_view id);
/// Their patterns, as the content of an <svg> that must be rendered, if without any size: a pattern
/// in what is hidden is not painted.
[[nodiscard]] std::string svg_patterns(std::string_view id);

struct PageSvg {
    unsigned width = 960;  ///< pixels, at least 360
    std::string id{};      ///< as of the page's `svg_style`
    std::string label{};   ///< what it is, for who can't see it: clean text
    Frame frame{};         ///< may be smaller than the layout's own
};

/// An <svg> element without a style, an id or an address of its own: for pages that have the style
/// and the patterns. No scripts, and all text escaped.
[[nodiscard]] std::string draw_svg(const Layout& layout, const PageSvg& page);

/// An element that stands alone, with title, description, style and patterns. No drawing has the
/// names of another one with another `id`.
[[nodiscard]] std::string draw_svg_alone(const Layout& layout, std::string_view id,
                                         const SvgStyle& style);

/// For those who do not see the drawing: its size, and what went wrong.
[[nodiscard]] std::string description_of(const Layout& layout);

}  // namespace lab::timeline
