// CSV: read and written again, and safe to be opened.
#include "samples.hpp"

#include <base/error.hpp>
#include <lab/catch.hpp>
#include <report/csv.hpp>
#include <report/csv_table.hpp>

#include <random>
#include <string>
#include <vector>

using lockstep::Audience;
using lockstep::csv_text;
using lockstep::CsvTable;
using lockstep::UsageError;
using samples::has;

TEST_CASE("what is not changed in a table is written again byte for byte") {
    for (const std::string& text : std::vector<std::string>{
             "", "a,b\n1,2\n", "a,b\r\n1,2", "\xef\xbb\xbf\"a\";b;c\r\n1;;\"x\"\"y\"\r\n",
             "a,\"line\nbreak\",c\n\n,,\n", "a, b ,\"\"\n", "\n\n", "a\rb,c\n"}) {
        CAPTURE(text);
        CHECK(CsvTable::parse(text, "x.csv").text() == text);
    }
}

TEST_CASE("cells are read without their quotes, and one is changed alone") {
    CsvTable table = CsvTable::parse("n;\"a \"\"b\"\"\"\r\n1;\"x;y\"\r\n2\r\n", "x.csv");
    CHECK(table.value(0, 1) == "a \"b\"");
    CHECK(table.value(1, 1) == "x;y");
    CHECK(table.value(2, 1).empty());
    CHECK(table.value(9, 9).empty());
    table.set(2, 2, "p;q");
    table.set(1, 0, "7");
    CHECK(table.text() == "n;\"a \"\"b\"\"\"\r\n7;\"x;y\"\r\n2;;\"p;q\"\r\n");
}

TEST_CASE("what is no CSV is refused in a sentence") {
    for (const std::string& text : {std::string{"a,\"b\n"}, std::string{"\"a\"b,c\n"},
                                    std::string{"a\0b", 3}, std::string(1'000'001, ',')}) {
        CHECK_THROWS_AS(CsvTable::parse(text, "x.csv"), UsageError);
    }
}

TEST_CASE("any bytes are a table that comes back, or are refused") {
    std::mt19937 random{1};
    const std::string signs = "a,;\"\n\r \xc3=";
    for (int round = 0; round < 3'000; ++round) {
        std::string text;
        for (std::size_t i = random() % 40; i > 0; --i) {
            text += signs[random() % signs.size()];
        }
        try {
            const std::string again = CsvTable::parse(text, "x.csv").text();
            CHECK(again == text);
        } catch (const UsageError& error) {
            CHECK(has(error.what(), "'x.csv'"));
        }
    }
}

TEST_CASE("no cell of foreign text is a formula") {
    for (const char* bad : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1"}) {
        CAPTURE(bad);
        CHECK(csv_text(bad).starts_with("'"));
    }
    CHECK(csv_text("ada") == "ada");
    CHECK(csv_text("a=b") == "a=b");
    CHECK(csv_text("two\nlines") == "two lines");
}

TEST_CASE("a class has a row for each student, and none is given a zero that nobody earned") {
    const auto results = samples::whole_class();
    const std::string text = render_csv(results, samples::context(Audience::instructor));
    const CsvTable table = CsvTable::parse(text, "class.csv");
    REQUIRE(table.rows().size() == results.attempts.size() + 1);
    CHECK(table.value(0, 0) == "student");
    CHECK(table.value(0, 2) == "points");
    CHECK(table.value(0, 3) == "max_points");
    CHECK(table.value(0, 4) == "remark");
    for (const auto& row : table.rows()) {
        CHECK(row.cells.size() == table.rows()[0].cells.size());
        CHECK(row.end == "\r\n");
        for (const auto& cell : row.cells) {
            CHECK((cell.value.empty() ||
                   std::string{"=+-@"}.find(cell.value.front()) == std::string::npos));
        }
    }
    for (std::size_t i = 0; i < results.attempts.size(); ++i) {
        const auto& result = results.attempts[i].result;
        CHECK(table.value(i + 1, 2) == (result ? std::to_string(result->points()) : ""));
        CHECK(table.value(i + 1, 3) == (result ? std::to_string(result->max_points()) : ""));
    }
    CHECK(table.value(1, 0) == "ada");
    CHECK(table.value(4, 4) != "");
    CHECK(table.value(5, 0).starts_with("'=cmd"));
    CHECK(has(table.value(7, 4), "no result that can be read"));
    CHECK(has(text, "01-threaded-io/balance"));
}
