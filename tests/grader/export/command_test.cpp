// `grader export` as its callers run it.
#include "running.hpp"

#include <lab/catch.hpp>

#include <iterator>

using lab::contains;

namespace {

auto entries_in(const fs::path& folder) {
    return std::distance(fs::directory_iterator{folder}, fs::directory_iterator{});
}

}  // namespace

TEST_CASE("a starter is exported without a word") {
    const Folder folder;
    const Ran ran = run(fmt::format("export starter --out '{}/new'", folder.text()));
    CHECK(ran.code == 0);
    CHECK(ran.out.empty());
    CHECK(ran.err.empty());
    CHECK(fs::exists(folder / "new/kit"));
    CHECK(fs::exists(folder / "new/exercises/05-cancellation/exercise.toml"));
    CHECK(entries_in(folder.text()) == 1);
}

TEST_CASE("exercises are named as elsewhere, and twice is once") {
    const Folder folder;
    const Ran ran = run(fmt::format(
        "export starter --out '{}/new' --exercise 2 --exercise threaded-io --exercise 02",
        folder.text()));
    CHECK(ran.code == 0);
    CHECK(content_of(folder / "new/exercises/CMakeLists.txt")
              .ends_with(
                  "lockstep_add_exercise(01-threaded-io)\n"
                  "lockstep_add_exercise(02-producer-consumer LIBRARIES Lockstep::lab_asio)\n"));
}

TEST_CASE("what is there is refused, and stays as it is") {
    const Folder folder;
    fs::create_directory(folder / "full");
    std::ofstream{folder / "full/mine"} << "mine";
    std::ofstream{folder / "file"} << "mine";
    CHECK_THAT(refused(fmt::format("export starter --out '{}/full'", folder.text())).err,
               contains("is not empty"));
    CHECK_THAT(refused(fmt::format("export starter --out '{}/file'", folder.text())).err,
               contains("is no folder"));
    CHECK(content_of(folder / "full/mine") == "mine");
    CHECK(content_of(folder / "file") == "mine");
    CHECK(entries_in(folder / "full") == 1);
    CHECK(entries_in(folder.text()) == 2);
}

TEST_CASE("the folder that the caller stands in is not replaced") {
    const Folder folder;
    const fs::path before = fs::current_path();
    fs::current_path(folder.text());
    CHECK_THAT(refused("export starter --out .").err, contains("the folder that you are in"));
    fs::current_path(before);
}

TEST_CASE("a place that can't be written is the machine's failure") {
    const Folder folder;
    refused(fmt::format("export starter --out '{}/missing/new'", folder.text()), 3);
    refused("export starter --out /proc/new", 3);
    CHECK(fs::is_empty(folder.text()));
}

TEST_CASE("where there is no room, nothing is left") {
    const Folder folder;
    // Files end at 8 KiB, by a signal unless it is ignored.
    const std::string command = fmt::format(
        "trap '' XFSZ; ulimit -f 8; exec '{}' export starter --out '{}/new' 2> /dev/null", GRADER,
        folder.text());
    const int status = std::system(("bash -c \"" + command + '"').c_str());
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 3);
    CHECK(fs::is_empty(folder.text()));
}

TEST_CASE("calls that make no sense are refused") {
    const Folder folder;
    const std::string out = fmt::format("--out '{}/new'", folder.text());
    refused("export");
    refused("export starter");
    refused("export nothing " + out);
    CHECK_THAT(refused("export starter " + out + " --exercise 01 --exercise 99").err,
               contains("There is no exercise '99'"));
    refused("export starter " + out + " more");
    CHECK(fs::is_empty(folder.text()));
}

TEST_CASE("its help says what it takes") {
    CHECK_THAT(run("export --help").out, contains("starter"));
    const Ran ran = run("export starter --help");
    CHECK(ran.code == 0);
    CHECK_THAT(ran.out, contains("--out DIR"));
    CHECK_THAT(ran.out, contains("--exercise ID"));
    CHECK_THAT(ran.out, contains("Exit codes:"));
}
