// Graders as processes of their own, to which something happens.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace faults {

/// A process below the grader, or itself.
struct Member {
    pid_t process = 0;
    std::string name;  ///< as the kernel has it: "grader", "supervisor", "cc1plus", …
};

struct Ended {
    bool killed = false;                ///< by a signal
    int exit_code = 0;                  ///< where it was not
    std::string complaint;              ///< standard error
    std::optional<std::string> result;  ///< what it wrote, without the times; nullopt for nothing
};

/// Grades exercise 01 of `submission`. Before its exec the child calls `prepare`.
class Grader {
public:
    Grader(const std::filesystem::path& submission, const std::filesystem::path& cache,
           const std::filesystem::path& scratch, const std::function<void()>& prepare = {});
    Grader(const Grader&) = delete;
    Grader& operator=(const Grader&) = delete;

    /// All that live now, in no order, bubblewrap's own left out.
    [[nodiscard]] std::vector<Member> members() const;
    /// Kills it, where it is still one: its number may have become somebody else's. False where
    /// not.
    [[nodiscard]] bool kill(const Member& member) const;
    /// Throws std::runtime_error where the result is there but is no JSON: half-written.
    [[nodiscard]] Ended wait();

private:
    std::filesystem::path output_;
    std::filesystem::path complaints_;
    pid_t process_ = -1;
};

/// Whether every descendant of this process is gone, or goes within a few seconds. This process
/// must be their reaper.
[[nodiscard]] bool all_gone();

}  // namespace faults
