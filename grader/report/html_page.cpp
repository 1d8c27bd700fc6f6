#include <report/html_page.hpp>

#include <report/catalogue.hpp>
#include <report/foreign.hpp>
#include <report/html_timeline.hpp>
#include <report/page_words.hpp>

#include <fmt/format.h>
#include <lab/printable.hpp>

namespace lockstep {
namespace {

/// Contrasts are 4.5 : 1 or more in both schemes (WCAG 2, AA); colours only repeat what signs and
/// words say.
constexpr std::string_view style_sheet = R"(
:root { color-scheme: light dark; --page: #fff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de;
  --box: #f6f8fa; --link: #0550ae; --pass: #116329; --pass-box: #dafbe1; --fail: #a40e26;
  --fail-box: #ffebe9; --skip: #4d5560; --skip-box: #eaeef2; --error: #6639ba; --error-box: #fbefff; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --text: #e6edf3; --soft: #9ba7b4;
  --line: #3d444d; --box: #161b22; --link: #79c0ff; --pass: #7ee787; --pass-box: #12361f;
  --fail: #ffa198; --fail-box: #4a1318; --skip: #b1bac4; --skip-box: #262c36; --error: #d2a8ff;
  --error-box: #341a55; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem 1.5rem 4rem; max-width: 62rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
body.wide { max-width: none; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip-link { position: absolute; left: -100rem; }
.skip-link:focus { position: static; }
h1 { font-size: 1.6rem; margin: .5rem 0; }
h2 { font-size: 1.3rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
h2, h3 { display: flex; flex-wrap: wrap; gap: .5rem; }
h3 { font-size: 1.05rem; margin: 0 0 .25rem; }
.points { margin-left: auto; font-variant-numeric: tabular-nums; white-space: nowrap; }
.lead { font-size: 1.2rem; margin: 0; }
.soft { color: var(--soft); }
.verdict { border-radius: .3rem; padding: 0 .45rem; white-space: nowrap; }
.pass { color: var(--pass); background: var(--pass-box); }
.fail { color: var(--fail); background: var(--fail-box); }
.skip { color: var(--skip); background: var(--skip-box); }
.error { color: var(--error); background: var(--error-box); }
article { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .75rem 0; }
dt { color: var(--soft); } dd { margin: 0; white-space: pre-wrap; }
pre { background: var(--box); border: 1px solid var(--line); border-radius: .3rem; padding: .75rem;
  overflow-x: auto; font: .8rem/1.25 ui-monospace, "DejaVu Sans Mono", monospace; margin: .75rem 0; }
pre.wrapped { white-space: pre-wrap; overflow-wrap: anywhere; }
.code { font: .8rem/1.4 ui-monospace, "DejaVu Sans Mono", monospace; }
figure { margin: 0; }
.hint { border-left: .25rem solid var(--link); padding-left: .75rem; }
ul.plain { list-style: none; padding: 0; } ul.plain li { display: flex; gap: .5rem; padding: .1rem 0; }
summary { cursor: pointer; }
table { border-collapse: collapse; }
th, td { padding: .15rem .4rem; text-align: left; font-weight: normal; }
.bars td:first-child, .bars td:nth-child(2) { text-align: right; font-variant-numeric: tabular-nums; }
.bars td:last-child { width: 24rem; }
.bar { display: block; height: 1rem; background: var(--link); min-width: 1px; }
.scroll { overflow: auto; max-height: 80vh; border: 1px solid var(--line); }
.map td { text-align: center; border: 1px solid var(--page); min-width: 1.6rem; }
.map th { white-space: nowrap; } .map .first { border-left: 2px solid var(--line); }
.map .upright.first { border-left: 0; border-right: 2px solid var(--line); }
.map thead th { background: var(--page); position: sticky; top: 0; vertical-align: bottom; z-index: 1; }
.map thead .upright { writing-mode: vertical-rl; transform: rotate(180deg); top: 1.8rem; }
.map tbody th { position: sticky; left: 0; background: var(--page); }
.map td.number { text-align: right; font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; }
@media print { body { max-width: none; padding: 0; } .skip-link { display: none; }
  .scroll { overflow: visible; max-height: none; } .map thead th, .map tbody th { position: static; }
  article, .bars, li { break-inside: avoid; } pre { white-space: pre-wrap; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; display: block; } }
)";

std::string term(std::string_view label, const std::string& clean, bool is_code = false) {
    return clean.empty() ? ""
                         : fmt::format("<dt>{}</dt><dd{}>{}</dd>\n", html(label),
                                       is_code ? " class=\"code\"" : "", html(clean));
}

}  // namespace

std::string html(std::string_view clean) { return lab::printable::xml(clean); }

std::string html_page(std::string_view title, std::string_view body, Language language) {
    // A browser obeys no workflow command, but whoever prints a page into a log would.
    return without_commands(fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{0}\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{1}</title>\n<style>{2}{3}</style>\n</head>\n{4}</html>\n",
        language == Language::fr ? "fr" : "en", html(title), style_sheet, timeline_style(), body));
}

std::string_view html_class_of(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::skipped: return "skip";
    case Verdict::grader_error: return "error";
    default: return "fail";
    }
}

std::string html_of(const Finding& finding, const TextStyle& style) {
    const Catalogue& words = catalogue(style.language);
    const PageWords& page = page_words(style.language);
    std::string text;
    if (finding.verdict == Verdict::grader_error || finding.verdict == Verdict::skipped) {
        text += fmt::format(
            "<p>{}</p>\n",
            html(finding.verdict == Verdict::skipped ? words.skipped : words.grader_error));
    }
    std::string terms =
        term(words.expected, clean_text(finding.expected)) +
        term(words.happened, clean_text(finding.happened), finding.verdict == Verdict::build_error);
    if (!finding.file.empty()) {
        terms += term(words.where, words.line(clean_name(finding.file), finding.line));
    }
    if (!terms.empty()) {
        text += fmt::format("<dl>\n{}</dl>\n", terms);
    }
    text += html_timelines(finding, style);
    if (const std::string hint = clean_text(finding.hint); !hint.empty()) {
        text += fmt::format("<p class=\"hint\"><strong>{}</strong> {}</p>\n", html(words.hint),
                            html(hint));
    }
    if (style.audience == Audience::instructor &&
        (!finding.recipe.empty() || !finding.detail.empty())) {
        text += fmt::format("<details><summary>{}</summary>\n", html(page.instructor));
        for (const std::string* more : {&finding.recipe, &finding.detail}) {
            if (const std::string clean = clean_text(*more, 400); !clean.empty()) {
                text += fmt::format("<pre class=\"wrapped\">{}</pre>\n", html(clean));
            }
        }
        text += "</details>\n";
    }
    return text;
}

}  // namespace lockstep
