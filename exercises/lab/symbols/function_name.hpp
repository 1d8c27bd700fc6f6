// Names of functions for people.
#pragma once

#include <string>
#include <string_view>

namespace lab {

[[nodiscard]] bool is_mangled(std::string_view symbol) noexcept;

/// The name behind a symbol (mangled, or as debug information has it), without return type,
/// parameters and qualifiers, with long template arguments as "<…>": "std::vector<…>::push_back",
/// "Queue<int>::pop", "main::{lambda}", "operator<<".
[[nodiscard]] std::string readable_name(const std::string& symbol);

}  // namespace lab
