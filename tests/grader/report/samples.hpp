// Results made by hand, for tests of renderers.
#pragma once

#include <report/class_results.hpp>
#include <report/formats.hpp>
#include <score/result.hpp>

#include <string>
#include <vector>

namespace samples {

/// A check with texts in both languages and nothing found yet.
[[nodiscard]] lockstep::CheckResult check(const std::string& id, lockstep::Verdict verdict);

/// Of a thread that waits for a lock, and of one in which things overlap; all texts end in `words`,
/// which must be clean.
[[nodiscard]] lab::timeline::Layout timeline(const std::string& words);

/// Every verdict there is, in two exercises, with every part of a finding filled in.
[[nodiscard]] lockstep::Result every_verdict();

/// One exercise whose checks have the verdict, all with the same words.
[[nodiscard]] lockstep::Result all_with(lockstep::Verdict verdict);

/// Texts that a student might use to break a terminal, a log or a reader.
[[nodiscard]] lockstep::Result hostile();

/// Results of real gradings, as files beside this one: fixed_slices, does_not_compile,
/// blocks_the_loop.
[[nodiscard]] lockstep::Result real(const std::string& name);

/// One of each.
[[nodiscard]] std::vector<lockstep::Result> all();

/// Several students, one of them without a result, and one whose name is an attack.
[[nodiscard]] lockstep::ClassResults whole_class();

/// With the environment that Classroom 50 gives.
[[nodiscard]] lockstep::ReportContext context(lockstep::Audience audience,
                                              lockstep::Language language = lockstep::Language::en);

/// What only an instructor may see in `every_verdict`.
[[nodiscard]] const std::vector<std::string>& secrets();

[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);
[[nodiscard]] bool has(const std::string& text, const std::string& part);
[[nodiscard]] std::string from_base64(const std::string& text);

/// Runs a script of this folder with Python on the documents, each in a file of its own with this
/// extension, and gives the line that it says of each; none, with a warning, where it can't be had.
[[nodiscard]] std::vector<std::string> checked_by(const std::string& script,
                                                  const std::vector<std::string>& documents,
                                                  const std::string& extension);

}  // namespace samples
