#include <verify/verify.hpp>

#include <base/error.hpp>
#include <verify/layout.hpp>
#include <verify/parallel.hpp>
#include <verify/trials.hpp>

#include <fmt/format.h>
#include <map>
#include <mutex>
#include <utility>

namespace lockstep {
namespace {

/// Which verdicts there were, for telling whether a later repeat changes one.
using Verdicts = std::map<std::string, Verdict>;

class Verifier {
public:
    Verifier(const Kit& kit, const Grading& grading, const Verifying& verifying)
        : kit_{kit}, grading_{grading}, verifying_{verifying} {
        for (const std::string& id : verifying.exercises) {
            exercises_.push_back(&kit.exercise(id));
        }
        if (exercises_.empty()) {
            for (const Exercise& exercise : kit.exercises()) {
                exercises_.push_back(&exercise);
            }
        }
    }

    Verification verify() && {
        if (verifying_.only.empty()) {
            add(inspect_folders(kit_));
            for (const Exercise* exercise : exercises_) {
                add(inspect_layout(kit_, *exercise));
            }
        }
        const std::vector<Trial> trials = trials_of_all_rounds();
        if (trials.empty()) {
            throw UsageError(
                fmt::format("There is no submission '{}' in tests/submissions: name a "
                            "folder there, 'skeleton' or 'solution'.",
                            verifying_.only));
        }
        std::vector<KitComplaints> complaints(trials.size());
        try {
            in_parallel(trials.size(), verifying_.jobs,
                        [&](std::size_t number) { complaints[number] = tried(trials[number]); });
        } catch (const GraderError&) {
            if (!grading_.interrupted()) throw;
        }
        for (const KitComplaints& each : complaints) {
            add(each);
        }
        done_.submissions = first_verdicts_.size();
        return std::move(done_);
    }

private:
    void add(const KitComplaints& complaints) {
        done_.complaints.insert(done_.complaints.end(), complaints.begin(), complaints.end());
    }

    std::vector<Trial> trials_of_all_rounds() {
        std::vector<Trial> trials;
        for (const Exercise* exercise : exercises_) {
            KitComplaints complaints;
            const std::vector<Trial> more =
                trials_of(kit_, *exercise, verifying_.only, verifying_.seeds, complaints);
            add(complaints);
            if (verifying_.only.empty()) add(inspect_coverage(*exercise, more));
            trials.insert(trials.end(), more.begin(), more.end());
        }
        const std::size_t per_round = trials.size();
        done_.planned = per_round * verifying_.repeat;
        trials.reserve(done_.planned);
        while (trials.size() < done_.planned) {
            Trial again = trials[trials.size() - per_round];
            again.seed += verifying_.seeds;  // those of a round follow those of the one before
            trials.push_back(std::move(again));
        }
        return trials;
    }

    KitComplaints tried(const Trial& trial) {
        GradingOptions options;
        options.exercises = {trial.exercise->id};
        options.seed = trial.seed;
        Result result;
        try {
            result = grading_.grade(trial.folder, options);
        } catch (const UsageError& error) {
            count({}, trial);
            return {{trial.folder.lexically_relative(kit_.source()).string(), error.what(),
                     "A submission of the corpus must have something in it to grade."}};
        }
        const std::lock_guard lock{mutex_};
        KitComplaints complaints = compare(trial, result, kit_, done_.skipped);
        count_unlocked(result, trial);
        if (verifying_.progress) {
            verifying_.progress(fmt::format("{} of {}: {}/{}", done_.graded, done_.planned,
                                            trial.exercise->id, trial.name));
        }
        return complaints;
    }

    void count(const Result& result, const Trial& trial) {
        const std::lock_guard lock{mutex_};
        count_unlocked(result, trial);
    }

    void count_unlocked(const Result& result, const Trial& trial) {
        ++done_.graded;
        Verdicts verdicts;
        for (const ExerciseResult& exercise : result.exercises) {
            for (const CheckResult& check : exercise.checks) {
                verdicts[check.id] = check.finding.verdict;
                done_.grader_failed =
                    done_.grader_failed || check.finding.verdict == Verdict::grader_error;
            }
        }
        done_.verdicts += verdicts.size();
        const auto [first, fresh] = first_verdicts_.emplace(trial.folder, verdicts);
        if (!fresh) {
            for (const auto& [check, verdict] : verdicts) {
                const auto before = first->second.find(check);
                done_.changed += before == first->second.end() || before->second != verdict ? 1 : 0;
            }
        }
        const std::size_t per_round = done_.planned / verifying_.repeat;
        if (verifying_.round_done && done_.graded % per_round == 0)
            verifying_.round_done(done_, done_.graded / per_round);
    }

    const Kit& kit_;
    const Grading& grading_;
    const Verifying& verifying_;
    std::vector<const Exercise*> exercises_;
    std::mutex mutex_;
    Verification done_;
    std::map<std::filesystem::path, Verdicts> first_verdicts_;
};

}  // namespace

Verification verify_kit(const Kit& kit, const Grading& grading, const Verifying& verifying) {
    return Verifier{kit, grading, verifying}.verify();
}

KitComplaints inspect_warnings(const Kit& kit, const Exercise& exercise, const Workshop& workshop) {
    KitComplaints complaints;
    for (const Submission& skeleton : collect(exercise.folder, kit, {exercise.id})) {
        const Built built = workshop.build(skeleton, Flavour::plain);
        if (!built.diagnostics.empty()) {
            complaints.push_back(
                {exercise.folder.lexically_relative(kit.source()).string(),
                 fmt::format("the compiler has something to say of the skeleton:\n{}",
                             built.diagnostics),
                 "Mend the skeleton: the first build must not greet a student with a warning."});
        }
    }
    return complaints;
}

}  // namespace lockstep
