// The kit, proved against itself.
#pragma once

#include <grading/grading.hpp>
#include <verify/complaint.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct Verification {
    KitComplaints complaints;
    std::size_t planned = 0;  ///< gradings
    std::size_t graded = 0;   ///< of those: fewer where the grading was interrupted
    std::size_t submissions = 0;
    std::size_t verdicts = 0;    ///< reached in all
    std::size_t changed = 0;     ///< of those, others than in the first repeat
    std::size_t skipped = 0;     ///< of those, could not be judged on this machine
    bool grader_failed = false;  ///< some check came to `grader_error`

    /// 0, 1 with complaints, 3 when the grader failed.
    [[nodiscard]] int exit_code() const noexcept {
        return grader_failed ? 3 : complaints.empty() ? 0 : 1;
    }
};

struct Verifying {
    std::vector<std::string> exercises;              ///< ids; empty: all
    std::string only;                                ///< the name of one submission; "": all
    unsigned seeds = 3;                              ///< for each solution
    unsigned repeat = 1;                             ///< of everything, each time with other seeds
    unsigned jobs = 0;                               ///< 0: usable_cores()
    std::function<void(std::string_view)> progress;  ///< called from several threads; may be empty

    /// Called each time as many gradings are done as a round has, by one thread at a time: what was
    /// found so far, and how many rounds that makes. May be empty.
    std::function<void(const Verification&, std::size_t rounds)> round_done;
};

/// Where `grading` is interrupted, what was found until then. Throws UsageError for an exercise or
/// name that is not there, and GraderError.
[[nodiscard]] Verification verify_kit(const Kit& kit, const Grading& grading,
                                      const Verifying& verifying);

/// What the compiler says of the skeleton, which must be nothing: a complaint otherwise.
[[nodiscard]] KitComplaints inspect_warnings(const Kit& kit, const Exercise& exercise,
                                             const Workshop& workshop);

}  // namespace lockstep
