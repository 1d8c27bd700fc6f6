#include <grading/grading.hpp>

#include <base/error.hpp>
#include <collect/submission.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <future>
#include <map>
#include <utility>

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

/// One finding for all checks: there is nothing to run.
Finding not_built(const Built& built) {
    Finding finding;
    finding.verdict = Verdict::build_error;
    finding.expected = "The code compiles and links.";
    finding.happened = built.diagnostics;
    finding.file = built.file;
    finding.line = built.line;
    finding.hint = "Begin with the compiler's first error: those below it often follow from it.";
    return finding;
}

Finding not_complete(const Submission& submission) {
    Finding finding;
    finding.verdict = Verdict::build_error;
    finding.expected =
        fmt::format("The submission holds {}.", fmt::join(submission.exercise->files, ", "));
    finding.happened = fmt::format("{}", fmt::join(submission.problems, " "));
    finding.hint = "Hand in every file that the exercise asks for, under its own name.";
    return finding;
}

Finding failed(const std::exception& failure) {
    Finding finding;
    finding.verdict = Verdict::grader_error;
    finding.expected = "The grader can examine the submission.";
    finding.happened = failure.what();
    finding.hint = "This is not your doing: tell your instructor, who can run `grader doctor`.";
    return finding;
}

Finding skipped(std::string reason) {
    Finding finding;
    finding.verdict = Verdict::skipped;
    finding.happened = std::move(reason);
    return finding;
}

/// What came of one flavour: findings by check, or one that stands for all its checks.
struct Part {
    std::map<std::string, Finding> findings;
    std::optional<Finding> instead;
    Built built;
    std::chrono::nanoseconds judging{0};
};

/// Whether a check plays under ThreadSanitizer: in every exercise it is the one called `races`, as
/// in the public tests (cmake/Exercise.cmake). Without it, building that worker, which takes longer
/// than the plain one, would be for nothing.
bool looks_for_races(const Exercise& exercise) {
    return std::ranges::find(exercise.checks, "races", &Check::id) != exercise.checks.end();
}

/// What a grading works with, whatever was handed in.
struct Means {
    const Kit& kit;
    const Containment& containment;
    const Workshop& workshop;
    const RaceDetection& races;
    Drivers& drivers;
};

/// Grades what was handed in for one exercise.
class Examiner {
public:
    Examiner(const Submission& submission, const Means& means, const GradingOptions& options,
             std::mutex& watching)
        : submission_{submission}, means_{means}, options_{options}, watching_{watching} {}

    ExerciseResult grade(Times::Exercise& times) const {
        const Exercise& exercise = *submission_.exercise;
        Part plain;
        Part tsan;
        if (!submission_.complete()) {
            plain.instead = not_complete(submission_);
            tsan.instead = plain.instead;
        } else {
            // ThreadSanitizer's worker is compiled while the plain one is, and run.
            std::future<Part> other;
            if (looks_for_races(exercise))
                other = std::async(std::launch::async, [this] { return examined(Flavour::tsan); });
            plain = examined(Flavour::plain);
            if (other.valid())
                tsan = other.get();
            else
                tsan.built.cached = plain.built.cached;
            // What does not compile says so once, in the words of the plain build.
            // It counts for all checks: also where the part of it that ThreadSanitizer looks at
            // builds.
            if (plain.instead && plain.instead->verdict == Verdict::build_error) {
                tsan.instead = plain.instead;
                tsan.findings.clear();
            }
        }
        times.id = exercise.id;
        times.compile_s = seconds(plain.built.compile + tsan.built.compile);
        times.link_s = seconds(plain.built.link + tsan.built.link);
        times.judge_s = seconds(plain.judging + tsan.judging);
        times.cached = plain.built.cached && tsan.built.cached;
        return result(plain, tsan);
    }

private:
    void watch(std::string step) const {
        if (!options_.progress) return;
        const std::scoped_lock lock{watching_};
        options_.progress({submission_.exercise->id, std::move(step)});
    }

    /// Never throws: what failed is in `instead`.
    [[nodiscard]] Part examined(Flavour flavour) const {
        Part part;
        try {
            if (flavour == Flavour::tsan)
                if (std::string limitation = means_.races.limitation(); !limitation.empty()) {
                    part.instead = skipped(std::move(limitation));
                    return part;
                }
            watch("compiling");
            part.built = means_.workshop.build(submission_, flavour);
            if (!part.built.ok()) {
                part.instead = not_built(part.built);
                return part;
            }
            const Built reference = options_.with_reference ? built_reference(flavour) : Built{};
            const DriverJob job{.exercise = submission_.exercise->id,
                                .flavour = flavour,
                                .seed = options_.seed,
                                .worker = part.built.worker,
                                .program = part.built.program,
                                .reference = reference.worker,
                                .reference_program = reference.program,
                                .limits = submission_.exercise->limits};
            const Clock::time_point begin = Clock::now();
            const Cache::Stage scratch = means_.workshop.scratch();
            for (CheckFinding& each : means_.drivers.examine(
                     job, scratch.folder(),
                     [this](const std::string& check) { watch("running " + check); }))
                part.findings.insert_or_assign(each.check, std::move(each.finding));
            excuse(part);
            part.judging = Clock::now() - begin;
        } catch (const std::exception& failure) {
            part.instead = failed(failure);
        }
        return part;
    }

    /// What failed on a machine without room for processes is not known to be the student's doing.
    void excuse(Part& part) const {
        // No views: the standard library's are more than Clang 14 can read.
        const auto costs = [](const auto& entry) { return costs_points(entry.second.verdict); };
        if (std::ranges::none_of(part.findings, costs)) return;
        const std::string shortage =
            means_.containment.process_shortage(submission_.exercise->limits);
        if (shortage.empty()) return;
        for (auto& entry : part.findings)
            if (costs(entry)) entry.second = failed(GraderError{shortage});
    }

    /// Nothing where the kit has no reference solution that builds, as that of students. It is for
    /// pictures only, which are not worth a verdict: that it is as it should is for verify to say.
    [[nodiscard]] Built built_reference(Flavour flavour) const {
        try {
            const auto parts =
                collect(means_.kit.solutions(), means_.kit, {submission_.exercise->id});
            return means_.workshop.build(parts.front(), flavour);
        } catch (const UsageError&) {
            return {};
        } catch (const GraderError&) {
            return {};
        }
    }

    [[nodiscard]] ExerciseResult result(const Part& plain, const Part& tsan) const {
        const Exercise& exercise = *submission_.exercise;
        ExerciseResult result{exercise.id, exercise.title, {}, {}};
        for (const Check& check : exercise.checks) {
            CheckResult each{check.id, check.title, check.shows, check.task, check.points, {}};
            each.finding = finding(check.id, plain, tsan);
            result.checks.push_back(std::move(each));
        }
        for (const std::string& problem : submission_.problems) result.notes.push_back(problem);
        if (tsan.instead && tsan.instead->verdict == Verdict::skipped)
            result.notes.push_back(tsan.instead->happened);
        return result;
    }

    [[nodiscard]] static Finding finding(const std::string& check, const Part& plain,
                                         const Part& tsan) {
        for (const Part* part : {&plain, &tsan})
            if (const auto found = part->findings.find(check); found != part->findings.end())
                return found->second;
        // Not among those that ran: of a part that did not. Which one, only the driver knows; so
        // what is worse stands for both, and a check is never skipped for a failure.
        if (plain.instead && tsan.instead)
            return plain.instead->verdict == Verdict::skipped ? *tsan.instead : *plain.instead;
        if (plain.instead) return *plain.instead;
        if (tsan.instead) return *tsan.instead;
        return failed(
            GraderError{"The driver has no such check: build the grader afresh, and run "
                        "`grader verify`."});
    }

    const Submission& submission_;
    const Means& means_;
    const GradingOptions& options_;
    std::mutex& watching_;
};

std::string name_of(const std::filesystem::path& submission) {
    std::filesystem::path path = std::filesystem::absolute(submission).lexically_normal();
    if (path.filename().empty()) path = path.parent_path();
    return path.filename().string();
}

}  // namespace

Grading::Grading(const Kit& kit, std::filesystem::path cache)
    : kit_{kit},
      containment_{kit.program("supervisor")},
      workshop_{kit, containment_, std::move(cache)},
      race_detection_{containment_, kit.program("canary")},
      drivers_{kit.program("driver")} {}

Result Grading::grade(const std::filesystem::path& submission,
                      const GradingOptions& options) const {
    const Clock::time_point begin = Clock::now();
    Result result;
    result.submission = name_of(submission);
    result.seed = options.seed;
    result.isolation = isolation().sandbox ? "sandbox" : isolation().limitation;
    std::mutex watching;
    const Means means{kit_, containment_, workshop_, race_detection_, drivers_};
    for (const Submission& part : collect(submission, kit_, options.exercises)) {
        Times::Exercise times;
        const Examiner examiner{part, means, options, watching};
        result.exercises.push_back(examiner.grade(times));
        result.times.exercises.push_back(std::move(times));
        if (interrupted()) throw GraderError{"The grading was interrupted."};
    }
    result.times.total_s = seconds(Clock::now() - begin);
    return result;
}

void Grading::interrupt() noexcept {
    drivers_.stop();
    containment_.stop();
}

}  // namespace lockstep
