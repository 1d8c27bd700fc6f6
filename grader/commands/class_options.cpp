#include <commands/class_options.hpp>

#include <commands/app_parts.hpp>

#include <charconv>
#include <system_error>

namespace lockstep {
namespace {

const std::map<std::string, Which> selections{{"missing", Which::missing},
                                              {"changed", Which::changed},
                                              {"failed", Which::failed},
                                              {"all", Which::all}};

unsigned number_in(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

Shard shard_from(const std::string& word) {
    const std::size_t slash = word.find('/');
    Shard shard{0, 0};
    if (slash != std::string::npos) {
        shard.number = number_in(std::string_view{word}.substr(0, slash));
        shard.of = number_in(std::string_view{word}.substr(slash + 1));
    }
    if (shard.number == 0 || shard.number > shard.of) {
        throw CLI::ValidationError(
            fmt::format("--shard is I/N, one of N parts, such as 3/16, and not '{}'", word));
    }
    return shard;
}

void add_weak_isolation(CLI::App& app, bool& allowed) {
    app.add_flag("--allow-weak-isolation", allowed,
                 folded("grade also where programs can't be put into a sandbox: what one student "
                        "handed in may then read and change what this user can"));
}

}  // namespace

std::unique_ptr<CLI::App> make_class(ClassCommand& options) {
    auto app = make_command(
        "class", "Grades what a whole class handed in.",
        "Each result goes into the gradebook as soon as it is there, so the call may be\n"
        "interrupted at any moment: the same call goes on, and grades what has no mark yet,\n"
        "what has changed since, and what another build of the grader has judged. The exit\n"
        "code is 0 whatever the marks, and 3 where the grader failed on some.\n\n"
        "Examples:\n"
        "  grader class submissions --out results\n"
        "  grader class submissions --out results --only failed\n"
        "  grader class submissions --out part3 --shard 3/16 --seed 5\n"
        "  grader report results --format html --output pages\n");
    app->add_option("SUBMISSIONS", options.submissions,
                    folded("a folder with one folder or archive for each student, as 'gh classroom "
                           "clone', Moodle and Gradescope write them, too"))
        ->required()
        ->option_text(" ");
    app->add_option("--out", options.results, folded("the folder of the gradebook"))
        ->required()
        ->option_text("RESULTS");
    add_exercises(*app, options.exercises,
                  "grade only this one; may be given again (default: all that a submission holds)");
    choice(*app, "--only", options.which, selections,
           "grade only what has no mark, has changed, or did not get full marks; or all");
    app->add_option_function<std::string>(
           "--shard", [&options](const std::string& word) { options.shard = shard_from(word); },
           folded("grade only the I-th of N parts of the class, on one of N machines; 'grader "
                  "collect' puts their gradebooks together"))
        ->option_text("I/N");
    app->add_option(
           "--seed", options.seed,
           folded("what hidden workloads are drawn from, the same for all, so it must be given "
                  "with --shard; the gradebook keeps that of the first call (default: a new one)"))
        ->option_text("N");
    app->add_option("--roster", options.roster,
                    folded("a CSV with a row for each student, one of whose cells names their "
                           "submission: tells who handed in nothing"))
        ->option_text("FILE");
    add_weak_isolation(*app, options.allow_weak_isolation);
    add_cache(*app, options.cache);
    add_jobs(*app, options.jobs);
    return app;
}

std::unique_ptr<CLI::App> make_regrade(RegradeCommand& options) {
    auto app = make_command(
        "regrade", "Grades a class anew, and says first which marks that changes.",
        "Submissions are read from where they were found before. New attempts are entered\n"
        "all at once, at the end; what can't be graded now keeps its mark.\n\n"
        "Examples:\n"
        "  grader regrade results --dry-run\n"
        "  grader regrade results --student alice --student bob\n");
    app->add_option("RESULTS", options.results, folded("the folder of the gradebook"))
        ->required()
        ->option_text(" ");
    app->add_flag("--dry-run", options.dry_run,
                  folded("only say it: the gradebook stays as it is"));
    app->add_option("--student", options.students,
                    folded("regrade only this one; may be given again"))
        ->option_text("NAME")
        ->take_all()
        ->allow_extra_args(false);
    add_exercises(*app, options.exercises, "grade only this one; may be given again");
    add_weak_isolation(*app, options.allow_weak_isolation);
    add_cache(*app, options.cache);
    add_jobs(*app, options.jobs);
    return app;
}

std::unique_ptr<CLI::App> make_collect(CollectCommand& options) {
    auto app = make_command("collect", "Puts the gradebooks of a class's parts together.",
                            "Attempts that are there already are not entered again, so a part may "
                            "be collected twice.\n"
                            "All parts must have been graded with the same seed.\n\n"
                            "Example:\n"
                            "  grader collect part1 part2 part3 --out results\n");
    app->add_option("SHARDS", options.shards, folded("folders that 'grader class --shard' wrote"))
        ->required()
        ->option_text(" ");
    app->add_option("--out", options.results, folded("the folder of the gradebook"))
        ->required()
        ->option_text("RESULTS");
    return app;
}

}  // namespace lockstep
