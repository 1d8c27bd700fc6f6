// Where the tests contain their programs: in a sandbox, and without one.
#pragma once

#include <contain/containment.hpp>

#include <cstdlib>
#include <string>
#include <vector>

namespace lockstep {

/// While one lives, a Containment that is made has no sandbox.
struct WithoutSandbox {
    WithoutSandbox() { ::setenv("LOCKSTEP_NO_SANDBOX", "1", 1); }
    ~WithoutSandbox() { ::unsetenv("LOCKSTEP_NO_SANDBOX"); }
    WithoutSandbox(const WithoutSandbox&) = delete;
    WithoutSandbox& operator=(const WithoutSandbox&) = delete;
};

/// The containment with a sandbox; null, after a sentence that says why, where there can't be one.
[[nodiscard]] const Containment* in_a_sandbox();
/// The containment that has none.
[[nodiscard]] const Containment* without_a_sandbox();

using Place = const Containment* (*)();
/// For GENERATE(values(places)).
extern const std::vector<Place> places;

/// The guest, told to do something.
[[nodiscard]] Job guest(std::vector<std::string> arguments);

/// A word that is on the command line of one test's guests, and nobody else's.
[[nodiscard]] std::string token();
/// The processes with that word on their command line.
[[nodiscard]] std::vector<int> processes_with(const std::string& token);
/// Whether there are some before long, or none before long. Real time decides only in failing.
[[nodiscard]] bool some_appear(const std::string& token);
[[nodiscard]] bool all_vanish(const std::string& token);

}  // namespace lockstep

// Ends the test case where its place can't be had.
#define REQUIRE_PLACE(containment)  \
    if ((containment) == nullptr) { \
        return;                     \
    }                               \
    static_cast<void>(0)
