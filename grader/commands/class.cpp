#include <commands/class_parts.hpp>
#include <commands/commands.hpp>
#include <commands/interruption.hpp>
#include <commands/terminal.hpp>

#include <base/read_file.hpp>
#include <build/cache.hpp>
#include <class/class_grading.hpp>
#include <lab/printable.hpp>
#include <report/csv_table.hpp>

#include <algorithm>
#include <cctype>
#include <random>
#include <set>
#include <utility>

namespace lockstep {
namespace {

std::string where_it_stands(const ClassProgress& now) {
    const double rate = now.seconds > 0 ? 60.0 * static_cast<double>(now.done) / now.seconds : 0;
    const double left = rate > 0 ? 60.0 * static_cast<double>(now.to_do - now.done) / rate : 0;
    std::string kinds;
    for (const auto& [number, what] :
         {std::pair{now.full_marks, "with full marks"}, std::pair{now.unbuilt, "that do not build"},
          std::pair{now.empty, "with nothing to grade"},
          std::pair{now.failures, "that the grader failed on"}})
        if (number > 0) kinds += fmt::format(", {} {}", number, what);
    return fmt::format("{} of {}, {:.0f} a minute, {:.0f} s to go{}: {}", now.done, now.to_do, rate,
                       left, kinds, now.student);
}

/// "login", "Student", "github_username", …: a row that names columns, and nobody.
bool is_heading(const std::vector<std::string>& cells) {
    static const std::set<std::string> words{"student",         "login", "name",  "identifier",
                                             "github_username", "email", "id",    "username",
                                             "full name",       "sid",   "roster"};
    return std::ranges::any_of(cells, [](std::string cell) {
        std::ranges::transform(cell, cell.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return words.contains(cell);
    });
}

/// Who is on the roster, and handed in nothing: no cell of their row names a submission.
std::vector<std::string> missing_from(const std::filesystem::path& roster,
                                      const std::vector<Handed>& handed) {
    constexpr std::size_t most_bytes = std::size_t{16} << 20;
    const std::string text = read_file(roster, most_bytes);
    const CsvTable table = CsvTable::parse(text, roster.filename().string());
    std::vector<std::string> missing;
    for (std::size_t row = 0; row < table.rows().size(); ++row) {
        std::vector<std::string> cells;
        for (std::size_t column = 0; column < table.rows()[row].cells.size(); ++column)
            cells.push_back(table.value(row, column));
        if (row == 0 && is_heading(cells)) continue;
        const auto name =
            std::ranges::find_if(cells, [](const auto& cell) { return !cell.empty(); });
        const bool here = std::ranges::any_of(cells, [&](const std::string& cell) {
            return std::ranges::find(handed, cell, &Handed::student) != handed.end();
        });
        if (name != cells.end() && !here) missing.push_back(*name);
    }
    return missing;
}

std::string summary(const ClassDone& done, const std::vector<std::string>& missing) {
    std::string text;
    std::string nothing;
    std::string failures;
    std::size_t judged = 0;
    for (const Row& row : done.rows) {
        judged += row.judged() ? 1 : 0;
        (row.judged() ? text : row.grader_failed() ? failures : nothing) += line_of(row);
    }
    if (!text.empty()) text = "Graded:\n" + text;
    if (!nothing.empty()) text += "Nothing in it to grade, and no mark:\n" + nothing;
    if (!failures.empty()) text += "Could not be graded, and have no mark for it:\n" + failures;
    if (!missing.empty()) {
        text += "Handed in nothing:\n";
        for (const std::string& student : missing)
            text += fmt::format("  {}\n", clean_name(student));
    }
    return text + fmt::format("{} graded, {} could not be, {} as they were.\n",
                              lab::printable::count(judged, "submission"),
                              done.rows.size() - judged, done.unchanged);
}

}  // namespace

int grade_class(const ClassCommand& options) {
    const Kit kit = Kit::find();
    ClassOptions how;
    how.exercises = kit.ids_of(options.exercises);
    how.which = options.which;
    how.shard = options.shard;
    how.jobs = options.jobs;
    if (options.shard.of > 1 && !options.seed && !Gradebook::is_in(options.results)) {
        throw UsageError{
            "Each machine would draw a seed of its own: say --seed N, the same for all parts, so "
            "that everybody is asked the same."};
    }
    const std::vector<Handed> handed = submissions_in(options.submissions);
    const std::vector<std::string> missing =
        options.roster.empty() ? std::vector<std::string>{} : missing_from(options.roster, handed);

    Interruption interruption;
    Grading grading{kit, options.cache.empty() ? default_cache() : options.cache};
    insist_on_isolation(grading, options.allow_weak_isolation);
    Gradebook gradebook{options.results, Gradebook::Opening::make};
    how.seed = gradebook.seed(options.seed ? *options.seed : std::random_device{}());
    if (options.seed && *options.seed != how.seed) {
        throw UsageError{fmt::format(
            "The seed of this gradebook is {}, so that everybody is asked the same: leave --seed "
            "out, or name another folder with --out.",
            how.seed)};
    }
    ClassGrading whole{kit, grading};
    interruption.on_signal([&] {
        whole.stop();
        grading.interrupt();
    });
    ClassDone done;
    try {
        ProgressLine line;
        how.progress = [&](const ClassProgress& now) { line.show(where_it_stands(now)); };
        done = whole.grade(handed, gradebook, how);
    } catch (const GraderError&) {
        if (interruption.signal() != 0)
            fmt::print(stderr,
                       "grader: What was graded is in the gradebook: the same call goes on "
                       "from there.\n");
        interruption.throw_if_interrupted();
        throw;
    }
    interruption.on_signal({});
    const std::string text = without_commands(summary(done, missing));
    print(style_of_stdout(Colour::never).unicode ? text : to_ascii(text));
    return std::ranges::none_of(done.rows, &Row::grader_failed) ? 0 : 3;
}

}  // namespace lockstep
