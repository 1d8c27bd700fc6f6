// What hostile submissions look for outside their sandbox.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hostile {

/// A folder at a place that the submissions know, open to everybody, with a secret in it; and the
/// same secret in this process's environment. What the submissions leave in other folders that
/// are everybody's is removed before and afterwards. One at a time on a machine.
class Outside {
public:
    Outside();
    Outside(const Outside&) = delete;
    Outside& operator=(const Outside&) = delete;
    ~Outside();

    [[nodiscard]] const std::string& secret() const { return secret_; }
    /// Files that were not there before, in this folder or at any other place at which the
    /// submissions leave a mark; and the secret's, where it is not what it was.
    [[nodiscard]] std::vector<std::string> traces() const;

private:
    std::filesystem::path folder_;
    std::vector<std::filesystem::path> before_;  ///< at places that are the machine's own
    std::string secret_;
};

/// Makes this process the parent of every descendant that loses its own.
void adopt_orphans();
/// The command lines of this process's children, zombies included, after a moment's patience for
/// those that are about to be reaped.
[[nodiscard]] std::vector<std::string> children();

}  // namespace hostile
