// What the caller asked for.
#pragma once

#include <class/class_grading.hpp>
#include <report/formats.hpp>
#include <report/style.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lockstep {

enum class Format { text, json };

enum class Colour { automatic, always, never };

struct ListOptions {
    Format format = Format::text;
    Language language = Language::en;
};

struct GradeOptions {
    std::filesystem::path submission;
    std::vector<std::string> exercises;  ///< as the caller named them; empty: all
    const ReportFormat* format = report_format("text");
    std::filesystem::path output;       ///< empty: standard output
    std::optional<std::uint64_t> seed;  ///< none: drawn anew
    Audience audience = Audience::student;
    Language language = Language::en;
    Colour colour = Colour::automatic;
    std::filesystem::path cache;  ///< empty: default_cache()
    unsigned jobs = 0;            ///< 0: as many as there are cores
};

struct ReportOptions {
    std::filesystem::path results;  ///< a result file, or a folder of them
    const ReportFormat* format = report_format("text");
    std::filesystem::path output;      ///< empty: standard output; a folder for pages of a class
    std::filesystem::path exported;    ///< empty: none
    std::filesystem::path roster;      ///< empty: none
    std::string column;                ///< of the export; empty: where there is no doubt
    std::optional<Audience> audience;  ///< none: the instructor for a class, else the student
    Language language = Language::en;
    Colour colour = Colour::automatic;
};

struct VerifyOptions {
    std::vector<std::string> exercises;
    unsigned seeds = 3;
    unsigned repeat = 1;
    std::string only;  ///< the name of one submission; empty: all
    std::filesystem::path cache;
    unsigned jobs = 0;
};

struct DoctorOptions {
    Format format = Format::text;
    std::filesystem::path cache;
};

struct QuizOptions {
    std::vector<std::string> exercises;  ///< empty: all
    Language language = Language::en;
};

struct HintOptions {
    std::string check;              ///< "01/overlap"; without a check: which there are
    std::optional<unsigned> level;  ///< 1 to 3: so many hints; none: one, and more when asked
    Language language = Language::en;
};

struct ClassCommand {
    std::filesystem::path submissions;
    std::filesystem::path results;  ///< where the gradebook is, or shall be
    std::vector<std::string> exercises;
    Which which = Which::needed;
    Shard shard;
    std::optional<std::uint64_t> seed;  ///< none: the gradebook's, or drawn anew
    bool allow_weak_isolation = false;
    std::filesystem::path roster;  ///< empty: none
    std::filesystem::path cache;
    unsigned jobs = 0;
};

struct RegradeCommand {
    std::filesystem::path results;
    std::vector<std::string> students;  ///< empty: all
    std::vector<std::string> exercises;
    bool dry_run = false;
    bool allow_weak_isolation = false;
    std::filesystem::path cache;
    unsigned jobs = 0;
};

struct CollectCommand {
    std::vector<std::filesystem::path> shards;
    std::filesystem::path results;
};

struct ExportStarterOptions {
    std::filesystem::path folder;        ///< that it becomes
    std::vector<std::string> exercises;  ///< empty: all
};

using Command = std::variant<ListOptions, GradeOptions, ReportOptions, ClassCommand, RegradeCommand,
                             CollectCommand, VerifyOptions, DoctorOptions, QuizOptions, HintOptions,
                             ExportStarterOptions>;

/// Asked for: a text such as --help, and nothing else to do.
struct JustSay {
    std::string text;
};

/// Throws UsageError for what makes no sense.
[[nodiscard]] std::variant<Command, JustSay> read_command_line(int argc, const char* const* argv);

}  // namespace lockstep
