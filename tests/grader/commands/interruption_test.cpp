// Ctrl-C and SIGTERM while something is being compiled.
#include "running.hpp"

#include <lab/catch.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

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
        count += content_of(entry.path() / "cmdline").find(text) != std::string::npos ? 1 : 0;
    }
    return count;
}

/// A grader, told to work in a folder of its own, and interrupted when it has begun to.
struct Interrupted {
    Interrupted(std::vector<std::string> words, int signal) {
        const std::string cache = folder / "cache";
        words.insert(words.begin(), GRADER);
        words.insert(words.end(), {"--cache", cache});
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        const pid_t grader = fork();
        REQUIRE(grader >= 0);
        if (grader == 0) {
            if (freopen((folder / "out").c_str(), "w", stdout) != nullptr &&
                freopen((folder / "log").c_str(), "w", stderr) != nullptr) {
                execv(GRADER, arguments.data());
            }
            _exit(99);
        }
        // Opened at once, so that what is there shows that grading is about to begin.
        const auto begun = [&] { return fs::exists(cache) && !fs::is_empty(cache); };
        for (int i = 0; i < 2'000 && !begun(); ++i) {
            std::this_thread::sleep_for(5ms);
        }
        CHECK(begun());
        REQUIRE(kill(grader, signal) == 0);
        REQUIRE(waitpid(grader, &status, 0) == grader);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 128 + signal);
        CHECK(processes_that_name(folder.text()) == 0);
        for (const fs::directory_entry& entry : fs::directory_iterator{folder.text()}) {
            CHECK(entry.path().extension() != ".part");
        }
        CHECK_THAT(content_of(folder / "log"), lab::contains("Interrupted"));
    }

    Folder folder;
    int status = 0;
};

}  // namespace

TEST_CASE("an interrupted grading says so, leaves no process, no report and nothing half-written") {
    for (const int signal : {SIGINT, SIGTERM}) {
        CAPTURE(signal);
        const Folder reports;
        const fs::path report = reports / "report";
        const Interrupted grading{{"grade", KIT "/solutions", "--output", report}, signal};
        CHECK_FALSE(fs::exists(report));
    }
}

TEST_CASE("an interrupted verification tells what it has found so far") {
    const Interrupted verification{
        {"verify", "--exercise", "1", "--only", "solution", "--seeds", "1", "--repeat", "100"},
        SIGTERM};
    const std::string said = content_of(verification.folder / "out");
    CAPTURE(said);
    CHECK(said.starts_with("Interrupted after "));
    CHECK_THAT(said, lab::contains(" of 100 gradings. So far: "));
}
