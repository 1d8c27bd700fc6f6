#include <judge/examination.hpp>
#include <judge/schedules.hpp>
#include <judge/timeline.hpp>

#include <base/error.hpp>
#include <lab/printable.hpp>
#include <lab/timeline/timeline.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace lockstep {
namespace {

constexpr unsigned picture_columns = 76;

Request request_for(const Plan& plan, std::uint64_t seed) {
    Request request;
    request.scenario = plan.scenario;
    request.workload = plan.workload;
    request.cores = plan.cores;
    request.compute_takes_time = plan.compute_takes_time;
    request.max_steps = plan.max_steps;
    request.max_spin = plan.max_spin;
    // A race tells enough, and costs ThreadSanitizer more than a run.
    request.until_race = plan.flavour == Flavour::tsan;
    request.runs = schedules(Draw{seed, plan.scenario}.bits(), plan.schedules);
    if (!plan.spurious_wakeups)
        for (Run& run : request.runs) run.spurious_wakeups = 0;
    return request;
}

bool is_elsewhere(const Plan& plan, const Played& run) {
    return std::ranges::any_of(run.trace.diagnoses(), [&](const lab::Diagnosis& diagnosis) {
        return std::ranges::find(plan.elsewhere, diagnosis.kind) != plan.elsewhere.end();
    });
}

std::optional<Complaint> judged(const Plan& plan, const Played& run) {
    if (is_elsewhere(plan, run)) return std::nullopt;
    if (std::optional<Complaint> complaint = complaint_of(run, plan.also)) {
        std::string hint = plan.advise ? plan.advise(run) : "";
        if (!hint.empty() && complaint->verdict != Verdict::todo) complaint->hint = std::move(hint);
        return complaint;
    }
    if (!run.answer.finished)
        return Complaint{.verdict = Verdict::crash,
                         .expected = "The function returns to its caller.",
                         .happened = "It never came back."};
    return plan.judge ? plan.judge(run) : std::nullopt;
}

/// What there is to object to one of the runs that were played.
std::optional<Complaint> complaint_at(const Plan& plan, const Performance& played,
                                      std::size_t number) {
    return number < played.runs.size() ? judged(plan, played.runs[number]) : std::nullopt;
}

/// The same run, played twice by one process: where the first is as it should be and the second is
/// not, something outlives the call. That is the mistake, whatever the second call did.
std::optional<Complaint> of_the_second_call(const Plan& plan, const Performance& twice) {
    if (complaint_at(plan, twice, 0)) return std::nullopt;
    std::optional<Complaint> complaint = complaint_at(plan, twice, 1);
    if (!complaint) return std::nullopt;
    complaint->happened =
        "The first call did what it should. The same call, made again by the same program in the "
        "same order of steps, did not: " +
        complaint->happened;
    complaint->hint = outlives_the_call;
    return complaint;
}

std::string recipe(const Request& request, Flavour flavour, const Run& run) {
    std::string workload;
    for (const auto& [name, list] : request.workload)
        workload += fmt::format(" {}=[{}]", name, fmt::join(list, ","));
    return fmt::format(
        "scenario {}, {} worker, workload{}, policy {}, seed {}, spurious wake-ups {}",
        request.scenario, name_of(flavour), workload, run.policy.describe(), run.seed,
        run.spurious_wakeups);
}

std::string printed(const Outcome& outcome) {
    if (outcome.output.empty()) return "";
    return fmt::format("printed ({} bytes in all):\n{}\n", outcome.output_bytes, outcome.output);
}

}  // namespace

const Performance& Examination::performance(const Request& request, Flavour flavour) {
    const auto [found, added] = played_.try_emplace({flavour, encode(request)});
    if (added) {
        try {
            found->second = stage_.play(request, flavour);
        } catch (...) {
            played_.erase(found);
            throw;
        }
    }
    return found->second;
}

std::optional<std::pair<Complaint, std::size_t>> Examination::first_complaint(
    const Plan& plan, const Performance& performance) const {
    for (std::size_t i = 0; i < performance.runs.size(); ++i)
        if (std::optional<Complaint> complaint = judged(plan, performance.runs[i]))
            return std::pair{std::move(*complaint), i};
    return std::nullopt;
}

std::optional<Finding> Examination::examine(const Plan& plan) {
    const Request request = request_for(plan, seed_);
    const Performance& first = performance(request, plan.flavour);
    if (auto found = first_complaint(plan, first))
        return explain(plan, request, std::move(found->first), found->second, first);
    if (first.finished && first.runs.size() == request.runs.size()) return std::nullopt;
    // The worker plays no more after a run that ended like this.
    if (first.finished && !first.runs.empty() && is_elsewhere(plan, first.runs.back()))
        return std::nullopt;
    if (first.finished && !first.runs.empty() && !first.runs.back().trace.completed())
        return explain(
            plan, request,
            Complaint{.verdict = Verdict::crash,
                      .expected = "The function returns to its caller.",
                      .happened = "The run ended in the middle, for no reason that could "
                                  "be told."},
            first.runs.size() - 1, first);
    return explain(plan, request, complaint_of(first.outcome, first.complaint), std::nullopt,
                   first);
}

bool Examination::ever_holds(const Plan& plan) {
    return std::ranges::any_of(performance(request_for(plan, seed_), plan.flavour).runs,
                               [&](const Played& run) { return !judged(plan, run); });
}

Performance Examination::with_stacks(const Plan& plan, const Request& request,
                                     std::vector<Run> runs) {
    Request replay = request;
    replay.runs = std::move(runs);
    replay.stacks = true;
    return stage_.play_alone(replay, plan.flavour);
}

Finding Examination::explain(const Plan& plan, const Request& request, Complaint complaint,
                             std::optional<std::size_t> number, const Performance& played) {
    Finding finding;
    const Run run =
        request.runs[std::min(number.value_or(played.runs.size()), request.runs.size() - 1)];
    const lab::Trace* shown = nullptr;
    Performance again;
    if (number) {
        shown = &played.runs[*number].trace;
        if (complaint.verdict != Verdict::todo) {
            again = with_stacks(plan, request, {run});
            std::optional<Complaint> told = complaint_at(plan, again, 0);
            if (!told && *number > 0 && again.runs.size() == 1) {
                Performance twice = with_stacks(plan, request, {run, run});
                told = of_the_second_call(plan, twice);
                if (told) again = std::move(twice);
            }
            // A program may behave otherwise: then the first run is what is shown.
            if (told && told->verdict == complaint.verdict) {
                complaint = std::move(*told);
                shown = &again.runs.back().trace;
            }
        }
    }

    finding.verdict = complaint.verdict;
    finding.expected = std::move(complaint.expected);
    finding.happened = std::move(complaint.happened);
    finding.hint = std::move(complaint.hint);
    for (const std::vector<lab::Place>& stack : complaint.stacks) {
        const lab::Place place = student_place(stack);
        if (!place.known()) continue;
        finding.file = place.file;
        finding.line = place.line;
        break;
    }
    if (shown != nullptr) {
        if (finding.verdict != Verdict::todo) {
            if (shown->threads().size() > 1)
                finding.picture = lab::draw_text(*shown, {.width = picture_columns});
            finding.timeline = timeline_of(*shown);
            if (finding.timeline) finding.expected_timeline = expected_timeline(plan, request, run);
        }
        for (const lab::Diagnosis& diagnosis : shown->diagnoses())
            finding.detail += diagnosis.explain();
    }
    finding.detail += printed(number ? again.outcome : played.outcome);
    finding.recipe = recipe(request, plan.flavour, run);
    if (again.runs.size() > 1) finding.recipe += ", played twice by one process";
    return finding;
}

std::optional<lab::timeline::Layout> Examination::expected_timeline(const Plan& plan,
                                                                    const Request& request,
                                                                    const Run& run) const {
    if (reference_ == nullptr) return std::nullopt;
    Request one = request;
    one.runs = {run};
    try {
        const Performance performance = reference_->play(one, plan.flavour);
        if (performance.runs.empty() || judged(plan, performance.runs.front())) return std::nullopt;
        return timeline_of(performance.runs.front().trace);
    } catch (const GraderError&) {
        // The verdict stands; a picture is not worth losing it.
        return std::nullopt;
    }
}

// The driver's examination ---------------------------------------------------------------------

namespace {

Examination* current = nullptr;
std::optional<Finding> noted;

Examination& examination() {
    if (current == nullptr)
        throw GraderError{"A hidden check ran outside the driver: start it with the driver."};
    return *current;
}

}  // namespace

void examine(const Plan& plan) {
    std::optional<Finding> finding = examination().examine(plan);
    if (!finding) return;
    std::string text = finding->happened;
    noted = std::move(finding);
    throw Objection{std::move(text)};
}

bool ever_holds(const Plan& plan) { return examination().ever_holds(plan); }

Draw draw(std::string_view name) { return examination().draw(name); }

void set_examination(Examination* examination) noexcept { current = examination; }

std::optional<Finding> take_finding() noexcept { return std::exchange(noted, std::nullopt); }

}  // namespace lockstep
