// Whose code is it?
#pragma once

#include <lab/place.hpp>

#include <string>

namespace lab {

/// By the file, where it is known; else by the function, as `readable_name` gives it. `mangled`:
/// the function's symbol was a C++ one.
[[nodiscard]] Owner owner_of(const std::string& file, const std::string& function, bool mangled);

}  // namespace lab
