// Small mistakes, made mechanically: a mutant is a source file with one of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mutation {

struct Mutant {
    std::string kind;      ///< "remove notify", "while to if", …
    std::size_t line = 0;  ///< from 1
    std::string was;       ///< the line, without blanks around it
    std::string becomes;   ///< the same of the mutant; "" where the line is gone
    std::string source;    ///< the whole file
};

/// All mutants of a source file, in the order of its lines. Works on lines as clang-format leaves
/// them, not on C++: some mutants do not compile. Comments, strings and directives are left alone.
[[nodiscard]] std::vector<Mutant> mutants_of(std::string_view source);

}  // namespace mutation
