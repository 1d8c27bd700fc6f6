// JUnit XML, read by a strict parser.
#include "samples.hpp"

#include <lab/catch.hpp>
#include <report/junit.hpp>

#include <string>
#include <vector>

using lockstep::Audience;
using lockstep::Result;
using samples::context;
using samples::has;

TEST_CASE("JUnit files are well-formed, and their counts are those of what is in them") {
    std::vector<std::string> documents;
    for (const Result& result : samples::all()) {
        documents.push_back(render_junit(result, context(Audience::instructor)));
    }
    const auto answers = samples::checked_by("check_xml.py", documents, ".xml");
    for (const std::string& answer : answers) {
        CHECK(answer.starts_with("ok"));
    }
    if (!answers.empty()) {
        // Of every verdict twice: 15 kinds, of which one passes, one is skipped, one an error.
        CHECK(answers[0] == "ok 30 24 2 2");
    }
}

TEST_CASE("the strict parser refuses what is no JUnit file") {
    const std::string good = render_junit(samples::every_verdict(), context(Audience::student));
    std::vector<std::string> documents;
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"tests=\"30\"", "tests=\"31\""},
             {"type=\"crash\"", ""},
             {"type=\"crash\"", "type=\"grader_error\""},
             {"</testsuites>", ""},
             {"the title of wrong", "the title of \x01"}}) {
        std::string bad = good;
        REQUIRE(has(bad, from));
        bad.replace(bad.find(from), from.size(), to);
        documents.push_back(bad);
    }
    for (const std::string& answer : samples::checked_by("check_xml.py", documents, ".xml")) {
        CHECK_FALSE(answer.starts_with("ok"));
    }
}

TEST_CASE("a failure has the verdict as its type and one sentence as its message") {
    const std::string text =
        render_junit(samples::real("fixed_slices"), context(Audience::student));
    CHECK(has(text, "<failure type=\"wrong\" message=\"After "));
    CHECK(has(text, "file=\"downloads.cpp\" line=\"24\""));
    CHECK(has(text, "classname=\"01-threaded-io.balance\""));
    CHECK(has(text, "Balance the load"));
    CHECK(has(text, "<property name=\"points\" value=\"16\"/>"));
}
