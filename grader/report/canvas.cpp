#include <report/canvas.hpp>

#include <base/error.hpp>
#include <report/foreign.hpp>
#include <report/gradebook_export.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lockstep {
namespace {

/// Where the number begins in "Lockstep (12345)"; npos where there is none.
std::size_t number_at(std::string_view header) noexcept {
    const std::size_t open = header.rfind(" (");
    if (open == std::string_view::npos || !header.ends_with(')') || open + 3 >= header.size()) {
        return std::string_view::npos;
    }
    const std::string_view number = header.substr(open + 2, header.size() - open - 3);
    return number.find_first_not_of("0123456789") == std::string_view::npos
               ? open
               : std::string_view::npos;
}

std::size_t column_of(const GradebookExport& book, const Export& into) {
    std::vector<std::string> all;
    std::vector<std::size_t> chosen;
    const auto& cells = book.table().rows().front().cells;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string& header = cells[i].value;
        const std::size_t number = number_at(header);
        if (number == std::string::npos) {
            continue;
        }
        all.push_back(clean_name(header));
        if (into.column.empty() || into.column == header ||
            into.column == std::string_view{header}.substr(0, number)) {
            chosen.push_back(i);
        }
    }
    if (chosen.size() != 1) {
        throw UsageError(fmt::format(
            "{} of the assignments in '{}' {} meant: name one with --column, as its first row "
            "does ({}).",
            chosen.empty() ? "None" : std::to_string(chosen.size()), clean_name(into.name),
            chosen.size() < 2 ? "is" : "are",
            all.empty() ? "it has none: make the assignment in Canvas first"
                        : fmt::format("{}", fmt::join(all, ", "))));
    }
    return chosen.front();
}

}  // namespace

Filled fill_canvas(const ClassResults& results, const Export& into, const ReportContext&) {
    GradebookExport book{into, {"ID", "SIS Login ID", "SIS User ID", "Integration ID", "Student"}};
    const std::size_t column = column_of(book, into);
    std::optional<long> possible;
    for (std::size_t row = 1; row < book.table().rows().size(); ++row) {
        if (book.table().value(row, 0).find("Points Possible") != std::string::npos) {
            if (book.table().value(row, column).find("read only") != std::string::npos) {
                throw UsageError(fmt::format(
                    "Canvas says that the column '{}' is read only: name another with --column.",
                    clean_name(book.table().value(0, column))));
            }
            possible = whole_number(book.table().value(row, column));
        }
    }
    int max = 0;
    Filled filled;
    filled.remarks = book.for_each(results, [&](std::size_t row, const Attempt& attempt) {
        max = std::max(max, attempt.result->max_points());
        book.table().set(row, column, std::to_string(attempt.result->points()));
        return std::string{};
    });
    if (possible && max != 0 && *possible != max) {
        filled.remarks.push_back(
            fmt::format("Canvas has {} points for this assignment, and these results go up to {}: "
                        "change the assignment in Canvas.",
                        *possible, max));
    }
    filled.content = book.table().text();
    return filled;
}

}  // namespace lockstep
