// Grades what a class handed in, and keeps what came of it.
#pragma once

#include <class/submissions.hpp>
#include <gradebook/gradebook.hpp>
#include <grading/grading.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace lockstep {

/// Which of the submissions are graded.
enum class Which {
    needed,   ///< that have no mark yet, or are not what was graded, or not by this grader
    missing,  ///< that have no mark yet
    changed,  ///< whose files are not those that were graded
    failed,   ///< that did not get full marks
    all,
};

struct ClassOptions {
    std::vector<std::string> exercises;  ///< ids; empty: each that a submission holds
    Which which = Which::needed;
    Shard shard;
    std::uint64_t seed = 1;
    unsigned jobs = 0;  ///< 0: usable_cores()
    /// Called by several threads, one at a time.
    std::function<void(const struct ClassProgress&)> progress;
};

struct ClassProgress {
    std::size_t done = 0;
    std::size_t to_do = 0;
    // Of those that are done; each is one of these, or lost points in some other way.
    std::size_t full_marks = 0;
    std::size_t unbuilt = 0;   ///< something in it does not compile or link
    std::size_t empty = 0;     ///< there was nothing in it to grade
    std::size_t failures = 0;  ///< of the grader
    std::string student;       ///< the last one that is done
    double seconds = 0;        ///< since the begin

    void count(const Row& row, bool builds) noexcept;
};

struct ClassDone {
    std::vector<Row> rows;  ///< what was graded now, by student
    std::size_t unchanged = 0;
};

/// What tells one build of the grader, its checks and toolkits from another.
[[nodiscard]] std::string identity_of_grader(const Kit& kit);

class ClassGrading {
public:
    /// All must outlive it.
    ClassGrading(const Kit& kit, const Grading& grading) : kit_{kit}, grading_{grading} {}

    /// Each is stored as soon as it is graded. What can't be graded is tried once more, and is then
    /// a row with an error. Throws GraderError where the gradebook can't be written, and, having
    /// stored what was done, after `stop`.
    [[nodiscard]] ClassDone grade(const std::vector<Handed>& handed, Gradebook& gradebook,
                                  const ClassOptions& options);

    struct Graded {
        Row row;
        bool builds = true;  ///< false: something in it does not compile or link
    };
    /// As above, but nothing is stored.
    [[nodiscard]] Graded grade_one(const Handed& handed, const ClassOptions& options) const;

    /// Begins no further submission. For any thread.
    void stop() noexcept { stopped_ = true; }
    [[nodiscard]] bool stopped() const noexcept { return stopped_; }

private:
    const Kit& kit_;
    const Grading& grading_;
    std::atomic<bool> stopped_{false};
};

}  // namespace lockstep
