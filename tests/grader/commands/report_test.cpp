// `grader report` as its callers see it: what it writes where, its sentences and exit codes.
#include "running.hpp"

#include <lab/catch.hpp>

#include <fstream>
#include <string>

using lab::contains;

namespace {

const std::string one = RESULTS "/fixed_slices.json";
const std::string all = RESULTS;

}  // namespace

TEST_CASE("one result is written in any format, to standard output or a file") {
    const Ran text = run("report " + one);
    CHECK(text.code == 0);
    CHECK(text.err.empty());
    CHECK_THAT(text.out, contains("16 of 18 points"));
    const Ran junit = run("report " + one + " --format junit");
    CHECK(junit.code == 0);
    CHECK(junit.out.starts_with("<?xml"));
    CHECK(run("report " + one + " --format csv").code == 0);

    const Folder folder;
    const std::string file = (folder / "ada.html").string();
    const Ran page = run("report " + one + " --format html --output " + file);
    CHECK(page.code == 0);
    CHECK(page.out.empty());
    CHECK(content_of(file).starts_with("<!DOCTYPE html>"));
}

TEST_CASE("a student's report is the default for one result, an instructor's for a class") {
    CHECK(run("report " + one).out.find("--seed") == std::string::npos);
    CHECK_THAT(run("report " + one + " --audience instructor").out, contains("--seed"));
    CHECK_THAT(run("report " + all).out, contains("fixed_slices"));
    CHECK(run("report " + all + " --audience student").out.find("fixed_slices") ==
          std::string::npos);
}

TEST_CASE("a class in html is one page, or a folder with a page for each student") {
    const Folder folder;
    const std::string pages = (folder / "pages").string();
    CHECK(run("report " + all + " --format html --output " + pages).code == 0);
    CHECK_THAT(content_of(folder / "pages/class.html"), contains("students/fixed_slices.html"));
    CHECK_THAT(content_of(folder / "pages/students/fixed_slices.html"),
               contains("16 of 18 points"));
    const std::string file = (folder / "class.html").string();
    CHECK(run("report " + all + " --format html --output " + file).code == 0);
    CHECK(content_of(file).find("students/fixed_slices.html") == std::string::npos);
}

TEST_CASE("an export is filled, and who is left out is named") {
    const Folder folder;
    std::ofstream{folder / "grades.csv"}
        << "Student,ID,Section,Lockstep (1)\n    Points Possible,,,18\nx,fixed_slices,A,\n";
    const Ran ran = run("report " + all + " --format canvas --export '" +
                        (folder / "grades.csv").string() + "'");
    CHECK(ran.code == 1);
    CHECK_THAT(ran.out, contains("x,fixed_slices,A,16\n"));
    CHECK_THAT(ran.err, contains("blocks_the_loop was left out"));
}

TEST_CASE("a class with a file that holds no result is reported, and the exit code says so") {
    const Folder folder;
    fs::copy_file(one, folder / "ada.json");
    std::ofstream{folder / "bob.json"} << R"({"schema": "lockstep/result/v9"})";
    const Ran ran = run("report " + folder.text() + " --format csv");
    CHECK(ran.code == 3);
    CHECK_THAT(ran.out, contains("ada,,16,18,"));
    CHECK_THAT(ran.out, contains("bob,,,,"));
    CHECK_THAT(ran.err, contains("lockstep/result/v9"));
}

TEST_CASE("reports that make no sense are refused with one sentence") {
    const Folder folder;
    refused("report");
    refused("report " + (folder / "nothing.json").string());
    refused("report " + folder.text());
    refused("report /dev/null");
    refused("report " + one + " --format pdf");
    refused("report " + one + " --audience parents");
    CHECK_THAT(refused("report " + all + " --format junit").err, contains("for one result"));
    CHECK_THAT(refused("report " + all + " --format moodle").err, contains("--export"));
    refused("report " + all + " --format csv --export x.csv");
    refused("report " + all + " --format canvas --export " + (folder / "none.csv").string());
    refused("report " + all + " --format canvas --export " + one);
    refused("report " + one + " --format html --output " + (folder / "no/such/folder/x").string());
    CHECK_THAT(refused("report " + one + " --format classroom50").err, contains("CLASSROOM"));
    std::ofstream{folder / "student.json"}
        << run("report " + one + " --format json --audience student").out;
    CHECK(run("report " + (folder / "student.json").string()).code == 0);
    CHECK_THAT(
        refused("report " + (folder / "student.json").string() + " --audience instructor").err,
        contains("written for a student"));
}

TEST_CASE("the JSON of a result is the result again, byte for byte") {
    CHECK(run("report " + one + " --format json --audience instructor").out == content_of(one));
}

TEST_CASE("Classroom 50's variables are looked for before anything is graded") {
    const Ran ran = refused("grade '" KIT "/solutions' --format classroom50");
    CHECK_THAT(ran.err, contains("CLASSROOM"));
}
