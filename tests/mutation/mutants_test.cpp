// What mutants are made, and what is left alone.
#include "mutants.hpp"

#include <lab/catch.hpp>

#include <algorithm>
#include <set>

namespace {

using mutation::Mutant;
using mutation::mutants_of;

std::set<std::string> changes(const std::string& source) {
    std::set<std::string> all;
    for (const Mutant& mutant : mutants_of(source)) all.insert(mutant.kind + ": " + mutant.becomes);
    return all;
}

using Changes = std::set<std::string>;

TEST_CASE("each line has one mistake at a time") {
    const std::vector<Mutant> mutants = mutants_of("a < b;\nc < d;\n");
    REQUIRE(mutants.size() == 2);
    CHECK(mutants[0].source == "a <= b;\nc < d;\n");
    CHECK(mutants[1].source == "a < b;\nc <= d;\n");
    CHECK(mutants[1].line == 2);
    CHECK(mutants[1].was == "c < d;");
}

TEST_CASE("statements of synchronisation are taken out") {
    CHECK(changes("    changed_.notify_one();\n") == Changes{"remove notify: "});
    CHECK(changes("    const std::lock_guard lock{mutex_};\n") == Changes{"remove lock: "});
    CHECK(changes("    worker.join();\n") == Changes{"remove join: "});
    CHECK(changes("    timer.cancel();\n") == Changes{"remove cancel: "});
}

TEST_CASE("any call is taken out, and no declaration") {
    CHECK(changes("    values.push_back(value);\n") == Changes{"remove statement: "});
    CHECK(changes("    (void)co_await ended.get();\n") ==
          Changes{"remove statement: ", "drop co_await: (void)ended.get();"});
    CHECK(changes("    ++done;\n") == Changes{"remove statement: ", "increment: --done;"});
    CHECK(changes("    Flight values;\n").empty());
    CHECK(changes("    void run();\n").empty());
    CHECK(changes("    Queue(const Queue&) = delete;\n").empty());
}

TEST_CASE("ways out are changed") {
    CHECK(changes("    break;\n") == Changes{"remove statement: ", "break to continue: continue;"});
    CHECK(changes("} catch (const std::exception& error) {\n") ==
          Changes{"narrow catch: } catch (const std::bad_alloc& error) {"});
}

TEST_CASE("a part of a statement is not taken for one") {
    CHECK(changes("    return queue.join();\n").empty());
    CHECK(changes("        lock.lock());\n").empty());
    CHECK(changes("const Code code =\n    read(it);\n").empty());
}

TEST_CASE("conditions are changed") {
    CHECK(changes("while (!ready) wait(lock);\n") ==
          Changes{"condition: while (true) wait(lock);", "condition: while (false) wait(lock);",
                  "while to if: if (!ready) wait(lock);", "negation: while (ready) wait(lock);"});
    CHECK(changes("if (auto page = next(); page(1)) {\n") ==
          Changes{"condition: if (auto page = next(); true) {",
                  "condition: if (auto page = next(); false) {",
                  "constant: if (auto page = next(); page(2)) {"});
    CHECK(changes("if (ready &&\n").empty());
    CHECK(changes("changed.wait(lock, [&] { return done; });\n") ==
          Changes{"remove statement: ", "drop the predicate: changed.wait(lock);"});
    CHECK(changes("all.notify_all();\n") ==
          Changes{"remove notify: ", "notify one for all: all.notify_one();"});
    CHECK(changes("co_await task;\n") == Changes{"remove statement: ", "drop co_await: task;"});
}

TEST_CASE("comments, strings and directives are left alone") {
    CHECK(changes("#if 1 < 0\n// a < b && true\n").empty());
    CHECK(changes("say(\"a < b\");  // 1 < 2\n") == Changes{"remove statement: "});
}

TEST_CASE("a handler is made one that nothing reaches") {
    const std::vector<Mutant> mutants = mutants_of(
        "    try {\n        return f();\n    } catch (...) {\n        return g();\n    }\n");
    REQUIRE(mutants.size() == 1);
    CHECK(mutants[0].kind == "drop catch");
    CHECK(mutants[0].source ==
          "    {\n        return f();\n    } if (false) {\n        return g();\n    }\n");
}

}  // namespace
