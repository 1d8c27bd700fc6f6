// Pages for who looks rather than reads: one for a student, one for a class.
#pragma once

#include <report/formats.hpp>

#include <string>
#include <vector>

namespace lockstep {

/// One student's page: what does not pass comes first.
[[nodiscard]] std::string render_html(const Result& result, const ReportContext& context);

/// The page of a class: how the scores are distributed, what goes wrong most, which student passes
/// which check, and for each check what came of it, with an example. For students without anybody's
/// name or example. `pages`, where it is not empty, has for each attempt where its own page is.
[[nodiscard]] std::string render_class_page(const ClassResults& results,
                                            const ReportContext& context,
                                            const std::vector<std::string>& pages);

/// `render_class_page`, without pages of students.
[[nodiscard]] std::string render_class_html(const ClassResults& results,
                                            const ReportContext& context);

/// For each attempt a file's name, different from all others even where case does not count: its
/// student's, as far as that is plain, and ".html".
[[nodiscard]] std::vector<std::string> page_names(const ClassResults& results);

}  // namespace lockstep
