// The gradebook: every attempt of a class, in one SQLite file.
//
// RESULTS/gradebook.db has two tables: `attempt`, a row for each time that somebody's work was
// graded, never changed afterwards, and `about`, what concerns all of them. A student's mark is
// that of their latest attempt. What is stored is on disk when `store` comes back: whoever is
// killed loses what was under way, and nothing else.
#pragma once

#include <report/class_results.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

/// A row: what was graded, with what, and what came of it.
struct Row {
    std::string student;
    std::string path;     ///< where the work was found
    std::string content;  ///< a hash of the files that were taken; "" where there were none
    std::string grader;   ///< a hash of what judged them
    std::chrono::sys_seconds when{};
    std::string result;  ///< as JSON, for instructors; "" where there is none
    std::string error;   ///< why there is none, or what could not be judged: one sentence; or ""
    int points = 0;
    int max_points = 0;

    /// False where something could not be judged: then it is to be tried again, and is no zero.
    [[nodiscard]] bool judged() const noexcept { return error.empty(); }
    /// The grader or the machine has failed: not where nothing was handed in that can be graded.
    [[nodiscard]] bool grader_failed() const noexcept { return !judged() && !content.empty(); }
};

class Gradebook {
public:
    static constexpr const char* file_name = "gradebook.db";
    [[nodiscard]] static bool is_in(const std::filesystem::path& folder);

    enum class Opening { existing, make };
    /// Throws UsageError where there is none and none is to be made, or it is no gradebook or that
    /// of another version; and GraderError, as all that follow, where it can't be read or written.
    Gradebook(const std::filesystem::path& folder, Opening opening);
    ~Gradebook();

    /// What all attempts are graded with: the one that is stored, else `fallback`, which then is.
    [[nodiscard]] std::uint64_t seed(std::uint64_t fallback);
    /// As above, but nothing where none is stored.
    [[nodiscard]] std::optional<std::uint64_t> seed() const;

    /// All of them, or none. Thread-safe, as are all others.
    void store(const std::vector<Row>& rows);
    /// The latest of each student, by name.
    [[nodiscard]] std::map<std::string, Row> latest() const;
    /// Every one, in the order in which they were stored.
    [[nodiscard]] std::vector<Row> all() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// For reports. A row whose result can't be read is an attempt that could not be graded.
[[nodiscard]] ClassResults class_results(const Gradebook& gradebook, const std::string& title);

}  // namespace lockstep
