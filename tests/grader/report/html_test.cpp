// Pages for browsers, by their properties, and in a browser where there is one.
#include "samples.hpp"

#include <lab/catch.hpp>
#include <report/html.hpp>

#include <chrono>
#include <set>
#include <string>
#include <vector>

using lockstep::Audience;
using lockstep::ClassResults;
using lockstep::Language;
using lockstep::page_names;
using lockstep::Result;
using samples::context;
using samples::has;

namespace {

std::vector<std::string> pages() {
    std::vector<std::string> pages;
    for (const Audience audience : {Audience::student, Audience::instructor}) {
        for (const Language language : {Language::en, Language::fr}) {
            for (const Result& result : samples::all()) {
                pages.push_back(render_html(result, context(audience, language)));
            }
            const auto results = samples::whole_class();
            pages.push_back(render_class_html(results, context(audience, language)));
            pages.push_back(
                render_class_page(results, context(audience, language), page_names(results)));
        }
    }
    return pages;
}

ClassResults many(std::size_t students) {
    ClassResults results = samples::whole_class();
    const auto three = results.attempts;
    while (results.attempts.size() < students) {
        results.attempts.push_back(three[results.attempts.size() % 3]);
        results.attempts.back().student = "student" + std::to_string(results.attempts.size());
        // As if each had handed in everything.
        for (std::size_t i = 0; i < 4; ++i) {
            auto& exercises = results.attempts.back().result->exercises;
            exercises.push_back(samples::real("fixed_slices").exercises[0]);
            exercises.back().id = "0" + std::to_string(i + 5) + "-more";
        }
    }
    return results;
}

}  // namespace

TEST_CASE("pages are well-formed, link to what is there, and fetch nothing") {
    for (const std::string& answer : samples::checked_by("check_html.py", pages(), ".html")) {
        CHECK(answer == "ok");
    }
}

TEST_CASE("the check of pages refuses what they must not be") {
    const std::string good = render_html(samples::real("fixed_slices"), context(Audience::student));
    std::vector<std::string> documents;
    for (const char* bad :
         {"<script>1</script>", "<img src=x>", "<p onclick=x></p>", "</p>",
          "<a href=\"https://example.org\">x</a>", "<a href=\"#nothing\">x</a>"}) {
        std::string page = good;
        page.replace(page.find("</main>"), 0, bad);
        documents.push_back(page);
    }
    for (const std::string& answer : samples::checked_by("check_html.py", documents, ".html")) {
        CHECK(answer != "ok");
    }
}

TEST_CASE("a student's page tells what fails before what passes, with the picture and the hint") {
    const std::string text = render_html(samples::real("fixed_slices"), context(Audience::student));
    std::size_t at = 0;
    for (const char* part :
         {"lang=\"en\"", "default-src 'none'", "prefers-color-scheme: dark", "@media print",
          "href=\"#main\"", "<h1>fixed_slices</h1>", "16 of 18 points", "✗ wrong",
          "a free thread takes the next URL", "<dt>expected</dt>", "<dt>happened</dt>",
          "downloads.cpp:24", R"(role="img" aria-label="Timeline of the run: After)", "thread 1",
          "Balance the load", "✓ pass"}) {
        CAPTURE(part);
        at = text.find(part, at);
        REQUIRE(at != std::string::npos);
    }
    CHECK_FALSE(has(text, "<details>"));
    CHECK(has(render_html(samples::real("does_not_compile"), context(Audience::student)),
              "<dd class=\"code\">downloads.cpp: "));
    CHECK(has(render_html(samples::real("fixed_slices"), context(Audience::instructor)),
              "round robin"));
}

TEST_CASE("a check's timeline is drawn, and the picture in text is folded behind it") {
    const std::string text = render_html(samples::every_verdict(), context(Audience::student));
    std::size_t at = text.find("<article id=\"01-first/deadlock\">");
    for (const char* part :
         {"<figcaption>Timeline of the run</figcaption>", R"(tabindex="0" role="group")",
          R"(<svg class="lockstep timeline" role="img")",
          "aria-label=\"2 threads, 2 s. deadlock of deadlock: They wait of deadlock.\"",
          "main of deadlock", "<title>waits for a lock: mutex of deadlock, from 1 s to 2 s</title>",
          "fetch of deadlock", "… and 7 more bars too short", "✗ deadlock of deadlock", "</svg>",
          "<summary>The timeline as text</summary>", R"(<pre tabindex="0" role="img")",
          "</article>"}) {
        CAPTURE(part);
        at = text.find(part, at);
        REQUIRE(at != std::string::npos);
    }
    // One set of patterns for all drawings of the page.
    CHECK(text.find("<pattern id=\"timeline-lock\"") ==
          text.rfind("<pattern id=\"timeline-lock\""));
}

TEST_CASE("an instructor sees the reference solution's timeline beside it, a student does not") {
    const std::string expected = "Expected: the reference solution";
    const Result result = samples::every_verdict();
    const std::string student = render_html(result, context(Audience::student));
    CHECK_FALSE(has(student, expected));
    CHECK_FALSE(has(student, "as only the reference does"));
    const std::string instructor = render_html(result, context(Audience::instructor));
    const std::size_t article = instructor.find("<article id=\"01-first/deadlock\">");
    const std::size_t own = instructor.find("<figcaption>Timeline of the run", article);
    const std::size_t other = instructor.find("<figcaption>" + expected, article);
    REQUIRE(other != std::string::npos);
    CHECK(own < other);
    CHECK(other < instructor.find("</article>", article));
    const auto results = samples::whole_class();
    CHECK(has(render_class_html(results, context(Audience::instructor)), expected));
    CHECK_FALSE(has(render_class_html(results, context(Audience::student)), "<figure>"));
}

TEST_CASE("what is written in a timeline is text, whatever it is") {
    const std::string text = render_html(samples::hostile(), context(Audience::instructor));
    CHECK_FALSE(has(text, "<script"));
    CHECK_FALSE(has(text, "<!--"));
    CHECK(has(text, "&lt;script&gt;"));
}

TEST_CASE("a page of several exercises begins with links to them, and with what there is to do") {
    Result result = samples::all_with(lockstep::Verdict::pass);
    result.exercises.push_back(samples::all_with(lockstep::Verdict::wrong).exercises[0]);
    result.exercises[1].id = "02-second";
    const std::string text = render_html(result, context(Audience::student));
    CHECK(has(text,
              "<a href=\"#02-second\">02-second An exercise</a> <span "
              "class=\"points\">0/6</span>"));
    CHECK(text.find("<section id=\"02-second\">") < text.find("<section id=\"01-first\">"));
}

TEST_CASE("a class's page has its distribution, diagnoses, map and checks") {
    auto results = samples::whole_class();
    results.attempts.push_back(results.attempts.front());
    results.attempts.back().student = "ann";
    const std::string text =
        render_class_page(results, context(Audience::instructor), page_names(results));
    for (const char* part :
         {"spring &lt;class&gt;", "Distribution of scores", "What goes wrong most",
          "1 student blocks the loop", R"(<th scope="row"><a href="ada.html">ada</a></th>)",
          R"(title="blocked loop" aria-label="blocked loop">L</td>)", "not graded", "Signs",
          "id=\"01-threaded-io/balance\"",
          R"(<p><a href="ada.html">ada</a>, <a href="ann.html">ann</a></p>)",
          "<p>For example: <a"}) {
        CAPTURE(part);
        CHECK(has(text, part));
    }
}

TEST_CASE("a class's page for students names nobody and shows nobody's run") {
    const std::string text = render_class_html(samples::whole_class(), context(Audience::student));
    CHECK(has(text, "1 student blocks the loop"));
    for (const char* part : {"ada", "cleo", "calc", "fay", "downloads.cpp", "What happened"}) {
        CAPTURE(part);
        CHECK_FALSE(has(text.substr(text.find("<body")), std::string{">"} + part));
        CHECK_FALSE(has(text.substr(text.find("<body")), std::string{" "} + part));
    }
}

TEST_CASE("the names of pages are plain, and no two are the same") {
    ClassResults results;
    for (const char* student :
         {"ada", "ADA", "../../etc/passwd", "", ".hidden", "é", "a b", "a_b"}) {
        results.attempts.push_back({student, std::nullopt, std::nullopt, ""});
    }
    std::set<std::string> names;
    for (const std::string& name : page_names(results)) {
        CAPTURE(name);
        CHECK(names.insert(name).second);
        CHECK(
            name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "-_.") == std::string::npos);
        CHECK_FALSE(name.starts_with(".."));
        CHECK(name.ends_with(".html"));
    }
    CHECK(names.contains("ada.html"));
    CHECK(names.contains("ADA-2.html"));
}

TEST_CASE("five hundred students are quick") {
    const ClassResults results = many(500);
    const auto start = std::chrono::steady_clock::now();
    const std::string text =
        render_class_page(results, context(Audience::instructor), page_names(results));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    WARN("A class of 500: " << text.size() / 1024 << " KiB in " << took.count() << " s.");
    CHECK(took.count() < 10);  // measured: a fraction of a second, unoptimised
    CHECK(text.size() < (8U << 20U));
}

TEST_CASE("a browser opens pages from their files, and has nothing to say of them") {
    const auto results = samples::whole_class();
    const std::vector<std::string> few{
        render_html(samples::hostile(), context(Audience::instructor)),
        render_html(samples::every_verdict(), context(Audience::student, Language::fr)),
        render_class_page(results, context(Audience::instructor), page_names(results)),
        render_class_html(results, context(Audience::student))};
    for (const std::string& answer : samples::checked_by("check_in_browser.py", few, ".html")) {
        CHECK(answer == "ok");
    }
}

TEST_CASE("the browser does report what a page should not do") {
    std::string page = render_html(samples::real("fixed_slices"), context(Audience::student));
    page.replace(page.find("</main>"), 0, "<script>1</script>");
    for (const std::string& answer : samples::checked_by("check_in_browser.py", {page}, ".html")) {
        CHECK(answer != "ok");
    }
}
