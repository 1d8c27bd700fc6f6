#include <class/class_grading.hpp>

#include <base/error.hpp>
#include <build/hash.hpp>
#include <collect/submission.hpp>
#include <report/json.hpp>
#include <verify/parallel.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <utility>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// A hash of all that is taken of a submission; "" where there is nothing to take.
std::string content_of(const Kit& kit, const fs::path& path,
                       const std::vector<std::string>& exercises) {
    try {
        Hash hash;
        for (const Submission& part : collect(path, kit, exercises)) {
            hash.add_part(part.exercise->id);
            for (const SubmittedFile& file : part.files)
                hash.add_part(file.name).add_part(file.bytes);
            for (const std::string& problem : part.problems) hash.add_part(problem);
        }
        return hash.text();
    } catch (const UsageError&) {
        return "";
    }
}

/// What kept a check from being judged; "" where all were.
std::string unjudged(const Result& result) {
    for (const ExerciseResult& exercise : result.exercises)
        for (const CheckResult& check : exercise.checks)
            if (check.finding.verdict == Verdict::grader_error)
                return fmt::format("{}/{} could not be judged: {}", exercise.id, check.id,
                                   check.finding.happened);
    return "";
}

bool wanted(Which which, const Row* before, const std::string& content, const std::string& grader) {
    const bool missing = before == nullptr || !before->judged();
    switch (which) {
    case Which::all: return true;
    case Which::missing: return missing;
    case Which::failed: return missing || before->points < before->max_points;
    case Which::changed: return before != nullptr && before->content != content;
    case Which::needed: break;
    }
    return missing || before->content != content || before->grader != grader;
}

bool builds(const Result& result) {
    return std::ranges::none_of(result.exercises, [](const ExerciseResult& exercise) {
        return std::ranges::any_of(exercise.checks, [](const CheckResult& check) {
            return check.finding.verdict == Verdict::build_error;
        });
    });
}

}  // namespace

void ClassProgress::count(const Row& row, bool builds) noexcept {
    ++done;
    if (row.grader_failed())
        ++failures;
    else if (!row.judged())
        ++empty;
    else if (!builds)
        ++unbuilt;
    else if (row.points == row.max_points)
        ++full_marks;
}

std::string identity_of_grader(const Kit& kit) {
    Hash hash;
    std::vector<fs::path> files{kit.program("driver")};
    std::error_code error;
    for (const auto& toolkit : fs::directory_iterator{kit.toolkits(), error})
        files.push_back(toolkit.path() / "contents");
    std::ranges::sort(files);
    for (const fs::path& file : files)
        hash.add_part(file.filename().string())
            .add_part(hash_of_file(file, fs::file_size(file, error)).value_or(""));
    return hash.text();
}

ClassGrading::Graded ClassGrading::grade_one(const Handed& handed,
                                             const ClassOptions& options) const {
    Graded graded;
    Row& row = graded.row;
    row.student = handed.student;
    row.path = fs::absolute(handed.path).string();
    // Now, and not when it was chosen: a class takes hours, and students go on working.
    row.content = content_of(kit_, handed.path, options.exercises);
    for (int attempt = 0; attempt < 2 && !stopped_; ++attempt) {
        row.error.clear();
        try {
            const Result result = grading_.grade(handed.path, {.exercises = options.exercises,
                                                               .seed = options.seed,
                                                               .with_reference = true,
                                                               .progress = {}});
            row.result = render_json(result, Audience::instructor);
            row.points = result.points();
            row.max_points = result.max_points();
            row.error = unjudged(result);
            graded.builds = builds(result);
        } catch (const UsageError& nothing) {
            row.error = nothing.what();
            break;
        } catch (const GraderError& failure) {
            row.error = failure.what();
        }
        if (row.error.empty()) break;
    }
    row.when = now();
    return graded;
}

ClassDone ClassGrading::grade(const std::vector<Handed>& handed, Gradebook& gradebook,
                              const ClassOptions& options) {
    const auto begin = std::chrono::steady_clock::now();
    const std::string grader = identity_of_grader(kit_);
    const std::map<std::string, Row> before = gradebook.latest();
    ClassDone done;
    std::vector<const Handed*> to_do;
    for (const Handed& one : handed) {
        if (!belongs(one.student, options.shard)) continue;
        const auto found = before.find(one.student);
        const Row* const known = found == before.end() ? nullptr : &found->second;
        if (wanted(options.which, known, content_of(kit_, one.path, options.exercises), grader))
            to_do.push_back(&one);
        else
            ++done.unchanged;
    }

    std::mutex mutex;
    ClassProgress progress;
    progress.to_do = to_do.size();
    in_parallel(to_do.size(), options.jobs, [&](std::size_t number) {
        if (stopped_) return;
        auto [row, builds] = grade_one(*to_do[number], options);
        // What an interruption ends has not failed.
        if (stopped_) return;
        row.grader = grader;
        gradebook.store({row});
        const std::scoped_lock lock{mutex};
        progress.count(row, builds);
        progress.student = row.student;
        progress.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        if (options.progress) options.progress(progress);
        done.rows.push_back(std::move(row));
    });
    if (stopped_) throw GraderError{"The grading of the class was stopped."};
    std::ranges::sort(done.rows, {}, &Row::student);
    return done;
}

}  // namespace lockstep
