// The report for people, by its properties.
#include "samples.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>
#include <report/text.hpp>

#include <algorithm>
#include <string>

using lab::contains;
using lockstep::Audience;
using lockstep::Language;
using lockstep::render_text;
using lockstep::Result;
using lockstep::TextStyle;
using lockstep::Verdict;
using samples::has;
using samples::lines_of;

namespace {

TextStyle styled(Audience audience, Language language = Language::en) {
    TextStyle style;
    style.audience = audience;
    style.language = language;
    return style;
}

}  // namespace

TEST_CASE("a report opens with the submission and its score") {
    const std::string text = render_text(samples::every_verdict());
    CHECK_THAT(lines_of(text).at(0), contains("a submission"));
    CHECK_THAT(lines_of(text).at(0), contains("12 of 60 points"));
}

TEST_CASE("how it is with each of several exercises is said before anything else") {
    const std::string several = render_text(samples::every_verdict());
    const std::size_t first = several.find("  01-first  An exercise");
    const std::size_t second = several.find("  02-second  An exercise");
    REQUIRE(second != std::string::npos);
    CHECK(first < second);
    CHECK(second < several.find("the title of"));
    CHECK_THAT(lines_of(several.substr(second)).at(0), contains("6/30"));
    CHECK_FALSE(has(render_text(samples::all_with(Verdict::wrong)), "  01-first  An"));
}

TEST_CASE("an exercise with something left to do comes before one with full marks") {
    Result result = samples::all_with(Verdict::pass);
    result.exercises.push_back(samples::all_with(Verdict::wrong).exercises[0]);
    result.exercises[1].id = "02-second";
    const std::string text = render_text(result);
    CHECK(text.find("✗ wrong") < text.find("✓ pass"));
    CHECK(text.find("01-first") < text.find("02-second"));
}

TEST_CASE("no line is wider than the page") {
    for (const Result& result : {samples::every_verdict(), samples::hostile()}) {
        for (const unsigned width : {40U, 63U, 80U, 120U}) {
            for (const bool unicode : {true, false}) {
                for (const Language language : {Language::en, Language::fr}) {
                    TextStyle style = styled(Audience::instructor, language);
                    style.width = width;
                    style.unicode = unicode;
                    for (const std::string& line : lines_of(render_text(result, style))) {
                        CAPTURE(line, width);
                        CHECK(lab::printable::columns(line) <= width);
                    }
                }
            }
        }
    }
}

TEST_CASE("a failed check says what was expected, what happened, where, a picture and a hint, so") {
    const std::string text = render_text(samples::every_verdict());
    std::size_t at = 0;
    for (const char* part :
         {"deadlock ", "It shows what deadlock shows.", "expected", "What was expected of deadlock",
          "happened", "What happened instead in deadlock", "where", "downloads.cpp:15",
          "thread 1 |  ▓▓▓ ✗ |", "hint", "The hint for deadlock."}) {
        CAPTURE(part);
        at = text.find(part, at);
        REQUIRE(at != std::string::npos);
    }
}

TEST_CASE("what failed comes before what was not judged, and both before what passed") {
    const std::string text = render_text(samples::every_verdict());
    CHECK(text.find("the title of wrong") < text.find("the title of timeout"));
    CHECK(text.find("the title of timeout") < text.find("the title of grader_error"));
    CHECK(text.find("the title of grader_error") < text.find("the title of pass"));
}

TEST_CASE("a check that passes takes one line") {
    const std::string text = render_text(samples::all_with(Verdict::pass));
    CHECK_FALSE(has(text, "It shows what"));
    const auto lines = lines_of(text);
    CHECK(std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
              return has(line, "the title of") && has(line, "✓ pass") && line.ends_with("2/2");
          }) == 3);
}

TEST_CASE("what was skipped and what the grader failed at say that they cost nothing") {
    CHECK_THAT(render_text(samples::all_with(Verdict::skipped)), contains("costs no points"));
    const std::string broken = render_text(samples::all_with(Verdict::grader_error));
    CHECK_THAT(broken, contains("3 checks could not be judged"));
    CHECK_THAT(broken, contains("not the submission"));
    CHECK_FALSE(has(render_text(samples::all_with(Verdict::wrong)), "costs no points"));
}

TEST_CASE("the same cause is told once") {
    const std::string text = render_text(samples::all_with(Verdict::build_error));
    CHECK(text.find("It is not.") == text.rfind("It is not."));
    CHECK(text.find("the same as above") != text.rfind("the same as above"));
}

TEST_CASE("a student sees no seed, no recipe and no stacks; an instructor does") {
    const std::string student = render_text(samples::every_verdict(), styled(Audience::student));
    const std::string instructor =
        render_text(samples::every_verdict(), styled(Audience::instructor));
    for (const char* secret : {"18446744073709551615", "random walk", "The stacks of"}) {
        CAPTURE(secret);
        CHECK_FALSE(has(student, secret));
        CHECK(has(instructor, secret));
    }
}

TEST_CASE("colour is used where it is asked for, and says nothing of its own") {
    TextStyle style;
    const std::string plain = render_text(samples::every_verdict(), style);
    CHECK_FALSE(has(plain, "\x1b"));
    style.colour = true;
    std::string painted = render_text(samples::every_verdict(), style);
    CHECK(has(painted, "\x1b[1;31m"));
    for (std::size_t at = painted.find('\x1b'); at != std::string::npos;
         at = painted.find('\x1b')) {
        painted.erase(at, painted.find('m', at) + 1 - at);
    }
    CHECK(painted == plain);
}

TEST_CASE("without Unicode all is ASCII, in French as well") {
    for (const Language language : {Language::en, Language::fr}) {
        TextStyle style = styled(Audience::instructor, language);
        style.unicode = false;
        const std::string text =
            render_text(samples::hostile(), style) + render_text(samples::every_verdict(), style);
        CHECK(std::all_of(text.begin(), text.end(),
                          [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); }));
    }
}

TEST_CASE("a French report speaks French") {
    const std::string text =
        render_text(samples::every_verdict(), styled(Audience::student, Language::fr));
    for (const char* part : {"12 sur 60 points", "attendu", "constaté", "indice",
                             "le titre de deadlock", "interblocage", "à écrire", "Un exercice"}) {
        CAPTURE(part);
        CHECK(has(text, part));
    }
    CHECK_FALSE(has(text, "the title of"));
}

TEST_CASE("no text of a student moves the cursor or commands the runner") {
    for (const Audience audience : {Audience::student, Audience::instructor}) {
        const std::string text = render_text(samples::hostile(), styled(audience));
        CHECK(std::all_of(text.begin(), text.end(), [](char c) {
            return c == '\n' || static_cast<unsigned char>(c) >= 0x20;
        }));
        CHECK_FALSE(has(text, "##["));
        CHECK_FALSE(has(text, "\u202e"));
        for (const std::string& line : lines_of(text)) {
            const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
            CAPTURE(line);
            CHECK_FALSE(line.substr(start).starts_with("::"));
        }
        CHECK(lines_of(text).size() < 8'000);
    }
}

TEST_CASE("times change nothing in the text") {
    Result result = samples::every_verdict();
    const std::string text = render_text(result);
    result.times.total_s = 99;
    result.times.exercises.clear();
    CHECK(render_text(result) == text);
}
