// What stands on the pages for browsers, in every language that the kit speaks: what is more than
// report/catalogue.hpp has.
#pragma once

#include <base/text.hpp>
#include <report/class_summary.hpp>
#include <score/verdict.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace lockstep {

struct PageWords {
    std::string_view skip;  ///< the link past the top of the page
    std::string_view exercises;
    std::string_view passed;
    std::string_view timeline;   ///< "Timeline of the run": what a picture shows, for who can't see
    std::string_view reference;  ///< what the reference solution does in that run
    std::string_view as_text;
    std::string_view instructor;
    std::string_view distribution;
    std::string_view share;  ///< headers: of the maximum; students
    std::string_view students;
    std::string_view diagnoses;
    std::string_view no_diagnoses;
    std::string_view everywhere;  ///< "in every check", of an exercise
    std::string_view map;
    std::string_view map_help;
    std::string_view student;
    std::string_view points;
    std::string_view legend;
    std::string_view each_check;
    std::string_view example;
    std::string_view not_graded;

    /// "14 students block the loop"
    std::string (*who)(std::size_t students, Verdict verdict);
    /// "12 results, at most 18 points each, the median 14. 1 could not be judged."
    std::string (*class_summary)(const ClassSummary& summary);
    /// "9 of 14 pass"
    std::string (*how_many_pass)(std::size_t passed, std::size_t of);
};

[[nodiscard]] const PageWords& page_words(Language language) noexcept;

/// One or two signs for a verdict, for a cell of a map: "✓", "D".
[[nodiscard]] std::string_view sign_of(Verdict verdict) noexcept;

}  // namespace lockstep
