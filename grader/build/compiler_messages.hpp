// Of what a compiler prints, the messages that a student can act on.
//
// One mistake is one error and up to hundreds of lines about the insides of the library: which
// candidates there were, through which templates it came. Of those, this keeps the errors, the
// student's own lines that led to them, and notes about the student's and the kit's files.
#pragma once

#include <string>
#include <vector>

namespace lockstep {

struct Position {
    std::string file;
    unsigned line = 0;  ///< from 1
};

struct WhatMatters {
    std::vector<std::string> lines;
    Position first;  ///< the student's line in the first error; line 0 if unknown
};

/// `lines` are GCC's or Clang's, with the student's and the kit's paths shortened to relative ones:
/// an absolute path is a library's. `files` are the student's. Errors come in the compiler's order,
/// each followed by the student's lines that led to it; a second error from the same of these lines
/// is left out, and so are warnings. A last line says how much was left out. If no line is an
/// error's, all of them are returned.
[[nodiscard]] WhatMatters what_matters(const std::vector<std::string>& lines,
                                       const std::vector<std::string>& files);

}  // namespace lockstep
