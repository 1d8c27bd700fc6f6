// The road a submission takes, from the path on the command line to its result.
#pragma once

#include <build/workshop.hpp>
#include <grading/drive.hpp>
#include <grading/race_detection.hpp>
#include <score/result.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace lockstep {

/// Where grading stands, for whoever watches.
struct Progress {
    std::string exercise;  ///< its id
    std::string step;      ///< "compiling", "running overlap"
};

struct GradingOptions {
    std::vector<std::string> exercises;  ///< empty: each that the submission holds
    std::uint64_t seed = 1;
    /// Whether findings show what the reference solution does in the same run, as far as the kit
    /// has it. That one is built, too, where the cache does not hold it yet.
    bool with_reference = false;
    /// May be empty. Called from several threads, one at a time within one `grade`.
    std::function<void(const Progress&)> progress;
};

class Grading {
public:
    /// The kit must outlive it. Throws GraderError.
    Grading(const Kit& kit, std::filesystem::path cache);

    /// Throws UsageError for a submission with nothing in it to grade, and GraderError. A failure
    /// of the grader that concerns one check only is that check's verdict instead. Thread-safe.
    [[nodiscard]] Result grade(const std::filesystem::path& submission,
                               const GradingOptions& options) const;

    [[nodiscard]] const Isolation& isolation() const noexcept { return containment_.isolation(); }

    /// Ends every compiler and driver and what it runs, now; `grade` then throws GraderError.
    /// Thread-safe, but not for a signal handler.
    void interrupt() noexcept;
    [[nodiscard]] bool interrupted() const noexcept { return drivers_.stopped(); }

private:
    const Kit& kit_;
    Containment containment_;
    Workshop workshop_;
    RaceDetection race_detection_;
    mutable Drivers drivers_;
};

}  // namespace lockstep
