#include <exercise/manifest.hpp>

#include <base/error.hpp>
#include <base/read_file.hpp>
#include <exercise/manifest_table.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

namespace lockstep {

namespace {

/// GitHub Classroom's reporter adds floating-point noise from ten rows on.
constexpr std::size_t max_checks = 9;

bool is_one_of(std::string_view text, std::string_view others) {
    return std::all_of(text.begin(), text.end(), [others](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               others.find(static_cast<char>(c)) != std::string_view::npos;
    });
}

/// Ids become arguments, file names and test names.
bool is_id(std::string_view text) {
    return !text.empty() && text.front() != '-' && is_one_of(text, "-_");
}

bool is_file_name(std::string_view text) {
    return !text.empty() && text.front() != '-' && text.front() != '.' &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) {
               return c < 0x80 && (std::isalnum(c) || c == '_' || c == '-' || c == '.');
           });
}

std::string id_of(ManifestTable& table, std::set<std::string>& taken) {
    std::string id = table.string("id");
    if (!is_id(id)) {
        table.fail("id", fmt::format("The id '{}' must be made of small letters, digits, '-' and "
                                     "'_'.",
                                     id));
    }
    if (!taken.insert(id).second) {
        table.fail("id", fmt::format("The id '{}' is there twice: rename one.", id));
    }
    return id;
}

std::vector<std::string> read_files(ManifestTable& manifest) {
    std::vector<std::string> files = manifest.strings("files");
    if (files.empty()) manifest.fail("files", "'files' is empty: name what a student may edit.");
    std::set<std::string> taken;
    for (const std::string& file : files) {
        if (!is_file_name(file)) {
            manifest.fail("files",
                          fmt::format("The file '{}' must be a plain name: letters, digits, "
                                      "'_', '-' and '.', no folder, and neither '-' nor "
                                      "'.' first.",
                                      file));
        }
        if (!taken.insert(file).second) {
            manifest.fail("files",
                          fmt::format("The file '{}' is there twice: take one out.", file));
        }
    }
    return files;
}

/// The file that becomes a program of its own; "" where there is none.
std::string read_program(ManifestTable& manifest, const std::vector<std::string>& files) {
    if (!manifest.has("program")) return "";
    std::string program = manifest.string("program");
    if (std::find(files.begin(), files.end(), program) == files.end()) {
        manifest.fail("program", fmt::format("The program '{}' must be one of 'files'.", program));
    }
    return program;
}

Limits read_limits(ManifestTable& manifest) {
    Limits limits;
    if (!manifest.has("limits")) return limits;
    ManifestTable table = manifest.table("limits");
    if (table.has("wall_ms")) {
        limits.wall = std::chrono::milliseconds{table.integer("wall_ms", 100, 600'000)};
    }
    if (table.has("cpu_ms")) {
        limits.cpu = std::chrono::milliseconds{table.integer("cpu_ms", 100, 600'000)};
    }
    if (table.has("memory_mb")) {
        limits.memory_bytes = static_cast<std::size_t>(table.integer("memory_mb", 16, 65'536))
                              << 20;
    }
    if (table.has("output_kb")) {
        limits.output_bytes = static_cast<std::size_t>(table.integer("output_kb", 1, 65'536)) << 10;
    }
    if (table.has("processes")) {
        limits.processes = static_cast<unsigned>(table.integer("processes", 1, 4096));
    }
    table.finish();
    return limits;
}

Check read_check(ManifestTable& table, std::set<std::string>& taken) {
    Check check;
    check.id = id_of(table, taken);
    table.rename(fmt::format("check '{}'", check.id));
    check.points = static_cast<int>(table.integer("points", 1, 1000));
    check.task = static_cast<int>(table.integer("task", 1, 99));
    check.title = table.text("title");
    check.shows = table.text("shows");
    std::vector<Text> hints = table.texts("hints");
    if (hints.size() != check.hints.size()) {
        table.fail("hints", fmt::format("check '{}' has {} hints: give it {}, a question, what to "
                                        "look at, and an outline.",
                                        check.id, hints.size(), check.hints.size()));
    }
    std::move(hints.begin(), hints.end(), check.hints.begin());
    table.finish();
    return check;
}

std::vector<Check> read_checks(ManifestTable& manifest) {
    std::vector<Check> checks;
    std::set<std::string> taken;
    for (ManifestTable& table : manifest.tables("check")) {
        checks.push_back(read_check(table, taken));
        if (checks.size() > max_checks) {
            table.fail("id", fmt::format("This is check number {}: an exercise has at most {}, "
                                         "because reports of more show wrong sums.",
                                         checks.size(), max_checks));
        }
        if (checks.back().points != checks.front().points) {
            table.fail("points", fmt::format("check '{}' has {} points and '{}' has {}: within an "
                                             "exercise all have the same.",
                                             checks.back().id, checks.back().points,
                                             checks.front().id, checks.front().points));
        }
    }
    if (checks.empty()) manifest.fail("check", "The manifest has no check: add a [[check]].");
    return checks;
}

std::vector<Question> read_questions(ManifestTable& manifest) {
    std::vector<Question> questions;
    std::set<std::string> taken;
    for (ManifestTable& table : manifest.tables("question")) {
        Question question;
        question.id = id_of(table, taken);
        table.rename(fmt::format("question '{}'", question.id));
        question.theme = table.string("theme");
        question.text = table.text("text");
        question.answers = table.texts("answers");
        if (question.answers.size() < 2) {
            table.fail("answers",
                       fmt::format("question '{}' needs two answers at least.", question.id));
        }
        const auto last = static_cast<std::int64_t>(question.answers.size()) - 1;
        question.right = static_cast<std::size_t>(table.integer("right", 0, last));
        question.why = table.text("why");
        table.finish();
        questions.push_back(std::move(question));
    }
    return questions;
}

/// The id is the folder's name, and its number is the exercise's.
void read_name(ManifestTable& manifest, Exercise& exercise) {
    std::set<std::string> none;
    exercise.id = id_of(manifest, none);
    if (exercise.id != exercise.folder.filename().string()) {
        manifest.fail("id", fmt::format("The id '{}' must be the name of the folder, '{}'.",
                                        exercise.id, exercise.folder.filename().string()));
    }
    exercise.number = static_cast<int>(manifest.integer("number", 1, 99));
    if (exercise.id.substr(0, 3) != fmt::format("{:02}-", exercise.number)) {
        manifest.fail("number", fmt::format("The id '{}' must begin with the number: '{:02}-'.",
                                            exercise.id, exercise.number));
    }
}

std::string text_of(const std::filesystem::path& file) {
    std::optional<std::string> bytes = read_bytes(file);
    if (!bytes) {
        throw GraderError(fmt::format("{} can't be read: every exercise has one.", file.string()));
    }
    return *std::move(bytes);
}

}  // namespace

const Check* Exercise::check(std::string_view wanted) const noexcept {
    const auto found = std::find_if(checks.begin(), checks.end(),
                                    [wanted](const Check& check) { return check.id == wanted; });
    return found == checks.end() ? nullptr : &*found;
}

int Exercise::points() const noexcept {
    return std::accumulate(checks.begin(), checks.end(), 0,
                           [](int sum, const Check& check) { return sum + check.points; });
}

Exercise read_manifest(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "exercise.toml";
    toml::table toml;
    try {
        toml = toml::parse(text_of(file), file.string());
    } catch (const toml::parse_error& error) {
        throw GraderError(fmt::format("{}:{}: This is not TOML: {}.", file.string(),
                                      error.source().begin.line, error.description()));
    }

    ManifestTable manifest{toml, file, "the manifest"};
    Exercise exercise;
    exercise.folder = folder;
    read_name(manifest, exercise);
    exercise.title = manifest.text("title");
    exercise.summary = manifest.text("summary");
    exercise.files = read_files(manifest);
    exercise.program = read_program(manifest, exercise.files);
    exercise.cores = static_cast<unsigned>(manifest.integer("cores", 1, 64));
    exercise.limits = read_limits(manifest);
    exercise.checks = read_checks(manifest);
    exercise.questions = read_questions(manifest);
    // Last: only now every key that there may be was asked for.
    manifest.finish();
    return exercise;
}

}  // namespace lockstep
