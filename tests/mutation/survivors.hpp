// Mutants that no check can kill, because they do the same: survivors.toml.
//
//     [[survivor]]
//     exercise = "01-threaded-io"
//     file = "downloads.cpp"
//     was = "the line, without blanks around it"
//     becomes = "the mutant's line; empty where it is gone"
//     why = "why no caller can tell the difference"
//
// An entry excuses one mutant: where the same line stands twice, the other one must be killed, or
// have an entry of its own.
#pragma once

#include "mutants.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mutation {

class Survivors {
public:
    /// Throws lockstep::GraderError for a file that can't be read or understood.
    explicit Survivors(const std::filesystem::path& file);

    /// Why the mutant is equivalent; "" when that is not known. Uses up the entry that says so.
    [[nodiscard]] std::string why(const std::string& exercise, const std::string& file,
                                  const Mutant& mutant);

    /// The entries that no mutant has used.
    [[nodiscard]] std::vector<std::string> unused() const;

private:
    struct Entry {
        std::string exercise, file, was, becomes, why;
        bool used = false;
    };
    std::vector<Entry> entries_;
};

}  // namespace mutation
