// Code that a compiler quotes, with marks in the line below.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lockstep {

/// Cuts quoted code, in clean lines, to at most `width` columns (at least 16), so that each mark
/// stays under what it marks and the first of them is to be seen. Quoted is what has GCC's gutter,
/// "   12 | code" and "      | ^", and what stands above a line of Clang's marks. Other lines are
/// left as they are.
void fit_quotes(std::vector<std::string>& lines, std::size_t width);

}  // namespace lockstep
