#include <report/gradebook_export.hpp>

#include <base/error.hpp>
#include <report/foreign.hpp>

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace lockstep {
namespace {

/// As names are compared: without blanks around, and without regard to ASCII's case.
std::string plain(std::string_view name) {
    const std::size_t first = std::min(name.find_first_not_of(" \t\r\n"), name.size());
    name.remove_prefix(first);
    name = name.substr(0, name.find_last_not_of(" \t\r\n") + 1);
    std::string folded{name};
    std::transform(folded.begin(), folded.end(), folded.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return folded;
}

}  // namespace

GradebookExport::GradebookExport(const Export& from,
                                 std::initializer_list<std::string_view> identities)
    : name_{clean_name(from.name)}, table_{CsvTable::parse(from.content, from.name)} {
    if (!from.roster.empty()) {
        roster_ = CsvTable::parse(from.roster, "roster");
    }
    for (const std::string_view header : identities) {
        if (const auto found = column(header)) {
            identities_.push_back(*found);
        }
    }
    if (identities_.empty()) {
        throw UsageError(
            fmt::format("'{}' has no column that names students ({}): export it again, and leave "
                        "its first row as it is.",
                        name_, fmt::join(identities, ", ")));
    }
}

std::optional<std::size_t> GradebookExport::column(std::string_view header) const {
    if (table_.rows().empty()) {
        return std::nullopt;
    }
    const auto& cells = table_.rows().front().cells;
    const auto found = std::find_if(cells.begin(), cells.end(), [&](const CsvTable::Cell& cell) {
        return plain(cell.value) == plain(header);
    });
    return found == cells.end() ? std::nullopt
                                : std::optional{static_cast<std::size_t>(found - cells.begin())};
}

std::set<std::string> GradebookExport::names_of(const std::string& student) const {
    std::set<std::string> names{plain(student)};
    for (const CsvTable::Row& row : roster_.rows()) {
        const bool same = std::any_of(
            row.cells.begin(), row.cells.end(),
            [&](const CsvTable::Cell& cell) { return plain(cell.value) == plain(student); });
        for (const CsvTable::Cell& cell : row.cells) {
            if (same && !plain(cell.value).empty()) {
                names.insert(plain(cell.value));
            }
        }
    }
    return names;
}

std::set<std::size_t> GradebookExport::rows_of(const std::string& student) const {
    const std::set<std::string> names = names_of(student);
    std::set<std::size_t> rows;
    for (std::size_t row = 1; row < table_.rows().size(); ++row) {
        for (const std::size_t column : identities_) {
            const std::string cell = plain(table_.value(row, column));
            if (!cell.empty() && names.contains(cell)) {
                rows.insert(row);
            }
        }
    }
    return rows;
}

std::vector<std::string> GradebookExport::for_each(
    const ClassResults& results,
    const std::function<std::string(std::size_t row, const Attempt& attempt)>& fill) {
    std::vector<std::string> remarks;
    std::map<std::size_t, std::string> filled;
    for (const Attempt& attempt : results.attempts) {
        const std::string student = clean_name(attempt.student);
        const std::set<std::size_t> rows = rows_of(attempt.student);
        std::string why;
        if (attempt.nothing_to_grade) {
            why = "there was nothing to grade in what was handed in";
        } else if (!attempt.judged()) {
            why = "the grader failed on it, so it has to be graded again first";
        } else if (rows.empty()) {
            why = fmt::format("'{}' has no row of that name (a roster can give more names)", name_);
        } else if (rows.size() > 1) {
            why = fmt::format("'{}' has {} rows of that name", name_, rows.size());
        } else if (filled.contains(*rows.begin())) {
            why = fmt::format("its row has the points of {} already", filled[*rows.begin()]);
        } else {
            why = fill(*rows.begin(), attempt);
            if (why.empty()) {
                filled[*rows.begin()] = student;
                continue;
            }
        }
        remarks.push_back(fmt::format("{} was left out: {}.", student, why));
    }
    return remarks;
}

std::optional<long> whole_number(std::string_view cell) {
    const std::size_t first = std::min(cell.find_first_not_of(' '), cell.size());
    cell.remove_prefix(first);
    long number = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    std::string_view rest = cell.substr(static_cast<std::size_t>(end - cell.data()));
    if (rest.starts_with('.') || rest.starts_with(',')) {
        rest.remove_prefix(1);
        rest.remove_prefix(std::min(rest.find_first_not_of('0'), rest.size()));
    }
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    return error == std::errc{} && rest.empty() ? std::optional{number} : std::nullopt;
}

}  // namespace lockstep
