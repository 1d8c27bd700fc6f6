#include <lab/timeline/svg.hpp>

#include <cstdint>
#include <fmt/format.h>

namespace lab {
namespace {

/// FNV-1a, for names that differ between drawings on one page: a pattern is looked up by its id in
/// the whole page, and one in a hidden drawing is not painted.
std::uint32_t fingerprint(std::string_view text) noexcept {
    std::uint32_t hash = 2'166'136'261U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    }
    return hash;
}

}  // namespace

std::string draw_svg(const Trace& trace, const SvgStyle& style) {
    timeline::Limits limits;
    limits.rows = 64;
    limits.lanes = 16;
    return timeline::draw_svg_alone(
        timeline::lay_out(trace, style.axis, limits),
        fmt::format("ls{:08x}", fingerprint(style.title + trace.text())), style);
}

}  // namespace lab
