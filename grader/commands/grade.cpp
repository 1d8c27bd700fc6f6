#include <commands/commands.hpp>
#include <commands/interruption.hpp>
#include <commands/output_file.hpp>
#include <commands/terminal.hpp>
#include <verify/parallel.hpp>

#include <base/error.hpp>
#include <grading/grading.hpp>

#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <random>

namespace lockstep {
namespace {

/// Nobody knows it beforehand; short enough to be typed again.
std::uint64_t drawn_seed() { return std::random_device{}(); }

/// The ids of what is to be graded, so that nothing is started for a call that makes no sense.
std::vector<std::string> ids_of(const GradeOptions& options, const Kit& kit) {
    std::vector<std::string> ids;
    for (const Submission& part : collect(options.submission, kit, kit.ids_of(options.exercises))) {
        ids.push_back(part.exercise->id);
    }
    return ids;
}

/// The exercises are independent: each is graded for itself, several at a time.
Result graded(const Grading& grading, const GradeOptions& options, std::vector<std::string> ids,
              ProgressLine& progress) {
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t seed = options.seed ? *options.seed : drawn_seed();
    std::vector<Result> parts(ids.size());
    in_parallel(ids.size(), options.jobs, [&](std::size_t number) {
        GradingOptions one;
        one.exercises = {ids[number]};
        one.seed = seed;
        one.with_reference =
            options.format->shows_reference && options.audience == Audience::instructor;
        one.progress = [&](const Progress& now) {
            progress.show(fmt::format("{}: {}", now.exercise, now.step));
        };
        parts[number] = grading.grade(options.submission, one);
    });

    Result whole;
    for (Result& part : parts) {
        whole.submission = part.submission;
        whole.seed = part.seed;
        whole.isolation = part.isolation;
        for (ExerciseResult& exercise : part.exercises) {
            whole.exercises.push_back(std::move(exercise));
        }
        for (Times::Exercise& times : part.times.exercises) {
            whole.times.exercises.push_back(std::move(times));
        }
    }
    whole.times.total_s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return whole;
}

}  // namespace

int grade(const GradeOptions& options) {
    const Kit kit = Kit::find();
    const std::vector<std::string> ids = ids_of(options, kit);
    const ReportContext context =
        context_of(options.audience, options.language, options.colour, options.output.empty());
    if (options.format->check != nullptr) {
        options.format->check(context);
    }
    Interruption interruption;
    const auto output =
        options.output.empty() ? nullptr : std::make_unique<OutputFile>(options.output);
    Grading grading{kit, options.cache.empty() ? default_cache() : options.cache};
    interruption.on_signal([&] { grading.interrupt(); });

    Result result;
    try {
        ProgressLine progress;
        result = graded(grading, options, ids, progress);
    } catch (const GraderError&) {
        // What was being run did not fail: it was ended.
        interruption.throw_if_interrupted();
        throw;
    }
    interruption.on_signal({});
    interruption.throw_if_interrupted();

    const std::string report = options.format->of_result(result, context);
    if (output) {
        output->commit(report);
    } else {
        print(report);
    }
    return result.exit_code();
}

}  // namespace lockstep
