#include <commands/command_line.hpp>

#include <commands/app_parts.hpp>
#include <commands/class_options.hpp>
#include <commands/report_options.hpp>

#include <base/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sstream>

namespace lockstep {
namespace {

const std::map<std::string, Format> formats{{"text", Format::text}, {"json", Format::json}};

void add_format(CLI::App& app, Format& format) {
    choice(app, "--format", format, formats, "how to write it (default: text)");
}

std::unique_ptr<CLI::App> make_list(ListOptions& options) {
    auto app = make_command("list", "Lists the exercises that this kit has.",
                            "Example:\n  grader list --format json");
    add_format(*app, options.format);
    add_language(*app, options.language);
    return app;
}

std::unique_ptr<CLI::App> make_verify(VerifyOptions& options) {
    auto app = make_command(
        "verify", "Proves the kit itself.",
        "Manifests and files are as they should be, skeletons build without a warning and\n"
        "earn nothing, solutions earn everything, and each submission in\n"
        "tests/submissions gets exactly the verdicts that its expect.toml declares.\n\n"
        "Example:\n"
        "  grader verify --exercise 1 --only fixed_slices");
    add_exercises(*app, options.exercises, "verify only this one; may be given again");
    app->add_option("--seeds", options.seeds, folded("seeds for each solution (default: 3)"))
        ->option_text("N")
        ->check(CLI::Range(1U, 10'000U));
    app->add_option("--repeat", options.repeat,
                    folded("do it all N times, with other seeds, and count the verdicts that "
                           "changed"))
        ->option_text("N")
        ->check(CLI::Range(1U, 100'000U));
    app->add_option("--only", options.only,
                    folded("only this one: the name of a submission in tests/submissions, "
                           "'skeleton' or 'solution'"))
        ->option_text("NAME");
    add_cache(*app, options.cache);
    add_jobs(*app, options.jobs);
    return app;
}

std::unique_ptr<CLI::App> make_doctor(DoctorOptions& options) {
    auto app = make_command(
        "doctor", "Tries what grading needs of this machine.",
        "A line for each: the sandbox, the limits, the compiler, the race detector, the\n"
        "cache, disk, cores and clock; what follows where one is missing, and what to do.");
    add_format(*app, options.format);
    add_cache(*app, options.cache);
    return app;
}

std::unique_ptr<CLI::App> make_quiz(QuizOptions& options) {
    auto app = make_command(
        "quiz", "Asks the questions of the handouts.",
        "Each answer is followed by the reason for the right one. Nothing is recorded.\n\n"
        "Example:\n"
        "  grader quiz --exercise 1 --language fr");
    add_exercises(*app, options.exercises, "only the questions of this one; may be given again");
    add_language(*app, options.language);
    return app;
}

std::unique_ptr<CLI::App> make_hint(HintOptions& options) {
    auto app = make_command(
        "hint", "Gives hints for a check, one at a time.",
        "A question first, then what to look at, then an outline; never the solution.\n\n"
        "Examples:\n"
        "  grader hint 01\n"
        "  grader hint 01/overlap");
    app->add_option("CHECK", options.check,
                    folded("an exercise and one of its checks, as in 01/overlap; an exercise alone "
                           "lists its checks"))
        ->required()
        ->option_text(" ");
    app->add_option("--level", options.level,
                    folded("1, 2 or 3: give so many at once (default: one, and on a terminal one "
                           "more whenever you press Enter)"))
        ->option_text("N")
        ->check(CLI::Range(1U, 3U));
    add_language(*app, options.language);
    return app;
}

std::unique_ptr<CLI::App> make_export(ExportStarterOptions& options) {
    auto starter = make_command(
        "starter", "Writes the repository that students get.",
        "Skeletons, handouts, public tests, the lab, the build, and a GitHub workflow that\n"
        "runs the tests; nothing of the solutions, the hidden checks or the grader.\n\n"
        "Examples:\n"
        "  grader export starter --out starter\n"
        "  grader export starter --out week-1 --exercise 1");
    starter
        ->add_option("--out", options.folder,
                     folded("the folder that it becomes: a new one, or an empty one"))
        ->required()
        ->option_text("DIR");
    add_exercises(*starter, options.exercises, "only this one; may be given again (default: all)");
    auto app = make_command("export", "Writes what others get of this kit.",
                            "Example:\n  grader export starter --out starter");
    app->require_subcommand(1);
    app->add_subcommand(CLI::App_p{std::move(starter)});
    return app;
}

/// What CLI11 found wrong, as one sentence.
std::string sentence(std::string what) {
    while (!what.empty() && (what.back() == '\n' || what.back() == '.' || what.back() == ' ')) {
        what.pop_back();
    }
    for (char& c : what) {
        c = c == '\n' ? ' ' : c;
    }
    return what;
}

}  // namespace

std::variant<Command, JustSay> read_command_line(int argc, const char* const* argv) {
    ListOptions list;
    GradeOptions grade;
    ReportOptions report;
    ClassCommand whole_class;
    RegradeCommand regrade;
    CollectCommand collect;
    VerifyOptions verify;
    DoctorOptions doctor;
    QuizOptions quiz;
    HintOptions hint;
    ExportStarterOptions starter;

    CLI::App app{"Grades exercises in concurrent C++: what went wrong, where, and a picture of it.",
                 "grader"};
    app.set_version_flag("--version", "grader " LOCKSTEP_VERSION);
    app.require_subcommand(1);
    app.footer(std::string{"'grader COMMAND --help' says what a command takes.\n\n"} + exit_codes);
    const CLI::App* const listing = app.add_subcommand(CLI::App_p{make_list(list)});
    const CLI::App* const grading = app.add_subcommand(CLI::App_p{make_grade(grade)});
    const CLI::App* const reporting = app.add_subcommand(CLI::App_p{make_report(report)});
    const CLI::App* const classing = app.add_subcommand(CLI::App_p{make_class(whole_class)});
    const CLI::App* const regrading = app.add_subcommand(CLI::App_p{make_regrade(regrade)});
    const CLI::App* const collecting = app.add_subcommand(CLI::App_p{make_collect(collect)});
    const CLI::App* const verifying = app.add_subcommand(CLI::App_p{make_verify(verify)});
    const CLI::App* const quizzing = app.add_subcommand(CLI::App_p{make_quiz(quiz)});
    const CLI::App* const hinting = app.add_subcommand(CLI::App_p{make_hint(hint)});
    const CLI::App* const exporting = app.add_subcommand(CLI::App_p{make_export(starter)});
    app.add_subcommand(CLI::App_p{make_doctor(doctor)});

    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked) {
        std::ostringstream out;
        app.exit(asked, out, out);
        return JustSay{out.str()};
    } catch (const CLI::ParseError& error) {
        std::string command = "grader";
        for (const CLI::App* chosen : app.get_subcommands()) {
            command += ' ' + chosen->get_name();
        }
        throw UsageError(fmt::format("{}: '{} --help' says what there is.",
                                     sentence(argc < 2 ? "No command was given" : error.what()),
                                     command));
    }
    if (listing->parsed()) {
        return list;
    }
    if (grading->parsed()) {
        return grade;
    }
    if (reporting->parsed()) {
        return report;
    }
    if (classing->parsed()) {
        return whole_class;
    }
    if (regrading->parsed()) {
        return regrade;
    }
    if (collecting->parsed()) {
        return collect;
    }
    if (verifying->parsed()) {
        return verify;
    }
    if (quizzing->parsed()) {
        return quiz;
    }
    if (hinting->parsed()) {
        return hint;
    }
    if (exporting->parsed()) {
        return starter;
    }
    return doctor;
}

}  // namespace lockstep
