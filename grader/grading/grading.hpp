// The road a submission takes, from the path on the command line to its result.
#pragma once

#include <build/workshop.hpp>
#include <score/result.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace lockstep {

/// Where grading stands, for whoever watches. Called from several threads, one at a time.
struct Progress {
    std::string exercise;  ///< its id
    std::string step;      ///< "compiling", "running overlap (2 of 9)", …
};

struct GradingOptions {
    std::vector<std::string> exercises;  ///< empty: each that the submission holds
    std::uint64_t seed = 1;
    std::function<void(const Progress&)> progress;  ///< may be empty
};

class Grading {
public:
    /// Throws GraderError.
    Grading(const Kit& kit, std::filesystem::path cache);

    /// Throws UsageError for a submission with nothing in it to grade, and GraderError. A failure of
    /// the grader that concerns one check only is that check's verdict instead. Thread-safe.
    [[nodiscard]] Result grade(const std::filesystem::path& submission,
                               const GradingOptions& options) const;

    [[nodiscard]] const Isolation& isolation() const noexcept { return containment_.isolation(); }

    /// Ends every program that is running for this grading, now; `grade` then throws GraderError.
    /// Async-signal-unsafe: call it from a thread that waits for signals.
    void interrupt() noexcept;

private:
    const Kit& kit_;
    Containment containment_;
    Workshop workshop_;
    std::atomic<bool> interrupted_{false};
};

}  // namespace lockstep
