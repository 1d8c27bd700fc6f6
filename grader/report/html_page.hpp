// What every page for browsers has: one file, no scripts, nothing from a network (its own policy
// forbids it), light and dark, fit to be printed.
#pragma once

#include <report/style.hpp>
#include <score/result.hpp>

#include <string>
#include <string_view>

namespace lockstep {

/// `title` is clean text, `body` is HTML.
[[nodiscard]] std::string html_page(std::string_view title, std::string_view body,
                                    Language language);

/// Clean text as HTML, in elements and in quoted attributes.
[[nodiscard]] std::string html(std::string_view clean);

/// "pass", "fail", "skip" or "error": the class that colours a verdict.
[[nodiscard]] std::string_view html_class_of(Verdict verdict) noexcept;

/// What a check's finding says, as HTML: the terms, the picture, the hint, and for instructors
/// more, folded.
[[nodiscard]] std::string html_of(const Finding& finding, const TextStyle& style);

}  // namespace lockstep
