#include <commands/command_line.hpp>

#include <base/error.hpp>

#include <CLI/CLI.hpp>
#include <charconv>
#include <fmt/format.h>
#include <lab/printable.hpp>
#include <map>
#include <memory>
#include <sstream>
#include <system_error>

namespace lockstep {
namespace {

const std::map<std::string, Format> formats{{"text", Format::text}, {"json", Format::json}};
const std::map<std::string, Audience> audiences{{"student", Audience::student},
                                                {"instructor", Audience::instructor}};
const std::map<std::string, Language> languages{{"en", Language::en}, {"fr", Language::fr}};
const std::map<std::string, Colour> colours{
    {"auto", Colour::automatic}, {"always", Colour::always}, {"never", Colour::never}};

constexpr const char* exit_codes =
    "Exit codes:\n"
    "  0    full marks; for verify and doctor, nothing to complain of\n"
    "  1    graded, and something failed; for verify, complaints; for doctor, this\n"
    "       machine grades with less than all\n"
    "  2    the call makes no sense: a sentence on standard error says what to do\n"
    "  3    the grader, or this machine, failed: never a student's zero\n"
    "  130  interrupted by Ctrl-C (143 by SIGTERM): nothing was written\n";

constexpr std::size_t option_columns = 24;

/// CLI11 does not wrap, but it indents what follows a line break.
std::string folded(const std::string& text) {
    std::string lines = lab::printable::wrap(text, 80 - option_columns - 2);
    lines.pop_back();
    return lines;
}

/// A command: one line for the list of them, and a few of what there is to know.
std::unique_ptr<CLI::App> make_command(const std::string& name, const std::string& line,
                                       const std::string& more) {
    auto app = std::make_unique<CLI::App>(line, name);
    app->get_formatter()->column_width(option_columns);
    app->footer(more + "\n\n" + exit_codes);
    return app;
}

/// CLI11's own transformer lists numbers beside the words; this one names the words only.
template <typename T>
void choice(CLI::App& app, const std::string& name, T& value, const std::map<std::string, T>& words,
            const std::string& what) {
    std::string list;
    for (const auto& word : words) {
        list += (list.empty() ? "" : "|") + word.first;
    }
    app.add_option_function<std::string>(
           name,
           [&value, &words, name, list](const std::string& word) {
               const auto found = words.find(word);
               if (found == words.end()) {
                   throw CLI::ValidationError(
                       fmt::format("{} is {} and not '{}'", name, list, word));
               }
               value = found->second;
           },
           folded(what))
        ->option_text(list);
}

void add_format(CLI::App& app, Format& format) {
    choice(app, "--format", format, formats, "how to write it (default: text)");
}

void add_language(CLI::App& app, Language& language) {
    choice(app, "--language", language, languages, "whose words to use (default: en)");
}

void add_exercises(CLI::App& app, std::vector<std::string>& exercises, const std::string& what) {
    app.add_option("--exercise", exercises, folded(what))
        ->option_text("ID")
        ->take_all()
        ->allow_extra_args(false);
}

void add_cache(CLI::App& app, std::filesystem::path& cache) {
    app.add_option("--cache", cache,
                   folded("where what was built is kept (default: $LOCKSTEP_CACHE, else "
                          "~/.cache/lockstep)"))
        ->option_text("DIR");
}

void add_jobs(CLI::App& app, unsigned& jobs) {
    app.add_option("--jobs", jobs, folded("how many at a time (default: one per usable core)"))
        ->option_text("N")
        ->check(CLI::Range(1U, 1024U));
}

/// CLI11 takes -1 for a very large number.
std::uint64_t seed_from(const std::string& word) {
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), seed);
    if (error != std::errc{} || end != word.data() + word.size()) {
        throw CLI::ValidationError(
            fmt::format("--seed is a whole number from 0 to 2^64 - 1, and not '{}'", word));
    }
    return seed;
}

std::unique_ptr<CLI::App> make_list(ListOptions& options) {
    auto app = make_command("list", "Lists the exercises that this kit has.",
                            "Example:\n  grader list --format json");
    add_format(*app, options.format);
    add_language(*app, options.language);
    return app;
}

std::unique_ptr<CLI::App> make_grade(GradeOptions& options) {
    auto app = make_command(
        "grade", "Grades one submission.",
        "The submission is built, put through the hidden checks, and reported on: the\n"
        "score, and for each check that fails what was expected, what happened and where.\n\n"
        "Examples:\n"
        "  grader grade solutions\n"
        "  grader grade ada.zip --exercise 1 --audience instructor\n"
        "  grader grade ada --format json --output ada.json --seed 7");
    app->add_option("SUBMISSION", options.submission,
                    folded("a folder, .zip or .tar.gz with exercises/NN-name/FILE in it, or the "
                           "files of one exercise; only the files that the exercise lets a "
                           "student edit are read"))
        ->required()
        ->option_text(" ");
    add_exercises(*app, options.exercises,
                  "grade only this one: 01-threaded-io, threaded-io or 1; may be given again "
                  "(default: all that the submission holds)");
    add_format(*app, options.format);
    app->add_option("--output", options.output,
                    folded("write the report there, in one go once it is complete (default: "
                           "standard output)"))
        ->option_text("FILE");
    app->add_option_function<std::string>(
           "--seed", [&options](const std::string& word) { options.seed = seed_from(word); },
           folded("what hidden workloads and schedules are drawn from; the same one gives the same "
                  "result (default: a new one, which the instructor's report names)"))
        ->option_text("N");
    choice(*app, "--audience", options.audience, audiences,
           "instructors also see stacks, seeds and how to play a failure again (default: student)");
    add_language(*app, options.language);
    choice(*app, "--color", options.colour, colours,
           "colours in text (default: auto, on a terminal unless NO_COLOR is set)");
    add_cache(*app, options.cache);
    add_jobs(*app, options.jobs);
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
    VerifyOptions verify;
    DoctorOptions doctor;
    QuizOptions quiz;
    HintOptions hint;

    CLI::App app{"Grades exercises in concurrent C++: what went wrong, where, and a picture of it.",
                 "grader"};
    app.set_version_flag("--version", "grader " LOCKSTEP_VERSION);
    app.require_subcommand(1);
    app.footer(std::string{"'grader COMMAND --help' says what a command takes.\n\n"} + exit_codes);
    const CLI::App* const listing = app.add_subcommand(CLI::App_p{make_list(list)});
    const CLI::App* const grading = app.add_subcommand(CLI::App_p{make_grade(grade)});
    const CLI::App* const verifying = app.add_subcommand(CLI::App_p{make_verify(verify)});
    const CLI::App* const quizzing = app.add_subcommand(CLI::App_p{make_quiz(quiz)});
    const CLI::App* const hinting = app.add_subcommand(CLI::App_p{make_hint(hint)});
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
    if (verifying->parsed()) {
        return verify;
    }
    if (quizzing->parsed()) {
        return quiz;
    }
    if (hinting->parsed()) {
        return hint;
    }
    return doctor;
}

}  // namespace lockstep
