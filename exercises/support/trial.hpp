// How the public tests put a student's functions through the lab.
//
//     TEST_CASE("never more than three at once", "[bound]") {
//         trial::expect("bound", [&] { download_threaded(site, urls, 3); },
//                       {[](const lab::Trace& trace) {
//                           return lab::peak_overlap_at_most(trace, "fetch", 3);
//                       }});
//     }
//
// To debug a failing one, run the exercise's test program in a debugger with the check's id in
// brackets: it is one process, and the first schedule that fails is always the same.
#pragma once

#include <lab/finding.hpp>
#include <lab/trace.hpp>

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trial {

struct Text {
    std::string_view en;
    std::string_view fr;
};

struct CheckText {
    std::string_view id;
    Text shows;
    std::array<Text, 3> hints;
};

/// What exercise.toml says. CMake makes the definition.
struct Manifest {
    std::span<const CheckText> checks;
    std::span<const std::string_view> files;  ///< those a student edits
    unsigned cores = 1;                       ///< of the modelled machine
};
[[nodiscard]] Manifest manifest();

/// Judges a run whose body returned.
using Claim = std::function<lab::Finding(const lab::Trace&)>;

struct Plan {
    unsigned schedules = 100;
    /// True: every diagnosis of the lab fails the check. False: only those that end a run, and an
    /// exception that leaves the body; the others are some other check's affair.
    bool tidy = false;
};

/// Plays `body` under so many schedules. The first run with a diagnosis, or of which a claim does
/// not hold, fails the current test case, with: what was expected, what happened, where, the
/// timeline, and the first hint for the check (with LOCKSTEP_HINTS=2 or 3 in the environment, as
/// many). A run that meets `todo` fails it with that sentence alone.
///
/// `body` makes its state afresh each time, and has no assertions; what claims need it leaves in
/// variables of the test case. Claims are asked in their order.
void expect(std::string_view check, const std::function<void()>& body,
            const std::vector<Claim>& claims, Plan plan = {});

/// Fails the current test case with a report of "expected: …" and "happened: …" that was come by in
/// another way, and the check's hints.
[[noreturn]] void fail(std::string_view check, const std::string& report);

/// As `expect`, but a data race is what fails it first, and only in programs that link
/// Lockstep::lab_tsan. Where races cannot be found, it prints "skipped: " and the reason.
void expect_no_race(std::string_view check, const std::function<void()>& body,
                    const std::vector<Claim>& claims, unsigned schedules = 60);

}  // namespace trial
