// The hints for a check: a question, then what to look at, then an outline.
#pragma once

#include <exercise/manifest.hpp>
#include <tutor/conversation.hpp>

#include <string>

namespace lockstep {

/// The checks of an exercise, a line each, with what to type for a hint.
[[nodiscard]] std::string list_of_hints(const Exercise& exercise, Language language,
                                        unsigned width);

/// Gives the first `level` hints (1 to 3) for a check of `exercise`. Then, where somebody is there
/// to be asked, one more for every line heard, until there are no more or the line is "q".
void give_hints(const Exercise& exercise, const Check& check, unsigned level,
                const Conversation& with);

}  // namespace lockstep
