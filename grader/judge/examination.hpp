// How a hidden check examines a submission: it plans a scenario, has it played under many
// schedules, and judges every run by its trace and its answer.
//
//     TEST_CASE("01-threaded-io/bound", "[01-threaded-io][plain]") {
//         examine({.scenario = "downloads", .workload = …, .judge = [&](const Played& run) {
//             …return std::optional<Complaint>…
//         }});
//     }
//
// The first run to which there is anything to object decides. It is played once more with every
// event's stack, to say where and to draw it.
#pragma once

#include <judge/complaint.hpp>
#include <judge/draw.hpp>
#include <judge/stage.hpp>
#include <score/result.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep {

using Judge = std::function<std::optional<Complaint>(const Played&)>;

struct Plan {
    std::string scenario;
    Numbers workload;
    Judge judge;  ///< may be empty: only what the lab itself finds
    /// Asked where the lab found fault with a run: a hint that is better than the general one, or
    /// "". May be empty.
    std::function<std::string(const Played&)> advise;
    /// Diagnoses that do not end a run and are this check's business: leaks, races, …
    std::vector<lab::Diagnosis::Kind> also;
    /// Diagnoses that end a run and are another check's business: of the runs, those before it are
    /// judged.
    std::vector<lab::Diagnosis::Kind> elsewhere;
    Flavour flavour = Flavour::plain;
    std::size_t schedules = 40;
    bool spurious_wakeups = true;  ///< in a quarter of the schedules
    unsigned cores = 4;
    bool compute_takes_time = true;  ///< lab::Options says what it is for
    std::uint32_t max_steps = 200'000;
    std::uint32_t max_spin = 20'000;
};

/// Ends a check: thrown by `examine` when there is something to object.
class Objection : public std::exception {
public:
    explicit Objection(std::string text) : text_{std::move(text)} {}
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

private:
    std::string text_;
};

/// One submission under examination. Not thread-safe.
class Examination {
public:
    /// `reference`: where the reference solution plays, so that a finding shows what should have
    /// been; null where that is not asked for. Both must outlive it.
    Examination(Stage& stage, std::uint64_t seed, Stage* reference = nullptr)
        : stage_{stage}, seed_{seed}, reference_{reference} {}

    /// Nullopt when there is nothing to object. Throws GraderError.
    [[nodiscard]] std::optional<Finding> examine(const Plan& plan);
    /// Whether there is a run to which there is nothing to object. Throws GraderError.
    [[nodiscard]] bool ever_holds(const Plan& plan);
    [[nodiscard]] Draw draw(std::string_view name) const { return {seed_, name}; }

private:
    [[nodiscard]] const Performance& performance(const Request& request, Flavour flavour);
    [[nodiscard]] std::optional<std::pair<Complaint, std::size_t>> first_complaint(
        const Plan& plan, const Performance& performance) const;
    /// These runs by a process of their own, with the stack of every event.
    [[nodiscard]] Performance with_stacks(const Plan& plan, const Request& request,
                                          std::vector<Run> runs);
    [[nodiscard]] Finding explain(const Plan& plan, const Request& request, Complaint complaint,
                                  std::optional<std::size_t> number, const Performance& played);

    /// Nullopt where the reference solution can't be played, or does not do what it should.
    [[nodiscard]] std::optional<lab::timeline::Layout> expected_timeline(const Plan& plan,
                                                                         const Request& request,
                                                                         const Run& run) const;

    Stage& stage_;
    std::uint64_t seed_;
    Stage* reference_;
    /// Checks that plan the same look at the same runs: played once.
    std::map<std::pair<Flavour, std::string>, Performance> played_;
};

// For the hidden checks, which Catch2 runs: the driver's examination and what it found.

/// Throws Objection, having noted the finding, when there is something to object.
void examine(const Plan& plan);
/// Whether there is nothing to object to one of the runs, at least. Where there is to all, the
/// mistake is none of order, and a check about order may leave it to another one.
[[nodiscard]] bool ever_holds(const Plan& plan);
/// A stream of numbers of this name for the driver's seed.
[[nodiscard]] Draw draw(std::string_view name);

/// Set by the driver before any check runs.
void set_examination(Examination* examination) noexcept;
/// What the check that ran last noted; nullopt when it had nothing to object. Forgets it.
[[nodiscard]] std::optional<Finding> take_finding() noexcept;

}  // namespace lockstep
