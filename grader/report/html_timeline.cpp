#include <report/html_timeline.hpp>

#include <report/foreign.hpp>
#include <report/html_page.hpp>
#include <report/page_words.hpp>

#include <fmt/format.h>
#include <lab/timeline/svg.hpp>

namespace lockstep {
namespace {

using lab::timeline::Layout;

/// How the names of the patterns begin, of which a page has one set for all of its drawings.
constexpr const char* patterns = "timeline";
/// What a page's column has room for without scaling.
constexpr unsigned width = 880;

std::string figure(const Layout& layout, const lab::timeline::Frame& frame,
                   std::string_view caption) {
    const lab::timeline::PageSvg page{.width = width,
                                      .id = patterns,
                                      .label = clean_sentence(description_of(layout)),
                                      .frame = frame};
    // What is wider than the screen is scrolled in, which keys can do where it has the focus.
    return fmt::format(
        "<figure>\n<figcaption>{0}</figcaption>\n<div class=\"drawing\" tabindex=\"0\" "
        "role=\"group\" aria-label=\"{0}\">\n{1}</div>\n</figure>\n",
        html(caption), draw_svg(layout, page));
}

/// An image to those who have it read to them: its text is drawing.
std::string in_text(const Finding& finding, const PageWords& words) {
    const std::string picture = clean_text(finding.picture);
    return picture.empty()
               ? ""
               : fmt::format(R"(<pre tabindex="0" role="img" aria-label="{}: {}">{}</pre>)",
                             html(words.timeline), html(clean_sentence(finding.happened)),
                             html(picture));
}

}  // namespace

std::string timeline_style() {
    return lab::timeline::svg_style(patterns) + R"(.timelines { display: grid; gap: .75rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 50rem), 1fr)); margin: .75rem 0; }
figcaption { color: var(--soft); }
.drawing { overflow-x: auto; border: 1px solid var(--line); border-radius: .3rem; }
.drawing svg { display: block; width: 100%; min-width: 48rem; max-width: 60rem; height: auto; }
@media print { .drawing { overflow: visible; } .drawing svg { min-width: 0; }
  figure { break-inside: avoid; } .as-text { display: none; } }
)";
}

std::string timeline_patterns() {
    return fmt::format(
        "<svg class=\"lockstep\" width=\"0\" height=\"0\" style=\"position:absolute\" "
        "aria-hidden=\"true\">\n{}</svg>\n",
        lab::timeline::svg_patterns(patterns));
}

std::string html_timelines(const Finding& finding, const TextStyle& style) {
    const PageWords& words = page_words(style.language);
    const std::string text = in_text(finding, words);
    if (!finding.timeline) {
        return text.empty() ? "" : fmt::format("<figure>{}</figure>\n", text);
    }
    const Layout& run = *finding.timeline;
    const bool both = style.audience == Audience::instructor && finding.expected_timeline;
    const lab::timeline::Frame frame =
        both ? common_frame(run, *finding.expected_timeline) : frame_of(run);
    std::string figures = figure(run, frame, words.timeline);
    if (both) {
        figures += figure(*finding.expected_timeline, frame, words.reference);
    }
    return fmt::format("<div class=\"timelines\">\n{}</div>\n{}", figures,
                       text.empty() ? ""
                                    : fmt::format("<details class=\"as-text\"><summary>{}</summary>"
                                                  "\n{}</details>\n",
                                                  html(words.as_text), text));
}

}  // namespace lockstep
