#include <commands/commands.hpp>
#include <commands/interruption.hpp>
#include <commands/terminal.hpp>

#include <base/error.hpp>
#include <lab/printable.hpp>
#include <report/foreign.hpp>
#include <verify/verify.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace lockstep {
namespace {

bool chosen(const Verifying& verifying, const Exercise& exercise) {
    const auto& ids = verifying.exercises;
    return ids.empty() || std::find(ids.begin(), ids.end(), exercise.id) != ids.end();
}

std::string told(const KitComplaint& complaint) {
    std::string text = fmt::format("✗ {}\n", clean_name(complaint.about));
    for (const std::string& line : clean_lines(complaint.says, 40)) {
        text += lab::printable::wrap(fmt::format("    {}", line), 100, 8);
    }
    return text + lab::printable::wrap(fmt::format("    → {}", complaint.fix), 100, 6);
}

std::string summary(const Verification& done, unsigned repeat) {
    std::string text;
    if (done.graded < done.planned) {
        text =
            fmt::format("Interrupted after {} of {} gradings. So far: ", done.graded, done.planned);
    }
    text += fmt::format("{}, {}", lab::printable::count(done.submissions, "submission"),
                        lab::printable::count(done.verdicts, "verdict"));
    if (repeat > 1) {
        text += fmt::format(" in {} rounds, {} changed", repeat, done.changed);
    }
    if (done.skipped != 0) {
        text += fmt::format("; {} could not be judged on this machine ('grader doctor' says why)",
                            done.skipped);
    }
    return text + (done.complaints.empty()
                       ? ": all as they must be.\n"
                       : fmt::format(": {}.\n",
                                     lab::printable::count(done.complaints.size(), "complaint")));
}

}  // namespace

int verify(const VerifyOptions& options) {
    const Kit kit = Kit::find();
    Verifying verifying;
    verifying.exercises = kit.ids_of(options.exercises);
    verifying.only = options.only;
    verifying.seeds = options.seeds;
    verifying.repeat = options.repeat;
    verifying.jobs = options.jobs;

    const std::filesystem::path cache = options.cache.empty() ? default_cache() : options.cache;
    Interruption interruption;
    Grading grading{kit, cache};
    interruption.on_signal([&] { grading.interrupt(); });
    Verification done;
    try {
        ProgressLine progress;
        verifying.progress = [&](std::string_view text) { progress.show(text); };
        if (options.repeat > 1) {
            // Hours, perhaps, and often into a file.
            verifying.round_done = [&](const Verification& so_far, std::size_t rounds) {
                progress.wipe();
                fmt::print(stderr, "grader: round {} of {}: {} so far, {} changed\n", rounds,
                           options.repeat, lab::printable::count(so_far.verdicts, "verdict"),
                           so_far.changed);
            };
        }
        done = verify_kit(kit, grading, verifying);
        if (!grading.interrupted() && (options.only.empty() || options.only == "skeleton")) {
            const Containment containment{kit.program("supervisor")};
            const Workshop workshop{kit, containment, cache};
            for (const Exercise& exercise : kit.exercises()) {
                if (!chosen(verifying, exercise)) {
                    continue;
                }
                for (KitComplaint& complaint : inspect_warnings(kit, exercise, workshop)) {
                    done.complaints.push_back(std::move(complaint));
                }
            }
        }
    } catch (const GraderError&) {
        interruption.throw_if_interrupted();
        throw;
    }
    interruption.on_signal({});

    std::string text;
    for (const KitComplaint& complaint : done.complaints) {
        text += told(complaint) + '\n';
    }
    text = without_commands(text + summary(done, options.repeat));
    print(style_of_stdout(Colour::never).unicode ? text : to_ascii(text));
    // A long proof that is ended early has proved something.
    interruption.throw_if_interrupted();
    return done.exit_code();
}

}  // namespace lockstep
