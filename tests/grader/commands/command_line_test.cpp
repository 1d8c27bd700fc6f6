// The program as its callers see it: sentences and exit codes, for all that needs no build.
#include "running.hpp"

#include <lab/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using lab::contains;

TEST_CASE("every command has a help worth reading") {
    CHECK_THAT(run("--help").out, contains("Exit codes:"));
    for (const char* command : {"list", "grade", "report", "verify", "doctor"}) {
        CAPTURE(command);
        CHECK_THAT(run("--help").out, contains(command));
        const Ran ran = run(fmt::format("{} --help", command));
        CHECK(ran.code == 0);
        CHECK(ran.err.empty());
        CHECK_THAT(ran.out, contains("--"));
    }
    const std::string help = run("grade --help").out;
    for (const char* option :
         {"SUBMISSION", "--exercise ID", "--format FORMAT", "junit", "--output FILE", "--seed N",
          "--audience", "--language en|fr", "--color", "--cache DIR", "--jobs N", "Exit codes:"}) {
        CAPTURE(help);
        CHECK_THAT(help, contains(option));
    }
}

TEST_CASE("the version is one line") {
    const Ran ran = run("--version");
    CHECK(ran.code == 0);
    CHECK_THAT(ran.out, contains("grader 0."));
    CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 1);
}

TEST_CASE("exercises are listed for people and for programs") {
    CHECK_THAT(run("list").out, contains("01-threaded-io"));
    const auto json = nlohmann::json::parse(run("list --format json").out);
    CHECK(json["exercises"][0]["id"] == "01-threaded-io");
    CHECK(json["exercises"][0]["checks"].size() == 9);
    CHECK(json["exercises"][0]["points"] == 18);
    setenv("LC_ALL", "C", 1);
    const std::string french = run("list --language fr").out;
    unsetenv("LC_ALL");
    CHECK(std::all_of(french.begin(), french.end(), [](char c) { return c >= 0; }));
    CHECK_THAT(french, contains("points"));
}

TEST_CASE("a call that makes no sense is refused with one sentence") {
    refused("");
    refused("judge");
    refused("grade");
    refused("grade --nonsense x");
    CHECK_THAT(refused("grade x --format xml").err, contains("text|json|html"));
    refused("grade x --format csv");
    refused("list --format html");
    CHECK_THAT(refused("grade x --audience parents").err, contains("instructor|student"));
    refused("grade x --language de");
    refused("grade x --color sometimes");
    refused("grade x --seed -1");
    refused("grade x --seed 99999999999999999999999");
    refused("grade x --seed ten");
    refused("grade x --jobs 0");
    refused("verify --seeds 0");
    refused("verify --repeat 0");
    refused("list more");
}

TEST_CASE(
    "a submission that is not there, or holds nothing to grade, is refused with one sentence") {
    const Folder folder;
    CHECK_THAT(refused("grade '" + (folder / "none").string() + "'").err, contains("none"));
    refused("grade '" + folder.text() + "'");
    std::ofstream{folder / "notes.txt"} << "no exercise";
    refused("grade '" + folder.text() + "'");
    refused("grade '" + (folder / "notes.txt").string() + "'");
    REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
    refused("grade '" + (folder / "pipe").string() + "'");
    refused("grade /dev/zero");
}

TEST_CASE("names of submissions may hold anything") {
    const Folder folder;
    for (const char* name : {"two words", "-dashes", "accentué", "new\nline", "\x1b[2Jescape"}) {
        fs::create_directory(folder / name);
        const Ran ran = run("grade -- '" + (folder / name).string() + "'");
        CHECK(ran.code == 2);
        CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
        CHECK(ran.err.find('\x1b') == std::string::npos);
    }
}

TEST_CASE("an exercise that there is not is named beside those that there are") {
    const std::string error = refused("grade '" KIT "/solutions' --exercise 77").err;
    CHECK_THAT(error, contains("77"));
    CHECK_THAT(error, contains("01-threaded-io"));
    refused("verify --exercise nothing");
}

TEST_CASE("a report that can't be written is found before anything is graded") {
    const Folder folder;
    const std::string grade = "grade '" KIT "/solutions' --output ";
    CHECK_THAT(refused(grade + "'" + (folder / "none" / "report").string() + "'").err,
               contains("--output"));
    refused(grade + "'" + folder.text() + "'");
    refused(grade + "/proc/report");
}

TEST_CASE("standard output that can't be written to is no success") {
    const int status = std::system("'" GRADER "' list > /dev/full 2> /dev/null");
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 3);
}

TEST_CASE("without a kit the grader says where it looks for one") {
    const Folder folder;
    setenv("LOCKSTEP_SOURCE", folder.text().c_str(), 1);
    const Ran ran = refused("list", 3);
    unsetenv("LOCKSTEP_SOURCE");
    CHECK_THAT(ran.err, contains("LOCKSTEP_SOURCE"));
}
