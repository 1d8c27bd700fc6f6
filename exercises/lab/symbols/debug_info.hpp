// What the program's files tell about addresses: libbacktrace, made safe to ask from any thread.
#pragma once

#include <string>
#include <vector>

namespace lab {

struct Frame {
    std::string function;  ///< as in the file: mangled, as a rule; "" if unknown
    std::string file;      ///< "" if unknown
    unsigned line = 0;     ///< 0 if unknown
};

/// The frames at an instruction, the inlined ones first; at least one, perhaps unknown. Works with
/// the file deleted or replaced (it is opened through /proc/self/exe), with and without debug
/// information, and with symbols stripped, in which case exported functions still have names. A
/// shared library's functions have no line, and a name only if they are exported.
[[nodiscard]] std::vector<Frame> frames_at(const void* instruction);

/// True if the address lies in the executable itself, not in a shared library.
[[nodiscard]] bool in_executable(const void* address) noexcept;

}  // namespace lab
