// CSV as gradebooks write it (RFC 4180, with commas or semicolons), read so that what is not
// changed is written again byte for byte.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

class CsvTable {
public:
    struct Cell {
        std::string value;  ///< without quotes
        std::string raw;    ///< as it stands in the file
    };
    struct Row {
        std::vector<Cell> cells;
        std::string end;  ///< what ends it: "\r\n", "\n", or "" at the end of the file
    };

    /// `name` is what messages call it. Throws UsageError for a quote that is never closed, what
    /// follows a closed one, a NUL, and more than a million cells.
    [[nodiscard]] static CsvTable parse(std::string_view text, std::string_view name);

    [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }
    /// "" where the row is too short.
    [[nodiscard]] const std::string& value(std::size_t row, std::size_t column) const noexcept;
    /// Makes the row longer where it is too short. The value is quoted where it must be, and not
    /// otherwise changed.
    void set(std::size_t row, std::size_t column, const std::string& value);
    [[nodiscard]] std::string text() const;

private:
    bool marked_ = false;  ///< begins with a byte order mark
    char separator_ = ',';
    std::vector<Row> rows_;
};

/// Quoted where it must be.
[[nodiscard]] std::string csv_field(std::string_view value, char separator = ',');

/// Text that somebody else wrote, on one line, and so that no spreadsheet takes it for a formula:
/// what begins with =, +, -, @ or a tab gets an apostrophe in front, as OWASP advises.
[[nodiscard]] std::string csv_text(std::string_view foreign);

}  // namespace lockstep
