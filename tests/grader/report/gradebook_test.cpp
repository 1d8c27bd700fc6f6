// Exports of Canvas and Moodle, filled: the instructor's own columns and rows stay.
#include "samples.hpp"

#include <base/error.hpp>
#include <lab/catch.hpp>
#include <report/canvas.hpp>
#include <report/gradebook_export.hpp>
#include <report/moodle.hpp>

#include <string>

using lockstep::Audience;
using lockstep::ClassResults;
using lockstep::Export;
using lockstep::fill_canvas;
using lockstep::fill_moodle;
using lockstep::UsageError;
using lockstep::whole_number;
using samples::has;

namespace {

// As Canvas writes it: a byte order mark, names "Last, First", a row of possible points.
const std::string canvas =
    "\xef\xbb\xbfStudent,ID,SIS User ID,SIS Login ID,Section,Quiz (41),Lockstep (42),Final "
    "Score\r\n"
    "    Points Possible,,,,,10,18,(read only)\r\n"
    "\"Lovelace, Ada\",101,u1,ada,\"A, 1\",9.5,,95\r\n"
    "\"Builder, Bob\",102,u2,BOB@example.org,A,,3,\r\n"
    "\"=Patra, Cleo\",103,u3,cleo,B,EX,,\r\n"
    "\"Student, Test\",999,,t,A,,,\r\n";

// As Moodle's assignment writes its grading worksheet.
const std::string moodle =
    "Identifier,\"Full name\",\"Email address\",Status,Grade,\"Maximum Grade\","
    "\"Grade can be changed\",\"Last modified (submission)\",\"Last modified (grade)\","
    "\"Feedback comments\"\n"
    "\"Participant 7\",\"Ada Lovelace\",ada@example.org,\"Submitted for grading\",,18.00,Yes,"
    "\"Monday, 1 June 2026, 10:00 AM\",-,\n"
    "\"Participant 8\",\"Bob Builder\",bob@example.org,\"Submitted for "
    "grading\",5.00,18.00,No,-,-,x\n"
    "\"Participant 9\",\"Cleo Patra\",cleo@example.org,\"No submission\",,10.00,Yes,-,-,\n";

ClassResults three() {
    ClassResults results = samples::whole_class();
    results.attempts.resize(3);
    return results;
}

const auto any = samples::context(Audience::student);

}  // namespace

TEST_CASE("Canvas's export comes back with one column filled, byte for byte otherwise") {
    const auto filled = fill_canvas(
        three(), {"grades.csv", canvas, "Lockstep", "login,mail\nbob,bob@example.org\n"}, any);
    std::string expected = canvas;
    const auto replace = [&](const std::string& from, const std::string& to) {
        REQUIRE(has(expected, from));
        expected.replace(expected.find(from), from.size(), to);
    };
    replace("9.5,,95", "9.5,16,95");
    replace("A,,3,", "A,,0,");
    replace("EX,,", "EX," + std::to_string(samples::real("blocks_the_loop").points()) + ",");
    CHECK(filled.content == expected);
    CHECK(filled.remarks.empty());
}

TEST_CASE(
    "Canvas's column is named with or without its number, and must be one that can be written") {
    for (const char* column : {"Lockstep", "Lockstep (42)"}) {
        CHECK_NOTHROW(fill_canvas(three(), {"g.csv", canvas, column, ""}, any));
    }
    for (const char* column : {"", "Lock", "Lockstep (43)", "Final Score", "Section"}) {
        CAPTURE(column);
        CHECK_THROWS_AS(fill_canvas(three(), {"g.csv", canvas, column, ""}, any), UsageError);
    }
    const std::string read_only =
        "Student,ID,Section,Sum (1)\nPoints Possible,,,(read only)\na,1,x,\n";
    CHECK_THROWS_AS(fill_canvas(three(), {"g.csv", read_only, "", ""}, any), UsageError);
    for (const char* bad : {"", "\n", "a,b\n", "Student,\"ID\n"}) {
        CHECK_THROWS_AS(fill_canvas(three(), {"g.csv", bad, "Lockstep", ""}, any), UsageError);
    }
}

TEST_CASE("who has no row, two rows or no marks is left out, and it is said who") {
    ClassResults results = samples::whole_class();
    results.attempts[1].student = "ADA";  // again
    results.attempts[2].student = "nobody";
    const auto filled = fill_canvas(results, {"g.csv", canvas, "Lockstep", ""}, any);
    REQUIRE(filled.remarks.size() == 6);
    CHECK(has(filled.remarks[0], "ADA was left out: its row has the points of ada already"));
    CHECK(has(filled.remarks[1], "nobody was left out: 'g.csv' has no row"));
    CHECK(has(filled.remarks[2], "dan was left out: the grader failed on it"));
    CHECK(has(filled.remarks[5], "fay was left out: the grader failed on it"));
    CHECK(has(filled.content, "9.5,16,95"));
    CHECK(has(filled.content, "A,,3,"));

    results.attempts.resize(1);
    results.attempts[0].student = "a";
    const std::string twice = "Student,ID,Section,X (1)\na,1,s,\nA,2,s,\n";
    CHECK(has(fill_canvas(results, {"g.csv", twice, "", ""}, any).remarks.at(0), "2 rows"));
}

TEST_CASE("Canvas is told when an assignment is worth something else") {
    std::string other = canvas;
    other.replace(other.find(",10,18,"), 7, ",10,100,");
    const auto filled =
        fill_canvas(three(), {"g.csv", other, "Lockstep", "bob,bob@example.org"}, any);
    REQUIRE(filled.remarks.size() == 1);
    CHECK(has(filled.remarks[0], "100 points"));
    CHECK(has(filled.content, "9.5,16,95"));
}

TEST_CASE("Moodle's worksheet gets grades and feedback, where it lets them be changed") {
    ClassResults results = three();
    results.attempts[0].student = "ada@example.org";
    results.attempts[1].student = "Participant 8";
    results.attempts[2].student = "cleo patra";
    const auto filled = fill_moodle(results, {"w.csv", moodle, "", ""}, any);
    const auto before = samples::lines_of(moodle);
    const auto after = samples::lines_of(filled.content);
    REQUIRE(after.size() == before.size());
    CHECK(after[0] == before[0]);
    CHECK(
        after[1].starts_with("\"Participant 7\",\"Ada Lovelace\",ada@example.org,\"Submitted for "
                             "grading\",16,18.00,Yes,\"Monday, 1 June 2026, 10:00 AM\",-,"));
    CHECK(has(after[1],
              "<p>16 of 18 points</p><ul><li>01-threaded-io: a free thread takes the "
              "next URL (wrong)."));
    CHECK(after[2] == before[2]);
    REQUIRE(filled.remarks.size() == 2);
    CHECK(has(filled.remarks[0], "Participant 8 was left out"));
    CHECK(has(after[3], "\"No submission\",2,10.00,Yes,-,-,"));
    CHECK(has(filled.remarks[1], "maximum grade is 10, and these results go up to 18"));
}

TEST_CASE("Moodle is given no grade that it would refuse") {
    ClassResults results = three();
    results.attempts.resize(1);
    results.attempts[0].student = "Participant 9";
    const auto filled = fill_moodle(results, {"w.csv", moodle, "", ""}, any);
    CHECK(filled.content == moodle);
    REQUIRE(filled.remarks.size() == 1);
    CHECK(has(filled.remarks[0], "16 points are more than Moodle's maximum grade of 10"));
}

TEST_CASE("feedback for Moodle is HTML without a student's own") {
    ClassResults results = three();
    results.attempts.resize(1);
    results.attempts[0].student = "Participant 7";
    results.attempts[0].result = samples::all_with(lockstep::Verdict::wrong);
    results.attempts[0].result->exercises[0].checks[0].finding.happened = "<script>\"a\",b";
    const auto filled = fill_moodle(results, {"w.csv", moodle, "", ""}, any);
    CHECK_FALSE(has(filled.content, "<script"));
    CHECK(has(filled.content, "&lt;script&gt;&quot;a&quot;,b"));
    CHECK(lockstep::CsvTable::parse(filled.content, "w.csv").rows().size() == 4);
}

TEST_CASE("what is no worksheet of Moodle is refused") {
    for (const char* bad : {"", "a,b\n", "Identifier,Full name\n", "Full name,Grade\n"}) {
        CHECK_THROWS_AS(fill_moodle(three(), {"w.csv", bad, "", ""}, any), UsageError);
    }
    CHECK_THROWS_AS(fill_moodle(three(), {"w.csv", moodle, "Note", ""}, any), UsageError);
}

TEST_CASE("whole numbers are read as gradebooks write them") {
    CHECK(whole_number("18") == 18);
    CHECK(whole_number(" 18.00 ") == 18);
    CHECK(whole_number("18,0") == 18);
    CHECK(whole_number("0") == 0);
    for (const char* none : {"", "x", "18.5", "1e3", "18 points", "."}) {
        CAPTURE(none);
        CHECK_FALSE(whole_number(none));
    }
}
