// Every format that the grader writes: the one list that the command line, its help, the README and
// the tests go by.
#pragma once

#include <report/class_results.hpp>
#include <report/style.hpp>

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// What a report is made from beside the results. Renderers ask nobody else, so that the same
/// context gives the same bytes.
struct ReportContext {
    TextStyle style;
    /// The value of an environment variable, "" where it is not set: platforms say there what a
    /// result belongs to.
    std::function<std::string(std::string_view name)> environment = [](std::string_view) {
        return std::string{};
    };
    std::chrono::sys_seconds now{};
};

/// An export of somebody else's gradebook, to be filled in.
struct Export {
    std::string_view name;     ///< of the file, for messages
    std::string_view content;  ///< as it is, byte for byte
    std::string_view column;   ///< the header of the column to fill; "" where that is plain
    /// More names of the same students: each row of this CSV names one, in whatever columns. May
    /// be empty.
    std::string_view roster;
};

struct Filled {
    std::string content;
    std::vector<std::string>
        remarks;  ///< one sentence for each attempt that found no place, and more
};

struct ReportFormat {
    std::string_view name;
    std::string_view what_for;  ///< a few words, in English
    /// Of one result. Null where the format is for classes only.
    std::string (*of_result)(const Result& result, const ReportContext& context) = nullptr;
    /// Of a class. Null where the format is for one result only.
    std::string (*of_class)(const ClassResults& results, const ReportContext& context) = nullptr;
    /// Into somebody's export. Null where there is nothing to fill.
    Filled (*fill)(const ClassResults& results, const Export& into,
                   const ReportContext& context) = nullptr;
    /// Throws UsageError where the context lacks what the format needs, so that it is known before
    /// anything is graded. May be null.
    void (*check)(const ReportContext& context) = nullptr;
    /// Shows instructors the timelines of the reference solution, or keeps them for who does.
    bool shows_reference = false;
};

[[nodiscard]] std::span<const ReportFormat> report_formats() noexcept;

/// Null where there is none of that name.
[[nodiscard]] const ReportFormat* report_format(std::string_view name) noexcept;

}  // namespace lockstep
