#include <exercise/kit.hpp>

#include <exercise/scratch.hpp>

#include <lab/catch.hpp>

#include <cstdlib>
#include <string>

using namespace lockstep;
using lockstep::testing::Scratch;
using lockstep::testing::sentence_of;

TEST_CASE("the kit's own manifests are valid, and found by id, number and name") {
    const Kit kit{LOCKSTEP_TEST_SOURCE, LOCKSTEP_TEST_BUILD};
    REQUIRE(!kit.exercises().empty());
    const Exercise& first = kit.exercises().front();
    CHECK(first.number == 1);
    for (const char* name : {"01-threaded-io", "01", "1", "threaded-io"}) {
        CHECK(&kit.exercise(name) == &first);
    }
    CHECK(sentence_of<UsageError>([&] {
              (void)kit.exercise("99");
          }).find("There is no exercise '99': there are 01-threaded-io") == 0);
    CHECK(sentence_of<UsageError>([&] { (void)kit.exercise(""); }) != "");
}

TEST_CASE("a kit is found from the environment, or from where the program lies") {
    ::unsetenv("LOCKSTEP_SOURCE");
    ::unsetenv("LOCKSTEP_BUILD");
    CHECK(Kit::find().source() == LOCKSTEP_TEST_SOURCE);
    CHECK(Kit::find().program("driver") == std::string{LOCKSTEP_TEST_BUILD} + "/bin/driver");

    const Scratch scratch;
    ::setenv("LOCKSTEP_SOURCE", scratch.path().c_str(), 1);
    CHECK(sentence_of<GraderError>([] { (void)Kit::find(); }).find("can't be read") !=
          std::string::npos);
    std::filesystem::create_directory(scratch / "exercises");
    CHECK(sentence_of<GraderError>([] { (void)Kit::find(); }).find("There is no exercise in") == 0);
    ::unsetenv("LOCKSTEP_SOURCE");
    ::setenv("LOCKSTEP_BUILD", scratch.path().c_str(), 1);
    CHECK(sentence_of<GraderError>([] { (void)Kit::find(); }).find("is no build folder") !=
          std::string::npos);
    ::unsetenv("LOCKSTEP_BUILD");
}
