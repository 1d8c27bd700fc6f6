// Reports are there complete or not at all.
#include <base/error.hpp>
#include <base/read_file.hpp>
#include <base/scratch_folder.hpp>
#include <commands/output_file.hpp>
#include <lab/catch.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;
using lab::contains;
using lockstep::GraderError;
using lockstep::OutputFile;
using lockstep::UsageError;

namespace {

struct Folder : lockstep::ScratchFolder {
    [[nodiscard]] std::size_t entries() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator{path()}, fs::directory_iterator{}));
    }
};

std::string content_of(const fs::path& file) { return lockstep::read_bytes(file).value_or(""); }

}  // namespace

TEST_CASE("a report is there only when it is complete") {
    const Folder folder;
    OutputFile output{folder / "report"};
    CHECK_FALSE(fs::exists(folder / "report"));
    output.commit("all of it");
    CHECK(content_of(folder / "report") == "all of it");
    CHECK(folder.entries() == 1);
}

TEST_CASE(
    "what was there before stays until the new report is complete, and for good without one") {
    const Folder folder;
    std::ofstream{folder / "report"} << "the old one";
    {
        const OutputFile output{folder / "report"};
        CHECK(content_of(folder / "report") == "the old one");
    }
    CHECK(content_of(folder / "report") == "the old one");
    CHECK(folder.entries() == 1);
    OutputFile{folder / "report"}.commit("new");
    CHECK(content_of(folder / "report") == "new");
}

TEST_CASE("a link's target is replaced, and not the link") {
    const Folder folder;
    std::ofstream{folder / "target"} << "old";
    fs::create_symlink(folder / "target", folder / "link");
    OutputFile{folder / "link"}.commit("new");
    CHECK(fs::is_symlink(folder / "link"));
    CHECK(content_of(folder / "target") == "new");
}

TEST_CASE("a place that can't be written is found at once") {
    const Folder folder;
    CHECK_THROWS_AS(OutputFile(folder / "none" / "report"), UsageError);
    fs::create_directory(folder / "folder");
    CHECK_THROWS_AS(OutputFile(folder / "folder"), UsageError);
    CHECK_THROWS_WITH(OutputFile("/proc/report"), contains("/proc/report"));
}

TEST_CASE("a device is written to as it is") {
    CHECK_NOTHROW(OutputFile{"/dev/null"}.commit("gone"));
    CHECK_FALSE(fs::is_regular_file("/dev/null"));
}

TEST_CASE("a full disk is the grader's failure, and leaves what was there") {
    CHECK_THROWS_AS(OutputFile{"/dev/full"}.commit("too much"), GraderError);

    // A limit on file sizes is as good as a full disk; in a process of its own, for it stays.
    const Folder folder;
    std::ofstream{folder / "report"} << "the old one";
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{4'096, 4'096};
        setrlimit(RLIMIT_FSIZE, &limit);
        int code = 1;
        try {
            OutputFile{folder / "report"}.commit(std::string(100'000, 'x'));
        } catch (const GraderError&) {
            code = 0;
        }
        _exit(code);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(content_of(folder / "report") == "the old one");
    CHECK(folder.entries() == 1);
}
