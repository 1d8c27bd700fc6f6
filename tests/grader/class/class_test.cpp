// A class, graded by the program as an instructor calls it.
//
// LOCKSTEP_INTERRUPTIONS: how often to interrupt it (6).
#include <base/read_file.hpp>
#include <base/scratch_folder.hpp>
#include <gradebook/gradebook.hpp>

#include <lab/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace lockstep;

const fs::path corpus = fs::path{KIT} / "tests/submissions/01-threaded-io";

class Classroom {
public:
    Classroom() {
        fs::create_directory(submissions());
        hand_in("ada", fs::path{KIT} / "solutions/01-threaded-io");
        hand_in("bob", corpus / "wrong/serial_one_thread");
        hand_in("cy", fs::path{KIT} / "exercises/01-threaded-io");
        hand_in("dan", corpus / "wrong/does_not_compile");
    }
    void hand_in(const std::string& student, const fs::path& from) const {
        fs::create_directories(submissions() / student);
        fs::copy_file(from / "downloads.cpp", submissions() / student / "downloads.cpp",
                      fs::copy_options::overwrite_existing);
    }
    [[nodiscard]] fs::path submissions() const { return scratch_.path() / "submissions"; }
    [[nodiscard]] fs::path folder(const std::string& name) const { return scratch_.path() / name; }
    [[nodiscard]] fs::path results() const { return folder("results"); }

    [[nodiscard]] pid_t start(std::vector<std::string> words) const {
        words.insert(words.begin(), GRADER);
        words.emplace_back("--cache");
        words.push_back((fs::path{BUILD} / "cache").string());
        return launch(words);
    }
    /// Its exit code; -1 where a signal ended it. What it said is `said()`.
    int run(const std::vector<std::string>& words) const { return wait(start(words)); }
    /// Without a cache: nothing is graded.
    int call(std::vector<std::string> words) const {
        words.insert(words.begin(), GRADER);
        return wait(launch(words));
    }
    static int wait(pid_t process) {
        int status = 0;
        ::waitpid(process, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    int grade(std::vector<std::string> more = {}) const {
        std::vector<std::string> words{
            "class", submissions().string(), "--out", results().string(), "--seed", "5"};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }
    [[nodiscard]] std::string said() const { return read_bytes(scratch_ / "said").value_or(""); }

private:
    [[nodiscard]] pid_t launch(std::vector<std::string>& words) const {
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        const std::string said = (scratch_.path() / "said").string();
        const pid_t child = ::fork();
        if (child != 0) return child;
        const int output = ::open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(output, STDERR_FILENO);
        ::execv(arguments.front(), arguments.data());
        ::_exit(127);
    }

    ScratchFolder scratch_;
};

using Marks = std::map<std::string, int>;

Marks marks(const fs::path& results) {
    Marks marks;
    for (const auto& [student, row] : Gradebook{results, Gradebook::Opening::existing}.latest())
        marks[student] = row.judged() ? row.points : -1;
    return marks;
}

std::size_t attempts(const fs::path& results) {
    return Gradebook{results, Gradebook::Opening::existing}.all().size();
}

int interruptions_wanted() {
    const char* wanted = std::getenv("LOCKSTEP_INTERRUPTIONS");
    return wanted == nullptr ? 6 : std::atoi(wanted);
}

TEST_CASE("a class is graded once, and again only where something has changed") {
    const Classroom room;
    CHECK(room.grade() == 0);
    CAPTURE(room.said());
    const Marks first = marks(room.results());
    REQUIRE(first.size() == 4);
    CHECK(first.at("ada") == 18);
    CHECK((first.at("bob") > 0 && first.at("bob") < 18));
    CHECK(first.at("cy") == 0);
    CHECK(first.at("dan") == 0);

    CHECK(room.grade() == 0);
    CHECK(attempts(room.results()) == 4);
    CHECK(room.said().find("4 as they were") != std::string::npos);

    room.hand_in("cy", fs::path{KIT} / "solutions/01-threaded-io");
    CHECK(room.grade({"--only", "missing"}) == 0);
    CHECK(attempts(room.results()) == 4);
    CHECK(room.grade({"--only", "changed"}) == 0);
    CHECK(attempts(room.results()) == 5);
    CHECK(marks(room.results()).at("cy") == 18);
    CHECK(room.grade({"--only", "failed"}) == 0);
    CHECK(attempts(room.results()) == 7);  // bob and dan
}

TEST_CASE("one bad submission stops nobody, and is no zero") {
    const Classroom room;
    fs::create_directory(room.submissions() / "empty");
    std::ofstream{room.submissions() / "broken.zip"} << "no archive";
    CHECK(room.grade() == 0);
    CAPTURE(room.said());
    CHECK(room.said().find("Nothing in it to grade") != std::string::npos);
    const Marks all = marks(room.results());
    CHECK(all.size() == 6);
    CHECK(all.at("ada") == 18);
    CHECK(all.at("empty") == -1);
    CHECK(all.at("broken") == -1);

    // Nor is it the grader's failure, in any report.
    const auto report = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"report", room.results().string()};
        words.insert(words.end(), more.begin(), more.end());
        return room.call(words);
    };
    CHECK(report({}) == 1);
    CHECK(room.said().find("empty has no mark: The folder ") != std::string::npos);
    CHECK(room.said().find("2 handed in nothing that can") != std::string::npos);
    CHECK(room.said().find("the grader's failure") == std::string::npos);
    std::ofstream{room.folder("grades.csv")}
        << "Student,ID,Section,Lockstep (1)\n    Points Possible,,,18\nAda,ada,A,\n"
           "Bob,bob,A,\nCy,cy,A,\nDan,dan,A,\nEmpty,empty,A,3\nBroken,broken,A,\n";
    CHECK(report({"--format", "canvas", "--export", room.folder("grades.csv").string()}) == 1);
    CHECK(room.said().find("empty was left out: there was nothing to grade in what") !=
          std::string::npos);
    CHECK(room.said().find("Ada,ada,A,18\n") != std::string::npos);
    CHECK(room.said().find("Empty,empty,A,3\n") != std::string::npos);
}

TEST_CASE("the roster tells who handed in nothing") {
    const Classroom room;
    const fs::path roster = room.folder("roster.csv");
    std::ofstream{roster} << "login,name\nada,Ada L\nzoe,Zoe Z\n";
    CHECK(room.grade({"--roster", roster.string()}) == 0);
    CHECK(room.said().find("Handed in nothing:\n  zoe\n") != std::string::npos);
}

TEST_CASE("whenever it is interrupted, the same call goes on, and comes to the same marks") {
    const Classroom room;
    const auto into = [&room](const std::string& results) {
        return std::vector<std::string>{"class",  room.submissions().string(),
                                        "--out",  room.folder(results).string(),
                                        "--seed", "5",
                                        "--jobs", "1"};
    };
    REQUIRE(room.run(into("quiet")) == 0);
    const Marks expected = marks(room.folder("quiet"));
    // What it takes with everything in the cache.
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(room.run(into("again")) == 0);
    const auto whole = std::chrono::steady_clock::now() - begin;

    std::mt19937 chance{std::random_device{}()};
    std::uniform_real_distribution<double> part{0.0, 1.0};
    constexpr std::array<int, 3> signals{SIGINT, SIGKILL, SIGTERM};
    constexpr int for_each_gradebook = 3;
    int left = interruptions_wanted();
    for (int number = 0; left > 0; ++number) {
        const std::string results = "results" + std::to_string(number);
        for (int i = 0; i < for_each_gradebook && left > 0; ++i, --left) {
            const pid_t process = room.start(into(results));
            std::this_thread::sleep_for(whole * part(chance));
            const int signal = signals[chance() % signals.size()];
            ::kill(process, signal);
            const int code = Classroom::wait(process);
            CAPTURE(signal, code, room.said());
            CHECK((code == 0 || code == 128 + signal || code == -1));
        }
        CHECK(room.run(into(results)) == 0);
        CHECK(marks(room.folder(results)) == expected);
        CHECK(attempts(room.folder(results)) == expected.size());  // nobody twice
    }
}

TEST_CASE("a class on a full disk goes on when there is room again") {
    if (::geteuid() != 0) {
        WARN("Only root can make a small disk.");
        return;
    }
    const Classroom room;
    fs::create_directory(room.results());
    const std::string results = room.results().string();
    if (::mount("none", results.c_str(), "tmpfs", 0, "size=64k") != 0) {
        WARN("No disk can be mounted here.");
        return;
    }
    CHECK(room.grade() == 3);
    CHECK(room.said().find("full") != std::string::npos);
    CAPTURE(room.said());
    CHECK(::mount("none", results.c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0);
    CHECK(room.grade() == 0);
    const Marks all = marks(room.results());
    CHECK(all.size() == 4);
    CHECK(all.at("ada") == 18);
    CHECK(attempts(room.results()) == 4);
    ::umount2(results.c_str(), MNT_DETACH);
}

TEST_CASE("shards, collected, are the class; collected twice they are the same") {
    const Classroom room;
    REQUIRE(room.grade() == 0);
    std::vector<std::string> parts{"collect"};
    for (const char* shard : {"1/3", "2/3", "3/3"}) {
        const fs::path part = room.folder(std::string{"part"} + shard[0]);
        CHECK(room.run({"class", room.submissions().string(), "--out", part.string(), "--shard",
                        shard, "--seed", "5"}) == 0);
        parts.push_back(part.string());
    }
    parts.emplace_back("--out");
    parts.push_back(room.folder("whole").string());
    for (int time = 0; time < 2; ++time) {
        CHECK(room.call(parts) == 0);
        CHECK(marks(room.folder("whole")) == marks(room.results()));
        CHECK(attempts(room.folder("whole")) == 4);
    }
    // Whoever is graded or regraded there is asked what all were.
    CHECK(Gradebook{room.folder("whole"), Gradebook::Opening::existing}.seed(99) == 5);
}

TEST_CASE("parts of which not all were asked the same are not put together") {
    const Classroom room;
    const fs::path whole = room.folder("whole");
    const auto grade_part = [&](const char* number, std::vector<std::string> more) {
        more.insert(more.begin(), {"class", room.submissions().string(), "--out",
                                   room.folder(std::string{"part"} + number).string(), "--shard",
                                   std::string{number} + "/2"});
        return room.run(more);
    };
    const auto collect = [&](const char* number) {
        return room.call({"collect", room.folder(std::string{"part"} + number).string(), "--out",
                          whole.string()});
    };
    // Each machine would draw its own.
    CHECK(grade_part("1", {}) == 2);
    CHECK(room.said().find("--seed") != std::string::npos);
    CHECK_FALSE(Gradebook::is_in(room.folder("part1")));

    REQUIRE(grade_part("1", {"--seed", "5"}) == 0);
    CHECK(grade_part("1", {}) == 0);
    REQUIRE(grade_part("2", {"--seed", "6"}) == 0);
    CHECK(room.call({"collect", room.folder("part1").string(), room.folder("part2").string(),
                     "--out", whole.string()}) == 2);
    CHECK(room.said().find("seed") != std::string::npos);
    CHECK_FALSE(Gradebook::is_in(whole));
    // Nor one after the other.
    CHECK(collect("1") == 0);
    const std::size_t of_part = attempts(whole);
    CHECK(collect("2") == 2);
    CHECK(attempts(whole) == of_part);
}

TEST_CASE("a regrade says what it would change, and changes it only when it may") {
    const Classroom room;
    REQUIRE(room.grade() == 0);
    room.hand_in("ada", corpus / "wrong/serial_one_thread");
    room.hand_in("bob", fs::path{KIT} / "solutions/01-threaded-io");
    const std::string results = room.results().string();
    CHECK(room.run({"regrade", results, "--dry-run"}) == 0);
    const std::string said = room.said();
    CAPTURE(said);
    CHECK(said.find("Lower than before:\n  ada") != std::string::npos);
    CHECK(said.find("Higher than before:\n  bob") != std::string::npos);
    CHECK(said.find("1 lower, 1 higher, 2 the same") != std::string::npos);
    CHECK(marks(room.results()).at("ada") == 18);
    CHECK(attempts(room.results()) == 4);
    CHECK(room.run({"regrade", results, "--student", "bob"}) == 0);
    CHECK(marks(room.results()).at("bob") == 18);
    CHECK(marks(room.results()).at("ada") == 18);
    CHECK(attempts(room.results()) == 5);
    CHECK(room.run({"regrade", results, "--student", "nobody"}) == 2);
}

TEST_CASE("a gradebook has one seed, so that all are asked the same") {
    const Classroom room;
    REQUIRE(room.grade() == 0);
    CHECK(Gradebook{room.results(), Gradebook::Opening::existing}.seed(99) == 5);
    CHECK(room.run({"class", room.submissions().string(), "--out", room.results().string(),
                    "--seed", "6"}) == 2);
    CHECK(room.said().find("seed") != std::string::npos);
    CHECK(room.run({"class", room.submissions().string(), "--out", room.results().string()}) == 0);
    CHECK(attempts(room.results()) == 4);
}

TEST_CASE("without a sandbox a class is not graded unless that is allowed") {
    const Classroom room;
    ::setenv("LOCKSTEP_NO_SANDBOX", "1", 1);
    CHECK(room.grade() == 3);
    CHECK(room.said().find("--allow-weak-isolation") != std::string::npos);
    CHECK_FALSE(Gradebook::is_in(room.results()));
    ::unsetenv("LOCKSTEP_NO_SANDBOX");
}

TEST_CASE("calls that make no sense are refused before anything is graded") {
    const Classroom room;
    CHECK(room.grade({"--shard", "4/3"}) == 2);
    CHECK(room.grade({"--shard", "x"}) == 2);
    CHECK(room.grade({"--only", "some"}) == 2);
    CHECK(room.run({"class", room.folder("missing").string(), "--out", room.results().string()}) ==
          2);
    CHECK(room.call(
              {"collect", room.folder("missing").string(), "--out", room.results().string()}) == 2);
    CHECK_FALSE(Gradebook::is_in(room.results()));
}

}  // namespace
