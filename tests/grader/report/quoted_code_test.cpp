#include <lab/catch.hpp>
#include <lab/printable.hpp>
#include <report/quoted_code.hpp>

#include <string>
#include <vector>

using Lines = std::vector<std::string>;

namespace {

Lines fitted(Lines lines, std::size_t width) {
    lockstep::fit_quotes(lines, width);
    return lines;
}

}  // namespace

TEST_CASE("quoted code that fits, and what is no code, are left as they are") {
    const Lines fits{"a.cpp:1:2: error: a sentence that is longer than the page is wide, by far",
                     "   26 |      f(x);", "      |        ^"};
    CHECK(fitted(fits, 30) == fits);
    const Lines words{"either | or, in a line that is longer than the page is wide", "^ and ~"};
    CHECK(fitted(words, 30) == words);
}

TEST_CASE("code that is too wide loses its indentation first") {
    CHECK(fitted({"   26 |                 f(one, two);", "      |                   ^~~",
                  "      |                   |", "      |                   int"},
                 24) ==
          Lines{"   26 | f(one, two);", "      |   ^~~", "      |   |", "      |   int"});
}

TEST_CASE("the mark stays under what it marks, and is seen") {
    const std::string code = "auto value = first + second + third + fourth;";
    for (std::size_t mark = 0; mark < code.size(); ++mark) {
        CAPTURE(mark);
        const std::string blanks(mark, ' ');
        for (const std::size_t width : {20U, 31U, 44U}) {
            const Lines gcc =
                fitted({"    7 | " + code, "      | " + blanks + "^~~~~~~~~~~~"}, width);
            const std::size_t at = gcc[1].find('^');
            REQUIRE(at != std::string::npos);
            // The only sign of several bytes is "…", of which there may be one before it.
            const std::size_t more = gcc[0].find("…") < at ? std::string{"…"}.size() - 1 : 0;
            CHECK(gcc[0].at(at + more) == code[mark]);
            for (const std::string& line : gcc) CHECK(lab::printable::columns(line) <= width);
            CHECK(gcc[0].substr(0, 7) == "    7 |");

            const Lines clang = fitted({code, blanks + "^"}, width);
            CHECK(lab::printable::columns(clang[0]) <= width);
            const std::size_t there = clang[1].find('^');
            CHECK(clang[0].at(there + (clang[0].find("…") < there ? more : 0)) == code[mark]);
        }
    }
}
