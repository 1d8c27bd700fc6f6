#include <report/csv_table.hpp>

#include <base/error.hpp>
#include <report/foreign.hpp>

#include <algorithm>
#include <fmt/format.h>

namespace lockstep {
namespace {

constexpr std::string_view mark = "\xef\xbb\xbf";
constexpr std::size_t most_cells = 1'000'000;

/// Of the first line, outside quotes: a semicolon where there are more of those.
char separator_of(std::string_view text) noexcept {
    std::size_t commas = 0;
    std::size_t semicolons = 0;
    bool quoted = false;
    for (const char c : text) {
        quoted = c == '"' ? !quoted : quoted;
        if (!quoted && c == '\n') {
            break;
        }
        commas += !quoted && c == ',' ? 1U : 0U;
        semicolons += !quoted && c == ';' ? 1U : 0U;
    }
    return semicolons > commas ? ';' : ',';
}

/// Takes one cell off the front, up to what ends it.
CsvTable::Cell take_cell(std::string_view& rest, char separator, const auto& refuse) {
    CsvTable::Cell cell;
    const std::string_view start = rest;
    if (rest.starts_with('"')) {
        rest.remove_prefix(1);
        while (true) {
            const std::size_t quote = rest.find('"');
            if (quote == std::string_view::npos) {
                refuse("a quote is never closed");
            }
            cell.value += rest.substr(0, quote);
            rest.remove_prefix(quote + 1);
            if (!rest.starts_with('"')) {
                break;
            }
            cell.value += '"';
            rest.remove_prefix(1);
        }
        if (!rest.empty() && rest.front() != separator && rest.front() != '\n' &&
            !rest.starts_with("\r\n")) {
            refuse("something follows a closing quote");
        }
    } else {
        std::size_t end = std::min(rest.find_first_of(std::string{separator, '\n'}), rest.size());
        if (end < rest.size() && rest[end] == '\n' && end > 0 && rest[end - 1] == '\r') {
            --end;
        }
        cell.value = rest.substr(0, end);
        rest.remove_prefix(end);
    }
    cell.raw = start.substr(0, start.size() - rest.size());
    return cell;
}

}  // namespace

CsvTable CsvTable::parse(std::string_view text, std::string_view name) {
    CsvTable table;
    const auto refuse = [&](std::string_view why) {
        throw UsageError(fmt::format("'{}' can't be read as CSV (row {}: {}): export it anew.",
                                     clean_name(name), table.rows_.size() + 1, why));
    };
    if (text.starts_with(mark)) {
        table.marked_ = true;
        text.remove_prefix(mark.size());
    }
    if (text.find('\0') != std::string_view::npos) {
        refuse("it holds a NUL, so it is no text in UTF-8");
    }
    table.separator_ = separator_of(text);
    std::size_t cells = 0;
    while (!text.empty()) {
        Row row;
        while (true) {
            row.cells.push_back(take_cell(text, table.separator_, refuse));
            if (++cells > most_cells) {
                refuse("there are more than a million cells");
            }
            if (!text.starts_with(table.separator_)) {
                break;
            }
            text.remove_prefix(1);
        }
        row.end =
            text.substr(0, text.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, text.size()));
        text.remove_prefix(row.end.size());
        table.rows_.push_back(std::move(row));
    }
    return table;
}

const std::string& CsvTable::value(std::size_t row, std::size_t column) const noexcept {
    static const std::string none;
    return row < rows_.size() && column < rows_[row].cells.size() ? rows_[row].cells[column].value
                                                                  : none;
}

void CsvTable::set(std::size_t row, std::size_t column, const std::string& value) {
    std::vector<Cell>& cells = rows_.at(row).cells;
    if (cells.size() <= column) {
        cells.resize(column + 1);
    }
    cells[column] = {value, csv_field(value, separator_)};
}

std::string CsvTable::text() const {
    std::string text{marked_ ? mark : std::string_view{}};
    for (const Row& row : rows_) {
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            if (i != 0) {
                text += separator_;
            }
            text += row.cells[i].raw;
        }
        text += row.end;
    }
    return text;
}

std::string csv_field(std::string_view value, char separator) {
    const bool edges = value.starts_with(' ') || value.ends_with(' ');
    if (!edges &&
        value.find_first_of(std::string{separator, '"', '\n', '\r'}) == std::string_view::npos) {
        return std::string{value};
    }
    std::string quoted{'"'};
    for (const char c : value) {
        quoted += c;
        if (c == '"') {
            quoted += c;
        }
    }
    return quoted + '"';
}

std::string csv_text(std::string_view foreign) {
    std::string text = clean_sentence(foreign);
    constexpr std::string_view formula = "=+-@";
    // Spreadsheets of East Asia take the wide forms as well.
    constexpr std::string_view wide[] = {"＝", "＋", "－", "＠"};
    const std::size_t first = std::min(text.find_first_not_of(' '), text.size());
    const std::string_view rest = std::string_view{text}.substr(first);
    const bool dangerous =
        (!rest.empty() && formula.find(rest.front()) != std::string_view::npos) ||
        std::any_of(std::begin(wide), std::end(wide),
                    [&](std::string_view sign) { return rest.starts_with(sign); });
    return dangerous ? "'" + text : text;
}

}  // namespace lockstep
