// Names of variables, found from addresses.
#pragma once

#include <string>

namespace lab {

/// The global or static variable that holds the address, demangled; "" if there is none, or where
/// the file has no symbols. Thread-safe.
[[nodiscard]] std::string variable_at(const void* address);

}  // namespace lab
