// The questions of the handouts, asked at a terminal.
#pragma once

#include <exercise/manifest.hpp>
#include <tutor/conversation.hpp>

#include <cstddef>
#include <vector>

namespace lockstep {

struct QuizScore {
    std::size_t right = 0;
    std::size_t answered = 0;
};

/// Asks every question of these exercises, tells after each answer whether it was right and why,
/// and in the end how many were. Ends early when there is nothing more to hear, or at "q". Keeps
/// nothing.
QuizScore ask_quiz(const std::vector<const Exercise*>& exercises, const Conversation& with);

}  // namespace lockstep
