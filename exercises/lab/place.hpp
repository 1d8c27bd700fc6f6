// Places in source code, found from program counters.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lab {

/// A recorded stack's number within its trace; 0 is "not recorded".
using StackId = std::uint32_t;

/// Whose code a frame is.
enum class Owner : std::uint8_t {
    program,  ///< what is being observed: the student's code, or a test's
    lab,      ///< this library
    library,  ///< the standard library, Boost, the C library, the test framework
};

struct Place {
    std::string function;  ///< demangled, without arguments where they can be told; "" if unknown
    std::string file;      ///< as the compiler was given it; "" if unknown
    unsigned line = 0;     ///< 1-based; 0 if unknown
    Owner owner = Owner::library;

    [[nodiscard]] bool known() const noexcept { return line != 0; }
    /// "queue.hpp:12" (the file's last component), or the function, or "an unknown place".
    [[nodiscard]] std::string brief() const;

    friend bool operator==(const Place&, const Place&) = default;
};

/// The frames behind return addresses (innermost first), inlined ones included. Thread-safe; the
/// answers are cached for the life of the process. Never throws for a bad address: its frame is
/// left unknown.
[[nodiscard]] std::vector<Place> places_of(std::span<void* const> return_addresses);

}  // namespace lab
