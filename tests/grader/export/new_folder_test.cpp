// A folder that is there complete or not at all.
#include <export/new_folder.hpp>

#include <base/error.hpp>
#include <base/read_file.hpp>
#include <base/scratch_folder.hpp>

#include <lab/catch.hpp>

#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace fs = std::filesystem;
using lockstep::GraderError;
using lockstep::NewFolder;
using lockstep::ScratchFolder;
using lockstep::UsageError;

namespace {

auto entries_in(const fs::path& folder) {
    return std::distance(fs::directory_iterator{folder}, fs::directory_iterator{});
}

}  // namespace

TEST_CASE("a new folder has its files, and nothing is left beside it") {
    const ScratchFolder scratch;
    NewFolder folder{scratch.path() / "new"};
    CHECK_FALSE(fs::exists(scratch.path() / "new"));
    folder.add("a", "one", false);
    folder.add("deep/er/b", std::string(200'000, 'x'), true);
    CHECK_FALSE(fs::exists(scratch.path() / "new"));
    folder.commit();
    CHECK(lockstep::read_file(scratch.path() / "new/a", 10) == "one");
    CHECK(fs::file_size(scratch.path() / "new/deep/er/b") == 200'000);
    struct stat plain {};
    struct stat program {};
    REQUIRE(stat((scratch.path() / "new/a").c_str(), &plain) == 0);
    REQUIRE(stat((scratch.path() / "new/deep/er/b").c_str(), &program) == 0);
    CHECK((plain.st_mode & 0111U) == 0);
    CHECK((program.st_mode & 0100U) != 0);
    CHECK(entries_in(scratch.path()) == 1);
}

TEST_CASE("a folder that is not committed never was") {
    const ScratchFolder scratch;
    {
        NewFolder folder{scratch.path() / "new"};
        folder.add("a", "one", false);
    }
    CHECK(fs::is_empty(scratch.path()));
}

TEST_CASE("a failure half way leaves nothing") {
    const ScratchFolder scratch;
    {
        NewFolder folder{scratch.path() / "new"};
        folder.add("a", "one", false);
        CHECK_THROWS_AS(folder.add("a/b", "in a file", false), GraderError);
        CHECK_THROWS_AS(folder.add("a", "again", false), GraderError);
    }
    CHECK(fs::is_empty(scratch.path()));
}

TEST_CASE("an empty folder is as good as none, also through a link") {
    const ScratchFolder scratch;
    fs::create_directory(scratch.path() / "real");
    fs::create_symlink("real", scratch.path() / "link");
    NewFolder folder{scratch.path() / "link"};
    folder.add("a", "one", false);
    folder.commit();
    CHECK(fs::is_symlink(scratch.path() / "link"));
    CHECK(fs::exists(scratch.path() / "real/a"));
    CHECK(entries_in(scratch.path()) == 2);
}

TEST_CASE("what is there is never replaced") {
    const ScratchFolder scratch;
    fs::create_directory(scratch.path() / "full");
    std::ofstream{scratch.path() / "full/mine"} << "mine";
    std::ofstream{scratch.path() / "file"} << "mine";
    CHECK_THROWS_AS(NewFolder{scratch.path() / "full"}, UsageError);
    CHECK_THROWS_AS(NewFolder{scratch.path() / "file"}, UsageError);

    // Not even what came in between.
    NewFolder folder{scratch.path() / "late"};
    folder.add("a", "one", false);
    fs::create_directory(scratch.path() / "late");
    std::ofstream{scratch.path() / "late/mine"} << "mine";
    CHECK_THROWS_AS(folder.commit(), UsageError);
    CHECK(lockstep::read_file(scratch.path() / "late/mine", 10) == "mine");
    CHECK(entries_in(scratch.path() / "late") == 1);
}

TEST_CASE("a place that can't be written is found at once") {
    const ScratchFolder scratch;
    CHECK_THROWS_AS(NewFolder{scratch.path() / "missing/new"}, GraderError);
    CHECK_THROWS_AS(NewFolder{"/proc/new"}, GraderError);
    CHECK(fs::is_empty(scratch.path()));
}

TEST_CASE("a slash behind the name does not matter") {
    const ScratchFolder scratch;
    NewFolder folder{scratch.path() / "new" / ""};
    folder.commit();
    CHECK(fs::is_directory(scratch.path() / "new"));
    CHECK(entries_in(scratch.path()) == 1);
}
