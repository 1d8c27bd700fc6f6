#include <commands/commands.hpp>
#include <commands/output_file.hpp>
#include <commands/terminal.hpp>

#include <base/error.hpp>
#include <base/read_file.hpp>
#include <gradebook/gradebook.hpp>
#include <report/foreign.hpp>
#include <report/html.hpp>
#include <report/read_class.hpp>

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <system_error>
#include <vector>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes_of_export = std::size_t{64} << 20;

void say(std::string_view sentence) {
    fmt::print(stderr, "grader: {}\n", clean_sentence(sentence));
}

void refuse_what_makes_no_sense(const ReportOptions& options, bool is_class) {
    const ReportFormat& format = *options.format;
    if (format.fill != nullptr && options.exported.empty()) {
        throw UsageError(fmt::format(
            "{0} is filled in from an export of its own: name that with --export.", format.name));
    }
    if (format.fill == nullptr &&
        !(options.exported.empty() && options.roster.empty() && options.column.empty())) {
        throw UsageError(fmt::format(
            "--export, --roster and --column are for canvas and moodle, and not for {}: leave "
            "them out.",
            format.name));
    }
    if (is_class && format.of_class == nullptr && format.fill == nullptr) {
        throw UsageError(
            fmt::format("{} is a format for one result, and '{}' is a folder: name one of its "
                        "files, or another format.",
                        format.name, options.results.string()));
    }
}

/// Details are for instructors; marks are nobody's secret, and need no more than a student's
/// document.
Audience audience_of(const ReportOptions& options, bool is_class) {
    if (options.audience) {
        return *options.audience;
    }
    const bool tells_details = options.format->of_result != nullptr;
    return is_class && tells_details ? Audience::instructor : Audience::student;
}

void write(const fs::path& output, std::string_view report) {
    if (output.empty()) {
        print(report);
    } else {
        OutputFile{output}.commit(report);
    }
}

/// A folder is meant where one is there already, or where the name has no extension.
bool is_for_pages(const ReportOptions& options, bool is_class) {
    std::error_code ignored;
    return is_class && options.format == report_format("html") && !options.output.empty() &&
           (fs::is_directory(options.output, ignored) || !options.output.has_extension());
}

void write_pages(const ClassResults& results, const fs::path& folder,
                 const ReportContext& context) {
    std::error_code error;
    fs::create_directories(folder / "students", error);
    if (error) {
        throw UsageError(
            fmt::format("The pages can't be written to '{}' ({}): name another folder "
                        "with --output.",
                        folder.string(), error.message()));
    }
    std::vector<std::string> pages;
    // Nobody's page is linked from what students get, and each of them holds one result only.
    for (const std::string& name : page_names(results)) {
        pages.push_back("students/" + name);
    }
    for (std::size_t i = 0; i < pages.size(); ++i) {
        if (results.attempts[i].result) {
            write(folder / pages[i], render_html(*results.attempts[i].result, context));
        }
    }
    write(folder / "class.html", render_class_page(results, context, pages));
}

/// For the export's own column, row and byte.
Filled filled(const ClassResults& results, const ReportOptions& options,
              const ReportContext& context) {
    const std::string content = read_file(options.exported, most_bytes_of_export);
    const std::string roster =
        options.roster.empty() ? std::string{} : read_file(options.roster, most_bytes_of_export);
    const std::string name = options.exported.filename().string();
    return options.format->fill(results, {name, content, options.column, roster}, context);
}

}  // namespace

int report(const ReportOptions& options) {
    std::error_code ignored;
    const bool is_class = fs::is_directory(options.results, ignored);
    refuse_what_makes_no_sense(options, is_class);
    const ReportFormat& format = *options.format;
    const Audience audience = audience_of(options, is_class);
    const ReportContext context =
        context_of(audience, options.language, options.colour, options.output.empty());
    if (format.check != nullptr) {
        format.check(context);
    }

    const ClassResults results =
        is_class && Gradebook::is_in(options.results)
            ? class_results(Gradebook{options.results, Gradebook::Opening::existing},
                            fs::absolute(options.results).lexically_normal().filename().string())
            : read_class(options.results, audience);
    int code = 0;
    for (const Attempt& attempt : results.attempts) {
        if (attempt.nothing_to_grade) {
            code = std::max(code, 1);
            // Where an export is filled, it is told who was left out.
            if (format.fill == nullptr) {
                say(fmt::format("{} has no mark: {}", attempt.student, attempt.grader_error));
            }
        } else if (!attempt.result) {
            say(attempt.grader_error);
            code = 3;
        }
    }
    if (format.fill != nullptr) {
        const Filled done = filled(results, options, context);
        for (const std::string& remark : done.remarks) {
            say(remark);
            code = std::max(code, 1);
        }
        write(options.output, done.content);
    } else if (is_for_pages(options, is_class)) {
        write_pages(results, options.output, context);
    } else if (!is_class && format.of_result != nullptr) {
        write(options.output, format.of_result(*results.attempts.front().result, context));
    } else {
        write(options.output, format.of_class(results, context));
    }
    return code;
}

}  // namespace lockstep
