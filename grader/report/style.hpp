// Whom a report is for, and what it is shown on.
#pragma once

#include <base/text.hpp>

namespace lockstep {

enum class Audience {
    student,     ///< no seed, no stacks, nothing that tells a hidden workload
    instructor,  ///< everything, with what plays a failure again
};

struct TextStyle {
    unsigned width = 80;  ///< columns, at least 40
    bool colour = false;  ///< ANSI colours; nothing is told by colour alone
    bool unicode = true;  ///< else ASCII
    Audience audience = Audience::student;
    Language language = Language::en;
};

}  // namespace lockstep
