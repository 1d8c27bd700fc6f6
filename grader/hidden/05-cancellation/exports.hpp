// What the checks of exercise 05's export plan, and what they expect of it.
#pragma once

#include <judge/examination.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::cancellation {

/// What scenarios.cpp calls `end`.
enum class ExportEnd : std::int64_t {
    none = -1,
    report,
    aborted,
    row_error,
    other,
    connection,  ///< a system_error of the source's own
};

/// A source, a sink, and when the coroutine is cancelled; scenarios.cpp says what each list means.
/// All times are whole milliseconds, the resolution of Asio's timers on Linux (epoll_wait's).
struct ExportPlan {
    std::vector<std::int64_t> reads;
    std::vector<std::int64_t> sink;  ///< begin, write, commit, rollback, close
    std::int64_t bad_read = -1;
    std::int64_t bad_write = -1;
    std::int64_t first_number = 0;  ///< of the rows
    bool odd_errors = false;        ///< the source throws a system_error, connection_reset
    std::vector<std::int64_t> cancels;

    [[nodiscard]] Numbers workload() const;

    /// The instant in the middle of one of the coroutine's calls, when nothing stops it before.
    /// `row`: for "read" and "write"; for "begin" and "commit" the first and last row of the batch;
    /// ignored for "close".
    [[nodiscard]] std::int64_t middle_of(std::string_view call, std::size_t row) const;
    /// The instant at which it ends.
    [[nodiscard]] std::int64_t end_of(std::string_view call, std::size_t row) const;

private:
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> begin_and_length(std::string_view call,
                                                                         std::size_t row) const;
};

/// `rows` rows of 10 to 30 ms, calls of the sink of 20 to 60 ms.
[[nodiscard]] ExportPlan drawn_export(Draw draw, std::size_t rows);

[[nodiscard]] std::string described(const Played& run);

[[nodiscard]] std::string_view name_of(ExportEnd end);

}  // namespace lockstep::cancellation
