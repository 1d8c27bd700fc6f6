// Markdown for the step summary, and annotations.
#include "samples.hpp"

#include <lab/catch.hpp>
#include <report/markdown.hpp>

#include <algorithm>
#include <string>

using lockstep::Audience;
using lockstep::markdown_text;
using lockstep::Result;
using lockstep::Verdict;
using samples::context;
using samples::has;

TEST_CASE("a summary has the score, a table, and folded details with the picture and the hint") {
    const std::string text =
        render_markdown(samples::real("fixed_slices"), context(Audience::student));
    CHECK(has(samples::lines_of(text).at(0), "16 of 18 points"));
    CHECK(has(text, "| ❌ | a free thread takes the next URL | wrong | 0/2 |"));
    CHECK(has(text, "| pass | 2/2 |"));
    CHECK(has(text, "<details><summary>wrong: a free thread takes the next URL</summary>"));
    CHECK(has(text, "thread 1"));
    CHECK(has(text, "Balance the load"));
    CHECK(std::count(text.begin(), text.end(), '<') == 4);
}

TEST_CASE("no text of a student ends a code block or opens an element") {
    Result result = samples::all_with(Verdict::wrong);
    result.submission = "<script>|`a`|[x](http://x)";
    for (auto& check : result.exercises[0].checks) {
        check.title.en = "<img src=x> | `b`";
        check.finding.happened = "```\n</details><script>\n`````\n~~~";
    }
    const std::string text = render_markdown(result, context(Audience::student));
    CHECK_FALSE(has(text, "<img"));
    CHECK_FALSE(has(samples::lines_of(text).at(0), "<"));
    CHECK_FALSE(has(samples::lines_of(text).at(0), "]("));
    // Each block is fenced by more backticks than there are in it.
    std::size_t fences = 0;
    for (const std::string& line : samples::lines_of(text)) {
        fences += line.starts_with("``````") ? 1U : 0U;
    }
    CHECK(fences == 6);
}

TEST_CASE("a summary fits into GitHub's mebibyte") {
    Result result;
    for (int number = 0; number < 40; ++number) {
        result.exercises.push_back(samples::all_with(Verdict::wrong).exercises[0]);
        for (auto& check : result.exercises.back().checks) {
            for (int line = 0; line < 200; ++line) {
                check.finding.happened += std::string(1'000, 'x') + "\n";
            }
        }
    }
    const std::string text = render_markdown(result, context(Audience::student));
    CHECK(text.size() < (1U << 20U));
    CHECK(text.size() > (1U << 18U));
}

TEST_CASE("every sign of Markdown is taken out of its text") {
    CHECK(markdown_text("a*b|c") == "a&#42;b&#124;c");
    CHECK(markdown_text("plain text 12") == "plain text 12");
}

TEST_CASE("annotations stand beside the student's lines, at most ten of a kind") {
    const std::string one =
        render_annotations(samples::real("fixed_slices"), context(Audience::student));
    REQUIRE(samples::lines_of(one).size() == 1);
    CHECK(one.starts_with("::error file=exercises/01-threaded-io/downloads.cpp,line=24,title="));
    CHECK(has(one, "%0ABalance the load"));

    const auto count = [](const std::string& text, const std::string& start) {
        const auto lines = samples::lines_of(text);
        return std::count_if(lines.begin(), lines.end(),
                             [&](const std::string& line) { return line.starts_with(start); });
    };
    const std::string many =
        render_annotations(samples::every_verdict(), context(Audience::student));
    CHECK(count(many, "::error ") == 10);
    CHECK(count(many, "::warning ") == 2);
    CHECK(render_annotations(samples::all_with(Verdict::pass), context(Audience::student)).empty());
}

TEST_CASE("an annotation is one line, and its properties can't be added to") {
    Result result = samples::all_with(Verdict::wrong);
    result.exercises[0].checks.resize(1);
    auto& check = result.exercises[0].checks[0];
    check.title.en = "a,line=9::b";
    check.finding.file = "x.cpp,line=7::y";
    check.finding.happened = "50 % of it\nmore";
    check.finding.hint = "first\nsecond";
    const std::string text = render_annotations(result, context(Audience::student));
    CHECK(samples::lines_of(text).size() == 1);
    CHECK(has(text, "file=exercises/01-first/x.cpp%2Cline=7%3A%3Ay,line=8,"));
    CHECK(has(text, "title=wrong%3A a%2Cline=9%3A%3Ab::50 %25 of it%0Afirst second"));
}
