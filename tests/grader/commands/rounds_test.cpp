// A verification that is repeated.
#include "running.hpp"

#include <lab/catch.hpp>

TEST_CASE("a verification in rounds tells after each what it has found") {
    const Folder cache;
    const Ran ran = run("verify --exercise 1 --only skeleton --repeat 2 --jobs 1 --cache " +
                        (cache / "cache").string());
    INFO(ran.out);
    CHECK(ran.code == 0);
    CHECK_THAT(ran.err, lab::contains("grader: round 1 of 2: ") &&
                            lab::contains("grader: round 2 of 2: ") &&
                            lab::contains(" so far, 0 changed\n"));
    CHECK_THAT(ran.out, lab::contains(" in 2 rounds, 0 changed: all as they must be.\n"));
}
