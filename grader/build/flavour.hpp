// The two ways in which a worker is built.
#pragma once

#include <string_view>

namespace lockstep {

enum class Flavour {
    plain,
    tsan,  ///< with ThreadSanitizer: reports data races
};

[[nodiscard]] constexpr std::string_view name_of(Flavour flavour) noexcept {
    return flavour == Flavour::tsan ? "tsan" : "plain";
}

}  // namespace lockstep
