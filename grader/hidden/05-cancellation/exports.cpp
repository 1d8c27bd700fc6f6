#include "exports.hpp"

#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::cancellation {
namespace {

constexpr std::int64_t millisecond = 1'000'000;
constexpr std::size_t rows_per_batch = 3;  // as in export.hpp

}  // namespace

Numbers ExportPlan::workload() const {
    return {{"reads", reads},
            {"sink", sink},
            {"bad read", {bad_read}},
            {"bad write", {bad_write}},
            {"odd errors", {odd_errors ? 1 : 0}},
            {"first number", {first_number}},
            {"cancels", cancels}};
}

std::pair<std::int64_t, std::int64_t> ExportPlan::begin_and_length(std::string_view call,
                                                                   std::size_t row) const {
    std::int64_t now = 0;
    std::int64_t length = 0;
    const auto is = [&](std::string_view name, std::int64_t time, bool is_row) {
        length = time;
        if (name == call && is_row) return true;
        now += time;
        return false;
    };
    for (std::size_t i = 0; i < reads.size(); ++i) {
        if (is("read", reads[i], i == row) ||
            (i % rows_per_batch == 0 && is("begin", sink[0], i == row)) ||
            is("write", sink[1], i == row) ||
            (i % rows_per_batch == rows_per_batch - 1 && is("commit", sink[2], i == row)))
            return {now, length};
    }
    now += millisecond;  // the read that finds no more
    if (reads.size() % rows_per_batch != 0 && is("commit", sink[2], row + 1 == reads.size()))
        return {now, length};
    return {now, sink[4]};
}

std::int64_t ExportPlan::middle_of(std::string_view call, std::size_t row) const {
    const auto [begin, length] = begin_and_length(call, row);
    return begin + length / (2 * millisecond) * millisecond;
}

std::int64_t ExportPlan::end_of(std::string_view call, std::size_t row) const {
    const auto [begin, length] = begin_and_length(call, row);
    return begin + length;
}

ExportPlan drawn_export(Draw draw, std::size_t rows) {
    ExportPlan plan;
    for (std::size_t row = 0; row < rows; ++row)
        plan.reads.push_back(draw.number(10, 30) * millisecond);
    for (int call = 0; call < 5; ++call) plan.sink.push_back(draw.number(20, 60) * millisecond);
    return plan;
}

std::string_view name_of(ExportEnd end) {
    switch (end) {
    case ExportEnd::none: return "nothing: the coroutine never ended";
    case ExportEnd::report: return "a report";
    case ExportEnd::aborted: return "operation_aborted";
    case ExportEnd::row_error: return "RowError";
    case ExportEnd::connection: return "the source's own system_error (connection_reset)";
    case ExportEnd::other: break;
    }
    return "another exception";
}

std::string described(const Played& run) {
    const auto end = static_cast<ExportEnd>(run.answer.number("end").value_or(-1));
    std::string text{name_of(end)};
    if (const std::string_view what = run.answer.text("what");
        end == ExportEnd::other && !what.empty())
        text += fmt::format(" ({})", lab::printable::clean(what, 200));
    return text;
}

}  // namespace lockstep::cancellation
