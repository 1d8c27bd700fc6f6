// What the commands' options are made of.
#pragma once

#include <commands/command_line.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <string>

namespace lockstep {

inline constexpr const char* exit_codes =
    "Exit codes:\n"
    "  0    full marks; for verify and doctor, nothing to complain of; for export,\n"
    "       written\n"
    "  1    graded, and something failed; for verify, complaints; for doctor, this\n"
    "       machine grades with less than all\n"
    "  2    the call makes no sense: a sentence on standard error says what to do\n"
    "  3    the grader, or this machine, failed: never a student's zero\n"
    "  130  interrupted by Ctrl-C (143 by SIGTERM): nothing is left half-written\n";

/// CLI11 does not wrap, but it indents what follows a line break.
[[nodiscard]] std::string folded(const std::string& text);

/// A command: one line for the list of them, and a few of what there is to know.
[[nodiscard]] std::unique_ptr<CLI::App> make_command(const std::string& name,
                                                     const std::string& line,
                                                     const std::string& more);

/// CLI11's own transformer lists numbers beside the words; this one names the words only.
template <typename T, typename Word>
void choice(CLI::App& app, const std::string& name, T& value,
            const std::map<std::string, Word>& words, const std::string& what) {
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

void add_language(CLI::App& app, Language& language);
void add_colour(CLI::App& app, Colour& colour);
void add_exercises(CLI::App& app, std::vector<std::string>& exercises, const std::string& what);
void add_cache(CLI::App& app, std::filesystem::path& cache);
void add_jobs(CLI::App& app, unsigned& jobs);

}  // namespace lockstep
