// Filling somebody's own gradebook export: its rows and columns stay as they are, byte for byte,
// and the cells of a column get their points.
#pragma once

#include <report/csv_table.hpp>
#include <report/formats.hpp>

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lockstep {

/// The rows of a table by whatever names the students in them.
class GradebookExport {
public:
    /// `identities`: the headers of the columns that can name a student, of which some must be
    /// there. Throws UsageError.
    GradebookExport(const Export& from, std::initializer_list<std::string_view> identities);

    [[nodiscard]] CsvTable& table() noexcept { return table_; }
    [[nodiscard]] const CsvTable& table() const noexcept { return table_; }
    /// None where no column is called so.
    [[nodiscard]] std::optional<std::size_t> column(std::string_view header) const;

    /// Calls `fill(row, attempt)` for each attempt that was judged and is exactly one row's; `fill`
    /// says in a sentence what is in the way, or "". Each attempt that comes to nothing makes a
    /// sentence of the answer.
    [[nodiscard]] std::vector<std::string> for_each(
        const ClassResults& results,
        const std::function<std::string(std::size_t row, const Attempt& attempt)>& fill);

private:
    /// The names in a roster of whoever is called `student`, and that name itself.
    [[nodiscard]] std::set<std::string> names_of(const std::string& student) const;
    [[nodiscard]] std::set<std::size_t> rows_of(const std::string& student) const;

    std::string name_;
    CsvTable table_;
    CsvTable roster_;
    std::vector<std::size_t> identities_;
};

/// The whole number that a cell such as "100", "100.00" or "100,00" holds; none for any other.
[[nodiscard]] std::optional<long> whole_number(std::string_view cell);

}  // namespace lockstep
