// A folder of submissions: whose is which.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

struct Handed {
    std::string student;
    std::filesystem::path path;  ///< a folder or an archive
};

/// What lies in `folder`, by student: folders and archives (.zip, .tar, .tar.gz, .tgz); hidden ones
/// and other files are left alone. Whose it is says the name, without what platforms add:
///
///   alice/, alice.zip                              alice
///   essay-submissions/essay-alice/                 alice (as `gh classroom clone` has it)
///   Alice Liddell_12345_assignsubmission_file_/    Alice Liddell (Moodle); the archive in it,
///   where
///                                                  there is nothing else, is what is graded
///   submission_12345/                              submission_12345 (Gradescope), or whom
///   submission_metadata.yml                        this file beside it names: also several
///
/// Throws UsageError where there is no such folder, or nothing in it, or where two are the same
/// student's.
[[nodiscard]] std::vector<Handed> submissions_in(const std::filesystem::path& folder);

/// "3/16": this machine's part of a class.
struct Shard {
    unsigned number = 1;  ///< 1 to `of`
    unsigned of = 1;
};

/// Whether a student belongs to it: the same on every machine, whoever else is in the class.
[[nodiscard]] bool belongs(const std::string& student, const Shard& shard);

}  // namespace lockstep
