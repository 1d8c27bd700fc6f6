#include <lab/timeline/svg.hpp>

#include <array>
#include <fmt/format.h>

namespace lab::timeline {
namespace {

/// Colours have a contrast of 4.5 to 1 for text and 3 to 1 for shapes on either ground; every state
/// also has a pattern of its own, so that it is told without colours.
constexpr std::string_view style_sheet = R"(
.lockstep{--ground:#fff;--ink:#1f2328;--faint:#59636e;--rule:#d1d9e0;
--span:#1a7f37;--cancelled:#8250df;--failed:#cf222e;--compute:#0969da;--running:#1a7f37;
--lock:#9a6700;--wait:#3b6e8f;--sleep:#6e7781;--ready:#8c959f;--on:#fff;
font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media(prefers-color-scheme:dark){.lockstep{--ground:#0d1117;--ink:#e6edf3;--faint:#9198a1;
--rule:#3d444d;--span:#3fb950;--cancelled:#bc8cff;--failed:#ff7b72;--compute:#58a6ff;
--running:#3fb950;--lock:#e3b341;--wait:#79c0ff;--sleep:#9198a1;--ready:#6e7681;--on:#0d1117}}
.lockstep .ground{fill:var(--ground)}
.lockstep text{fill:var(--ink)}
.lockstep .faint{fill:var(--faint)}
.lockstep .rule{stroke:var(--rule);fill:none}
.lockstep .problem{fill:var(--failed);font-weight:bold}
.lockstep .cross{stroke:var(--failed);stroke-width:3;fill:none;stroke-linecap:round}
.lockstep .halo{stroke:var(--ground);stroke-width:7;fill:none;stroke-linecap:round}
.lockstep .flag{fill:var(--ink)}
.lockstep .cap{stroke:var(--faint);stroke-width:2}
.lockstep .ready{stroke:var(--ready);stroke-width:2}
.lockstep g rect{rx:2px}
.lockstep .on{fill:var(--on);font-weight:bold}
.lockstep .plate{fill:var(--ground)}
)";

/// Browsers print each shape that has a pattern as a picture of its own, of a hundred kilobytes. On
/// paper the rims tell the states apart.
constexpr std::string_view print_rules = R"(@media print{
.lockstep .sleep,.lockstep .wait,.lockstep .lock,.lockstep .cancelled,.lockstep .failed{
fill:var(--ground)}
.lockstep .sleep{stroke-dasharray:1 3}
.lockstep .lock{stroke-width:3;stroke-dasharray:5 2}
.lockstep .compute{fill:var(--rule)}
.lockstep .cancelled{stroke-width:3;stroke-dasharray:12 4}
.lockstep .failed{stroke-width:3;stroke-dasharray:2 2}
}
)";

}  // namespace

std::string svg_style(std::string_view id) {
    std::string rules{style_sheet};
    for (const State state : {State::sleeping, State::waits_lock, State::waits, State::computing,
                              State::cancelled, State::failed}) {
        rules += fmt::format(
            ".lockstep .{0}{{stroke:var(--{0});stroke-width:1.5}}\n"
            "@media not print{{.{1} .{0}{{fill:url(#{1}-{0})}}}}\n",
            name_of(state), id);
    }
    // Without a rim, so that there is a gap between neighbours.
    for (const State state : {State::span, State::running}) {
        rules += fmt::format(".lockstep .{0}{{fill:var(--{0})}}\n", name_of(state));
    }
    rules += print_rules;
    return rules;
}

/// Dots, hatchings and lines of one colour on the drawing's ground.
std::string svg_patterns(std::string_view id) {
    struct Pattern {
        State state;
        int width;
        int height;
        std::string_view shape;
    };
    constexpr std::array<Pattern, 6> all{{
        {State::sleeping, 8, 8, R"(<circle cx="4" cy="4" r="1.1" fill="{}"/>)"},
        {State::waits_lock, 6, 6,
         R"(<path d="M-1 1l2-2M0 6l6-6M5 7l2-2" stroke="{}" stroke-width="1.8"/>)"},
        {State::waits, 14, 8, R"(<path d="M0 4q3.5-4 7 0t7 0" stroke="{}" fill="none"/>)"},
        {State::computing, 4, 4, R"(<path d="M0 2h4" stroke="{}" stroke-width="3"/>)"},
        {State::cancelled, 12, 12,
         R"(<path d="M-2-2l16 16M-2 10l4 4M10-2l4 4" stroke="{}" stroke-width="2.5"/>)"},
        {State::failed, 8, 8, R"(<path d="M0 0l8 8M8 0l-8 8" stroke="{}" stroke-width="1.6"/>)"},
    }};
    std::string text = "<defs>\n";
    for (const Pattern& pattern : all) {
        const std::string colour = fmt::format("var(--{})", name_of(pattern.state));
        text += fmt::format(
            R"(<pattern id="{0}-{1}" width="{2}" height="{3}" patternUnits="userSpaceOnUse">)"
            R"(<rect class="ground" width="{2}" height="{3}"/>{4}</pattern>)"
            "\n",
            id, name_of(pattern.state), pattern.width, pattern.height,
            fmt::format(fmt::runtime(pattern.shape), colour));
    }
    return text + "</defs>\n";
}

}  // namespace lab::timeline
