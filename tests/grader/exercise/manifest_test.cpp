#include <exercise/manifest.hpp>

#include <exercise/scratch.hpp>

#include <fmt/format.h>
#include <lab/catch.hpp>

#include <string>

using namespace lockstep;
using lockstep::testing::Scratch;
using lockstep::testing::sentence_of;

namespace {

const std::string head = R"(id = "07-test"
number = 7
title = { en = "Seven", fr = "Sept" }
summary = { en = "s", fr = "r" }
files = ["a.cpp", "b.hpp"]
cores = 2
)";

std::string check(const std::string& id, int points = 2) {
    return fmt::format(R"(
[[check]]
id = "{}"
points = {}
task = 1
title = {{ en = "t", fr = "u" }}
shows = {{ en = "s", fr = "r" }}
hints = [{{ en = "1", fr = "un" }}, {{ en = "2", fr = "deux" }}, {{ en = "3", fr = "trois" }}]
)",
                       id, points);
}

const std::string question = R"(
[[question]]
id = "gil"
theme = "threads"
text = { en = "?", fr = "??" }
answers = [{ en = "yes", fr = "oui" }, { en = "no", fr = "non" }]
right = 1
why = { en = "because", fr = "parce que" }
)";

Exercise read(const std::string& manifest) {
    const Scratch scratch;
    scratch.write("07-test/exercise.toml", manifest);
    return read_manifest(scratch / "07-test");
}

/// Without the folder: "exercise.toml:LINE: SENTENCE".
std::string refusal(const std::string& manifest) {
    const std::string sentence = sentence_of<GraderError>([&] { (void)read(manifest); });
    const std::size_t name = sentence.find("exercise.toml");
    return name == std::string::npos ? sentence : sentence.substr(name);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a manifest is read with all that it says") {
    const Exercise exercise = read(head + "[limits]\nwall_ms = 5000\nmemory_mb = 64\n" +
                                   check("one") + check("two") + question);
    CHECK(exercise.id == "07-test");
    CHECK(exercise.number == 7);
    CHECK(exercise.title.in(Language::fr) == "Sept");
    CHECK(exercise.files == std::vector<std::string>{"a.cpp", "b.hpp"});
    CHECK(exercise.cores == 2);
    CHECK(exercise.limits.wall == std::chrono::seconds{5});
    CHECK(exercise.limits.memory_bytes == std::size_t{64} << 20);
    CHECK(exercise.limits.processes == Limits{}.processes);
    CHECK(exercise.points() == 4);
    REQUIRE(exercise.check("two") != nullptr);
    CHECK(exercise.check("two")->hints[2].fr == "trois");
    CHECK(exercise.check("three") == nullptr);
    REQUIRE(exercise.questions.size() == 1);
    CHECK(exercise.questions[0].answers.at(exercise.questions[0].right).en == "no");
}

TEST_CASE("one of the files may be a program of its own") {
    const std::string good = head + check("one");
    CHECK(read(good).program == "");
    CHECK(read(replaced(good, "cores = 2", "program = \"a.cpp\"\ncores = 2")).program == "a.cpp");
    CHECK(refusal(replaced(good, "cores = 2", "program = \"c.cpp\"\ncores = 2")) ==
          "exercise.toml:6: The program 'c.cpp' must be one of 'files'.");
}

TEST_CASE("what is wrong with a manifest is told with its line") {
    const std::string good = head + check("one");
    CHECK(refusal(good) == "");
    CHECK(refusal(replaced(good, "number = 7", "number = \"7\"")) ==
          "exercise.toml:2: 'number' of the manifest must be a whole number from 1 to 99.");
    CHECK(refusal(replaced(good, "number = 7", "number = 8")) ==
          "exercise.toml:2: The id '07-test' must begin with the number: '08-'.");
    CHECK(refusal(replaced(good, "07-test", "07-other")) ==
          "exercise.toml:1: The id '07-other' must be the name of the folder, '07-test'.");
    CHECK(
        refusal(replaced(good, "cores = 2", "cores = 2\nkores = 3")) ==
        "exercise.toml:7: the manifest has a key 'kores' that means nothing: take it out, or mend "
        "its spelling.");
    CHECK(
        refusal(replaced(good, "task = 1", "task = 1\nlimit = 3")) ==
        "exercise.toml:12: check 'one' has a key 'limit' that means nothing: take it out, or mend "
        "its spelling.");
    CHECK(refusal(replaced(good, "title = { en = \"Seven\", fr = \"Sept\" }",
                           "title = { en = \"Seven\" }")) ==
          "exercise.toml:3: 'title' of the manifest has no 'fr': add it.");
    CHECK(
        refusal(replaced(good, "{ en = \"2\", fr = \"deux\" }, ", "")) ==
        "exercise.toml:14: check 'one' has 2 hints: give it 3, a question, what to look at, and an "
        "outline.");
    CHECK(refusal(good + check("one")) ==
          "exercise.toml:17: The id 'one' is there twice: rename one.");
    CHECK(refusal(good + check("two", 3)) ==
          "exercise.toml:18: check 'two' has 3 points and 'one' has 2: within an exercise all have "
          "the same.");
    CHECK(refusal(good + "cores = 3").find("exercise.toml:15: ") == 0);
    CHECK(refusal(replaced(good, "cores = 2", "cores = 2\ncores = 3"))
              .find("exercise.toml:7: This") == 0);
    CHECK(refusal(good + "[limits]\nwall_ms = 5").find("exercise.toml:16: 'wall_ms' of [limits]") ==
          0);
    CHECK(
        refusal(good + replaced(question, "right = 1", "right = 2")).find("'right' of question") !=
        std::string::npos);
    CHECK(refusal(head) == "exercise.toml:1: The manifest has no check: add a [[check]].");
}

TEST_CASE("an exercise has nine checks at most") {
    std::string manifest = head;
    for (int i = 0; i < 9; ++i) manifest += check(fmt::format("check-{}", i));
    CHECK(refusal(manifest) == "");
    CHECK(refusal(manifest + check("tenth")).find("This is check number 10") != std::string::npos);
}

TEST_CASE("a file's name in a manifest is a plain name") {
    const std::string good = head + check("one");
    for (const char* name : {"../a.cpp", "sub/a.cpp", "/etc/passwd", "-a.cpp", ".a.cpp", "",
                             "a b.cpp", "@a.cpp", "é.cpp", "b.hpp"}) {
        CAPTURE(name);
        CHECK(refusal(replaced(good, "\"a.cpp\"", fmt::format("\"{}\"", name)))
                  .find("exercise.toml:5: The file '") == 0);
    }
    CHECK(refusal(replaced(good, "[\"a.cpp\", \"b.hpp\"]", "[]")).find("'files' is empty") !=
          std::string::npos);
}

TEST_CASE("a manifest that is missing, empty or not UTF-8 is refused in a sentence") {
    const Scratch scratch;
    CHECK(sentence_of<GraderError>([&] {
              (void)read_manifest(scratch / "08-none");
          }).find("can't be read") != std::string::npos);
    CHECK(refusal("") == "exercise.toml:1: the manifest has no 'id': add it.");
    CHECK(refusal("id = \"\xFF\"").find("exercise.toml:1: This is not TOML") == 0);
}
