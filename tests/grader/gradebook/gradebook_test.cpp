#include <gradebook/gradebook.hpp>

#include <base/error.hpp>
#include <base/scratch_folder.hpp>

#include <lab/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace lockstep;

Row row(const std::string& student, int points, const std::string& error = "") {
    Row row;
    row.student = student;
    row.path = "/submissions/" + student;
    row.content = "content of " + student;
    row.grader = "grader";
    row.when = std::chrono::sys_seconds{std::chrono::seconds{1'700'000'000 + points}};
    row.points = points;
    row.max_points = 18;
    row.error = error;
    row.result = error.empty() ? "{}" : "";
    return row;
}

TEST_CASE("every attempt is kept, and the latest counts") {
    const ScratchFolder scratch;
    Gradebook book{scratch.path(), Gradebook::Opening::make};
    book.store({row("ada", 4), row("bob", 18)});
    book.store({row("ada", 6)});
    CHECK(book.all().size() == 3);
    const auto latest = book.latest();
    REQUIRE(latest.size() == 2);
    CHECK(latest.at("ada").points == 6);
    CHECK(latest.at("ada").path == "/submissions/ada");
    CHECK(latest.at("ada").content == "content of ada");
    CHECK(latest.at("ada").grader == "grader");
    CHECK(latest.at("ada").max_points == 18);
    CHECK(latest.at("ada").when == row("ada", 6).when);
    CHECK(latest.at("bob").judged());
}

TEST_CASE("what was stored is there when it is opened again, also by another process") {
    const ScratchFolder scratch;
    CHECK_FALSE(Gradebook::is_in(scratch.path()));
    const pid_t child = ::fork();
    if (child == 0) {
        // Ends without any destructor.
        auto* const book = new Gradebook{scratch.path(), Gradebook::Opening::make};
        book->store({row("ada", 4)});
        ::_exit(book->seed(7) == 7 ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    REQUIRE(status == 0);
    CHECK(Gradebook::is_in(scratch.path()));
    Gradebook book{scratch.path(), Gradebook::Opening::existing};
    CHECK(book.latest().at("ada").points == 4);
    CHECK(book.seed() == 7);
    CHECK(book.seed(8) == 7);
}

TEST_CASE("a gradebook has no seed until it is told one, and then keeps it") {
    const ScratchFolder scratch;
    Gradebook book{scratch.path(), Gradebook::Opening::make};
    CHECK_FALSE(book.seed());
    CHECK(book.seed(7) == 7);
    CHECK(book.seed() == 7);
}

TEST_CASE("what could not be judged is not a zero") {
    const ScratchFolder scratch;
    Gradebook book{scratch.path(), Gradebook::Opening::make};
    book.store({row("ada", 0, "The compiler is missing.")});
    CHECK_FALSE(book.latest().at("ada").judged());
    const ClassResults results = class_results(book, "a class");
    REQUIRE(results.attempts.size() == 1);
    CHECK(results.title == "a class");
    CHECK_FALSE(results.attempts[0].result);
    CHECK_FALSE(results.attempts[0].judged());
    CHECK(results.attempts[0].grader_error == "The compiler is missing.");
    CHECK_FALSE(results.attempts[0].nothing_to_grade);
}

TEST_CASE("what holds no exercise has no mark, and that is no failure of the grader's") {
    const ScratchFolder scratch;
    Gradebook book{scratch.path(), Gradebook::Opening::make};
    Row empty = row("bob", 0, "There is no exercise in it.");
    empty.content.clear();
    book.store({empty});
    const ClassResults results = class_results(book, "");
    REQUIRE(results.attempts.size() == 1);
    CHECK_FALSE(results.attempts[0].judged());
    CHECK(results.attempts[0].nothing_to_grade);
}

TEST_CASE("a result that can't be read is an attempt without one, and says why") {
    const ScratchFolder scratch;
    Gradebook book{scratch.path(), Gradebook::Opening::make};
    book.store({row("ada", 4)});
    const ClassResults results = class_results(book, "");
    REQUIRE(results.attempts.size() == 1);
    CHECK_FALSE(results.attempts[0].result);
    CHECK_FALSE(results.attempts[0].grader_error.empty());
}

TEST_CASE("names and sentences are stored as they are, whatever they hold") {
    const ScratchFolder scratch;
    Gradebook book{scratch.path(), Gradebook::Opening::make};
    const std::string odd = "Robert'); DROP TABLE attempt; -- \xc3\xa9 \"";
    book.store({row(odd, 3)});
    CHECK(book.latest().at(odd).points == 3);
}

TEST_CASE("several threads store at once, and nothing is lost") {
    const ScratchFolder scratch;
    Gradebook book{scratch.path(), Gradebook::Opening::make};
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&book, thread] {
                for (int i = 0; i < 10; ++i)
                    book.store({row(std::to_string(thread) + "-" + std::to_string(i), i)});
            });
    }
    CHECK(book.latest().size() == 40);
}

TEST_CASE("where there is no gradebook, or something else, a sentence says so") {
    const ScratchFolder scratch;
    CHECK_THROWS_AS((Gradebook{scratch.path(), Gradebook::Opening::existing}), UsageError);
    std::ofstream{scratch.path() / Gradebook::file_name} << std::string(4096, 'x');
    CHECK_THROWS_AS((Gradebook{scratch.path(), Gradebook::Opening::existing}), GraderError);
    std::ofstream{scratch.path() / "file"} << "x";
    CHECK_THROWS_AS((Gradebook{scratch.path() / "file", Gradebook::Opening::make}), UsageError);
}

}  // namespace
