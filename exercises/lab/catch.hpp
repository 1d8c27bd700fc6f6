// Catch2, whichever generation is installed: 2.13 (one header) or 3.x (many small ones).
//
// Tests include this instead of Catch2's own headers, and use what both generations know: the
// macros and generators; for the names that changed there are names of ours below.
#pragma once

#if __has_include(<catch2/catch_test_macros.hpp>)
#define LAB_CATCH_GENERATION 3
#include <catch2/catch_approx.hpp>
#include <catch2/catch_message.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/catch_tostring.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#elif __has_include(<catch2/catch.hpp>)
#define LAB_CATCH_GENERATION 2
#include <catch2/catch.hpp>
#else
#error "Catch2 is not installed: install your distribution's package (catch2), 2.13 or 3.x."
#endif

#include <string>

namespace lab {

#if LAB_CATCH_GENERATION == 3
template <typename T>
using MatcherBase = Catch::Matchers::MatcherBase<T>;
using Approx = Catch::Approx;
#else
template <typename T>
using MatcherBase = Catch::Matchers::Impl::MatcherBase<T>;
using Approx = Catch::Detail::Approx;
#endif

/// Matches strings that contain `part`.
[[nodiscard]] inline auto contains(const std::string& part) {
#if LAB_CATCH_GENERATION == 3
    return Catch::Matchers::ContainsSubstring(part);
#else
    return Catch::Matchers::Contains(part);
#endif
}

}  // namespace lab
