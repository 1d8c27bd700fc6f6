// Text of students made fit to be shown.
#include <lab/catch.hpp>
#include <report/foreign.hpp>

#include <string>

using lockstep::clean_lines;
using lockstep::clean_text;
using lockstep::to_ascii;
using lockstep::without_commands;

TEST_CASE("cleaning keeps the blanks that a drawing is made of") {
    CHECK(clean_text("main    |##  ##|\n   x\n") == "main    |##  ##|\n   x");
    CHECK(clean_text("\tfor (;;)") == "    for (;;)");
}

TEST_CASE("cleaning takes out what moves a cursor and what is no text") {
    CHECK(clean_text("a\x1b[31mb\x1b[0m\r\nc\x07") == "ab\nc");
    CHECK(clean_text("\xff") == "\uFFFD");
}

TEST_CASE("a flood of lines is cut and says so") {
    const auto lines = clean_lines("a\nb\nc\nd\n", 3);
    REQUIRE(lines.size() == 3);
    CHECK(lines[1] == "b");
    CHECK(lines[2] == "…");
    CHECK(clean_lines("a\nb\nc\n", 3).back() == "c");
    CHECK(clean_text(std::string(1'000'000, 'x')).size() < 3'000);
    CHECK(clean_lines(std::string(1'000'000, '\n')).size() == 200);
}

TEST_CASE("drawings and French have a counterpart in ASCII") {
    CHECK(to_ascii("█ ✗ ├─┤") == "= x |-|");
    CHECK(to_ascii("été à l'œuvre « ici »") == "ete a l'oeuvre \" ici \"");
    CHECK(to_ascii("日本") == "????");
    CHECK(to_ascii("plain\n") == "plain\n");
    // An accent that falls off leaves no command behind.
    CHECK(to_ascii("##\u0655[error]") == "# [error]");
    CHECK(to_ascii("#\u0301#\u0301[error]").find("##[") == std::string::npos);
    CHECK(to_ascii(":\u0301:error::").find("::error") != 0);
}

TEST_CASE("no line is a workflow command, wherever its blanks are") {
    CHECK(without_commands("::error::x") == ": error::x");
    CHECK(without_commands("a\n \t::error::x\n") == "a\n \t: error::x\n");
    CHECK(without_commands("std::mutex") == "std::mutex");
    CHECK(without_commands("a ##[error]x") == "a # [error]x");
    CHECK(without_commands("") == "");
    CHECK(without_commands("\n\n") == "\n\n");
}
