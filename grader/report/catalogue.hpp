// The fixed texts of reports, in every language that the kit speaks.
//
// What a check says of itself comes from the exercise's manifest, and what the judge found from the
// judge; here is what stands around them. Adding a language is adding a catalogue.
#pragma once

#include <base/text.hpp>
#include <score/verdict.hpp>

#include <string>
#include <string_view>

namespace lockstep {

struct Catalogue {
    std::string_view expected;  ///< labels, at most 10 columns each
    std::string_view happened;
    std::string_view where;
    std::string_view hint;
    std::string_view detail;
    std::string_view recipe;
    std::string_view nothing_written;  ///< sentences
    std::string_view full_marks;
    std::string_view skipped;
    std::string_view grader_error;
    std::string_view same_as;
    std::string_view weak_isolation;

    std::string (*points)(int points, int of);    ///< "14 of 18 points"
    std::string (*fraction)(int points, int of);  ///< "0/2"
    std::string (*line)(std::string_view file, unsigned line);
    std::string (*passed)(std::size_t count, std::size_t of);  ///< one sentence
    std::string (*not_judged)(std::size_t count);              ///< one sentence
    std::string_view (*word)(Verdict verdict) noexcept;
    std::size_t word_columns;  ///< what the longest word takes
};

[[nodiscard]] const Catalogue& catalogue(Language language) noexcept;

}  // namespace lockstep
