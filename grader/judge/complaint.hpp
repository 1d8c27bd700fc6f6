// What is wrong with a run, before it becomes a finding.
#pragma once

#include <lab/trace.hpp>

#include <contain/containment.hpp>
#include <protocol/messages.hpp>
#include <score/verdict.hpp>

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct Complaint {
    Verdict verdict = Verdict::wrong;
    std::string expected{};  ///< one sentence
    std::string happened{};  ///< one or more sentences
    std::string hint{};      ///< one sentence that names the chapter's idea
    /// Where to look: stacks, the most telling first. The first of the student's own frames in them
    /// is shown. Stacks are there only when the run was played with `Request::stacks`.
    std::vector<std::vector<lab::Place>> stacks{};
};

/// The hint for whoever keeps something from one call to the next.
inline constexpr std::string_view outlives_the_call =
    "Something is kept from one call to the next: look for variables that are `static` or stand "
    "outside functions, and make them local to the call.";

/// The hint for whoever keeps something in one place for all calls, or objects, that are under way.
inline constexpr std::string_view shared_by_all =
    "What is `static` or stands outside functions is there once, for all that are under way at the "
    "same time: keep what one of them works with in variables of its own.";

/// The hint for whoever relies on a look at what another thread may have changed since.
inline constexpr std::string_view check_then_act =
    "Check, then act: between a thread's look at a shared variable and the change that relies on "
    "it, another thread may change it. Make both one step: use the value that fetch_add (or ++) "
    "returns, or hold one lock over both.";

/// The first thing that is wrong with a run whatever it was to do: not written yet, a diagnosis
/// that ended it, or one of `also`. Nullopt when there is none.
[[nodiscard]] std::optional<Complaint> complaint_of(const Played& run,
                                                    std::span<const lab::Diagnosis::Kind> also);

/// What is wrong with how a worker ended that said nothing of it: killed at a limit, or gone.
[[nodiscard]] Complaint complaint_of(const Outcome& outcome, const std::string& broken_rule);

/// The innermost frame of the student's own files, with the file's name as the student has it;
/// unknown when there is none.
[[nodiscard]] lab::Place student_place(std::span<const lab::Place> stack);

/// Stacks to look at: where events with these labels were recorded, the last of each label first.
[[nodiscard]] std::vector<std::vector<lab::Place>> places_of_marks(
    const lab::Trace& trace, std::initializer_list<std::string_view> labels);

}  // namespace lockstep
