#include <gradebook/gradebook.hpp>

#include <base/error.hpp>
#include <report/read_result.hpp>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <mutex>
#include <system_error>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

/// Of the tables below; kept in SQLite's own place for it.
constexpr int version = 1;
constexpr int patience_ms = 60'000;  // for another process that writes

constexpr const char* tables = R"(
    CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE attempt (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        student TEXT NOT NULL,
        path TEXT NOT NULL,
        content TEXT NOT NULL,
        grader TEXT NOT NULL,
        graded_at INTEGER NOT NULL,
        points INTEGER NOT NULL,
        max_points INTEGER NOT NULL,
        error TEXT NOT NULL,
        result TEXT NOT NULL);
    CREATE INDEX attempt_by_student ON attempt (student, id);
)";

constexpr const char* columns =
    "student, path, content, grader, graded_at, points, max_points, error, result";

Row row_from(SQLite::Statement& statement) {
    Row row;
    row.student = statement.getColumn(0).getString();
    row.path = statement.getColumn(1).getString();
    row.content = statement.getColumn(2).getString();
    row.grader = statement.getColumn(3).getString();
    row.when = std::chrono::sys_seconds{std::chrono::seconds{statement.getColumn(4).getInt64()}};
    row.points = statement.getColumn(5).getInt();
    row.max_points = statement.getColumn(6).getInt();
    row.error = statement.getColumn(7).getString();
    row.result = statement.getColumn(8).getString();
    return row;
}

/// What SQLite says, as a failure of the machine.
template <class Call>
auto told(const fs::path& file, Call call) -> decltype(call()) {
    try {
        return call();
    } catch (const SQLite::Exception& error) {
        throw GraderError{fmt::format(
            "The gradebook {} can't be used ({}): make room, and see that it may be written to.",
            file.string(), error.what())};
    }
}

}  // namespace

struct Gradebook::State {
    fs::path file;
    mutable std::mutex mutex;
    std::unique_ptr<SQLite::Database> database;

    /// `which`: the end of the query.
    [[nodiscard]] std::vector<Row> rows(const char* which) const {
        const std::scoped_lock lock{mutex};
        return told(file, [&] {
            SQLite::Statement ask{*database,
                                  fmt::format("SELECT {} FROM attempt {}", columns, which)};
            std::vector<Row> rows;
            while (ask.executeStep()) rows.push_back(row_from(ask));
            return rows;
        });
    }
};

bool Gradebook::is_in(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_regular_file(folder / file_name, ignored);
}

Gradebook::Gradebook(const fs::path& folder, Opening opening) : state_{std::make_unique<State>()} {
    state_->file = folder / file_name;
    if (opening == Opening::existing && !is_in(folder)) {
        throw UsageError{fmt::format(
            "There is no gradebook in '{}': name the folder that 'grader class --out' wrote.",
            folder.string())};
    }
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        throw UsageError{fmt::format("'{}' can't be made ({}): name another folder.",
                                     folder.string(), error.message())};
    }
    told(state_->file, [&] {
        state_->database = std::make_unique<SQLite::Database>(
            state_->file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, patience_ms);
        SQLite::Database& database = *state_->database;
        database.exec("PRAGMA synchronous = FULL");
        SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
        const int found = database.execAndGet("PRAGMA user_version").getInt();
        if (found == 0 && !database.tableExists("attempt")) {
            database.exec(tables);
            database.exec(fmt::format("PRAGMA user_version = {}", version));
        } else if (found != version) {
            throw UsageError{
                fmt::format("{} was written by another version of the grader: name another folder.",
                            state_->file.string())};
        }
        transaction.commit();
    });
}

Gradebook::~Gradebook() = default;

std::uint64_t Gradebook::seed(std::uint64_t fallback) {
    {
        const std::scoped_lock lock{state_->mutex};
        told(state_->file, [&] {
            SQLite::Statement add{*state_->database,
                                  "INSERT OR IGNORE INTO about VALUES ('seed', ?)"};
            add.bind(1, std::to_string(fallback));
            add.exec();
        });
    }
    return seed().value_or(fallback);
}

std::optional<std::uint64_t> Gradebook::seed() const {
    const std::scoped_lock lock{state_->mutex};
    return told(state_->file, [&]() -> std::optional<std::uint64_t> {
        SQLite::Statement ask{*state_->database, "SELECT value FROM about WHERE name = 'seed'"};
        if (!ask.executeStep()) return std::nullopt;
        return std::stoull(ask.getColumn(0).getString());
    });
}

void Gradebook::store(const std::vector<Row>& rows) {
    const std::scoped_lock lock{state_->mutex};
    told(state_->file, [&] {
        SQLite::Transaction transaction{*state_->database, SQLite::TransactionBehavior::IMMEDIATE};
        SQLite::Statement add{
            *state_->database,
            fmt::format("INSERT INTO attempt ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", columns)};
        for (const Row& row : rows) {
            add.reset();
            add.bind(1, row.student);
            add.bind(2, row.path);
            add.bind(3, row.content);
            add.bind(4, row.grader);
            add.bind(5, static_cast<std::int64_t>(row.when.time_since_epoch().count()));
            add.bind(6, row.points);
            add.bind(7, row.max_points);
            add.bind(8, row.error);
            add.bind(9, row.result);
            add.exec();
        }
        transaction.commit();
    });
}

std::map<std::string, Row> Gradebook::latest() const {
    std::map<std::string, Row> latest;
    for (Row& row : state_->rows("WHERE id IN (SELECT max(id) FROM attempt GROUP BY student)")) {
        const std::string student = row.student;
        latest.emplace(student, std::move(row));
    }
    return latest;
}

std::vector<Row> Gradebook::all() const { return state_->rows("ORDER BY id"); }

ClassResults class_results(const Gradebook& gradebook, const std::string& title) {
    ClassResults results;
    results.title = title;
    for (const auto& [student, row] : gradebook.latest()) {
        Attempt attempt{student, row.when, std::nullopt, row.error,
                        !row.judged() && !row.grader_failed()};
        if (!row.result.empty()) {
            try {
                attempt.result = read_result(row.result, student).result;
            } catch (const UsageError& error) {
                attempt.grader_error = error.what();
            }
        }
        results.attempts.push_back(std::move(attempt));
    }
    return results;
}

}  // namespace lockstep
