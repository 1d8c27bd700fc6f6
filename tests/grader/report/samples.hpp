// Results made by hand, for tests of renderers.
#pragma once

#include <score/result.hpp>

#include <string>

namespace samples {

/// A check with texts in both languages and nothing found yet.
[[nodiscard]] lockstep::CheckResult check(const std::string& id, lockstep::Verdict verdict);

/// Every verdict there is, in two exercises, with every part of a finding filled in.
[[nodiscard]] lockstep::Result every_verdict();

/// One exercise whose checks have the verdict, all with the same words.
[[nodiscard]] lockstep::Result all_with(lockstep::Verdict verdict);

/// Texts that a student might use to break a terminal, a log or a reader.
[[nodiscard]] lockstep::Result hostile();

}  // namespace samples
