#include <commands/class_parts.hpp>
#include <commands/commands.hpp>
#include <commands/interruption.hpp>
#include <commands/terminal.hpp>

#include <build/cache.hpp>
#include <class/regrading.hpp>

#include <random>

namespace lockstep {
namespace {

std::string list_of(std::string_view title, const std::vector<Change>& changes) {
    if (changes.empty()) return "";
    std::string text = fmt::format("{}:\n", title);
    for (const Change& change : changes) {
        const std::string before =
            change.before.judged()
                ? fmt::format("{} of {}", change.before.points, change.before.max_points)
                : std::string{"no mark"};
        const std::string after =
            change.after.judged()
                ? fmt::format("{} of {}", change.after.points, change.after.max_points)
                : change.after.error;
        text += fmt::format("  {:<24} {} -> {}\n", clean_name(change.before.student), before,
                            clean_sentence(after));
    }
    return text;
}

}  // namespace

int regrade(const RegradeCommand& options) {
    const Kit kit = Kit::find();
    Interruption interruption;
    Grading grading{kit, options.cache.empty() ? default_cache() : options.cache};
    insist_on_isolation(grading, options.allow_weak_isolation);
    Gradebook gradebook{options.results, Gradebook::Opening::existing};
    ClassOptions how;
    how.exercises = kit.ids_of(options.exercises);
    how.jobs = options.jobs;
    how.seed = gradebook.seed(std::random_device{}());
    ClassGrading whole{kit, grading};
    interruption.on_signal([&] {
        whole.stop();
        grading.interrupt();
    });
    Regrading done;
    try {
        done = regrade(whole, kit, gradebook, options.students, how);
    } catch (const GraderError&) {
        interruption.throw_if_interrupted();
        throw;
    }
    interruption.on_signal({});
    interruption.throw_if_interrupted();

    std::string text = list_of("Lower than before", done.lowered) +
                       list_of("Higher than before", done.raised) +
                       list_of("Could not be graded, and stay as they are", done.failed);
    text += fmt::format("{} lower, {} higher, {} the same, {} could not be graded.\n",
                        done.lowered.size(), done.raised.size(), done.same, done.failed.size());
    text = without_commands(text);
    // Said before anything is replaced.
    print(style_of_stdout(Colour::never).unicode ? text : to_ascii(text));
    if (!options.dry_run) gradebook.store(done.rows);
    return done.failed.empty() ? 0 : 3;
}

}  // namespace lockstep
