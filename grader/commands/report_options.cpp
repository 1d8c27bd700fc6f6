#include <commands/report_options.hpp>

#include <commands/app_parts.hpp>
#include <report/formats.hpp>

#include <charconv>
#include <fmt/format.h>
#include <system_error>

namespace lockstep {
namespace {

const std::map<std::string, Audience> audiences{{"student", Audience::student},
                                                {"instructor", Audience::instructor}};

bool of_one_result(const ReportFormat& format) { return format.of_result != nullptr; }
bool of_anything(const ReportFormat&) { return true; }

/// The names and what each is for, as lines of a help text.
std::string list_of_formats(bool (*wanted)(const ReportFormat&)) {
    std::string text = "Formats:\n";
    for (const ReportFormat& format : report_formats()) {
        if (wanted(format)) {
            text += fmt::format("  {:<14}{}\n", format.name, format.what_for);
        }
    }
    text.pop_back();
    return text;
}

void add_report_format(CLI::App& app, const ReportFormat*& format,
                       bool (*wanted)(const ReportFormat&)) {
    app.add_option_function<std::string>(
           "--format",
           [&format, wanted](const std::string& word) {
               const ReportFormat* const found = report_format(word);
               if (found == nullptr || !wanted(*found)) {
                   std::string names;
                   for (const ReportFormat& each : report_formats()) {
                       if (wanted(each)) {
                           names += fmt::format("{}{}", names.empty() ? "" : "|", each.name);
                       }
                   }
                   throw CLI::ValidationError(
                       fmt::format("--format is {} and not '{}'", names, word));
               }
               format = found;
           },
           folded("how to write it: one of the formats below (default: text)"))
        ->option_text("FORMAT");
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

}  // namespace

std::unique_ptr<CLI::App> make_grade(GradeOptions& options) {
    auto app = make_command(
        "grade", "Grades one submission.",
        "The submission is built, put through the hidden checks, and reported on: the\n"
        "score, and for each check that fails what was expected, what happened and where.\n\n"
        "Examples:\n"
        "  grader grade solutions\n"
        "  grader grade ada.zip --exercise 1 --audience instructor\n"
        "  grader grade ada --format json --output ada.json --seed 7\n\n" +
            list_of_formats(of_one_result));
    app->add_option("SUBMISSION", options.submission,
                    folded("a folder, .zip or .tar.gz with exercises/NN-name/FILE in it, or the "
                           "files of one exercise; only the files that the exercise lets a "
                           "student edit are read"))
        ->required()
        ->option_text(" ");
    add_exercises(*app, options.exercises,
                  "grade only this one: 01-threaded-io, threaded-io or 1; may be given again "
                  "(default: all that the submission holds)");
    add_report_format(*app, options.format, of_one_result);
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
    add_colour(*app, options.colour);
    add_cache(*app, options.cache);
    add_jobs(*app, options.jobs);
    return app;
}

std::unique_ptr<CLI::App> make_report(ReportOptions& options) {
    auto app = make_command(
        "report", "Writes reports on results that are there already.",
        "Nothing is graded, and the exit code says nothing of the marks: 0, the report is\n"
        "written; 1, but standard error says who was left out or has no mark; 3, but some\n"
        "of the files hold no result.\n\n"
        "Examples:\n"
        "  grader report ada.json --format junit\n"
        "  grader report results --format html --output pages\n"
        "  grader report results --format canvas --export grades.csv --output new.csv\n\n" +
            list_of_formats(of_anything));
    app->add_option("RESULTS", options.results,
                    folded("a file that 'grader grade --format json --audience instructor' wrote, "
                           "a folder of such files, NAME.json for each student, or one with the "
                           "gradebook of a class"))
        ->required()
        ->option_text(" ");
    add_report_format(*app, options.format, of_anything);
    app->add_option("--output", options.output,
                    folded("write the report there, in one go (default: standard output); for a "
                           "class in html also a folder, which gets class.html and a page for each "
                           "student"))
        ->option_text("FILE");
    choice(*app, "--audience", options.audience, audiences,
           "whom it is for (default: the instructor for a class, and the student for one result)");
    app->add_option("--export", options.exported,
                    folded("for canvas and moodle: their own export, of which a copy is filled in"))
        ->option_text("FILE");
    app->add_option("--column", options.column,
                    folded("for canvas and moodle: the header of the column to fill"))
        ->option_text("NAME");
    app->add_option("--roster", options.roster,
                    folded("for canvas and moodle: a CSV whose rows give more names of the same "
                           "students, such as a login beside a number"))
        ->option_text("FILE");
    add_language(*app, options.language);
    add_colour(*app, options.colour);
    return app;
}

}  // namespace lockstep
