// Ctrl-C and SIGTERM while something is being compiled.
#include <lab/catch.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// Processes in whose environment this cache is named, or whose command line names it: the grader's
/// own and whatever it started for it.
std::size_t processes_that_name(const std::string& text) {
    std::size_t count = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator{"/proc"}) {
        const std::string name = entry.path().filename();
        if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) {
            continue;
        }
        std::stringstream content;
        content << std::ifstream{entry.path() / "cmdline"}.rdbuf();
        count += content.str().find(text) != std::string::npos ? 1 : 0;
    }
    return count;
}

}  // namespace

TEST_CASE("an interrupted grading says so, leaves no process, no report and nothing half-written") {
    for (const int signal : {SIGINT, SIGTERM}) {
        CAPTURE(signal);
        std::string folder = (fs::temp_directory_path() / "interruption_test.XXXXXX").string();
        REQUIRE(mkdtemp(folder.data()) != nullptr);
        const std::string cache = folder + "/cache";
        const std::string report = folder + "/report";
        // Opened at once, so that what is there shows that grading is about to begin.
        const pid_t grader = fork();
        REQUIRE(grader >= 0);
        if (grader == 0) {
            const std::string log = folder + "/log";
            if (freopen(log.c_str(), "w", stderr) != nullptr) {
                execl(GRADER, GRADER, "grade", KIT "/solutions", "--cache", cache.c_str(),
                      "--output", report.c_str(), nullptr);
            }
            _exit(99);
        }
        const auto begun = [&] { return fs::exists(cache) && !fs::is_empty(cache); };
        for (int i = 0; i < 2'000 && !begun(); ++i) {
            std::this_thread::sleep_for(5ms);
        }
        CHECK(begun());
        REQUIRE(kill(grader, signal) == 0);
        int status = 0;
        REQUIRE(waitpid(grader, &status, 0) == grader);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 128 + signal);
        CHECK_FALSE(fs::exists(report));
        CHECK(processes_that_name(folder) == 0);
        for (const fs::directory_entry& entry : fs::directory_iterator{folder}) {
            CHECK(entry.path().extension() != ".part");
        }
        std::stringstream said;
        said << std::ifstream{folder + "/log"}.rdbuf();
        CHECK_THAT(said.str(), lab::contains("Interrupted"));
        fs::remove_all(folder);
    }
}
