// Types as people write them, in what compilers and linkers print.
#pragma once

#include <string>
#include <string_view>

namespace lockstep {

/// `line` with the library's inner names replaced by those that stand in programs:
/// "std::__cxx11::basic_string<char, …>" becomes "std::string", and allocators nobody has named are
/// left out. Of what is no type, nothing changes.
[[nodiscard]] std::string with_written_types(std::string_view line);

}  // namespace lockstep
