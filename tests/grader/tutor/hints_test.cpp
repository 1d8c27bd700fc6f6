// Hints, one at a time.
#include "talk.hpp"

#include <lab/catch.hpp>

#include <tutor/hints.hpp>

namespace {

using namespace lockstep;
using lab::contains;
using made::Talk;

Exercise exercise() {
    Exercise exercise;
    exercise.id = "01-some";
    exercise.number = 1;
    exercise.title = {"Something", "Quelque chose"};
    Check check;
    check.id = "overlap";
    check.title = {"it overlaps", "cela se recouvre"};
    check.hints = {Text{"A question?", "Une question ?"}, Text{"Look there.", "Regardez là."},
                   Text{"Do this, then that.", "Ceci, puis cela."}};
    exercise.checks = {check};
    return exercise;
}

TEST_CASE("an exercise's checks are listed with what to type") {
    const std::string list = list_of_hints(exercise(), Language::en, 80);
    CHECK_THAT(list, contains("overlap  it overlaps"));
    CHECK_THAT(list, contains("For a hint: grader hint 01/overlap"));
}

TEST_CASE("a hint is shown, and another one for each line") {
    const Exercise one = exercise();
    Talk once{{"q"}};
    give_hints(one, one.checks[0], 1, once.conversation());
    CHECK_THAT(once.said, contains("1. A question?"));
    CHECK_THAT(once.said, !contains("Look there."));

    Talk twice{{"", "q"}};
    give_hints(one, one.checks[0], 1, twice.conversation());
    CHECK_THAT(twice.said, contains("2. Look there."));
    CHECK_THAT(twice.said, !contains("Do this"));

    Talk all{{"", "", ""}};
    give_hints(one, one.checks[0], 1, all.conversation());
    CHECK_THAT(all.said, contains("3. Do this, then that."));
    CHECK(all.heard == 2);
}

TEST_CASE("where nobody can be asked, it says how to get the next one") {
    const Exercise one = exercise();
    Talk talk{{}};
    Conversation with = talk.conversation();
    with.hear = nullptr;
    give_hints(one, one.checks[0], 2, with);
    CHECK_THAT(talk.said, contains("2. Look there."));
    CHECK_THAT(talk.said, !contains("Do this"));
    CHECK_THAT(talk.said, contains("There is another hint: grader hint 01/overlap --level 3"));

    Talk last{{}};
    with = last.conversation();
    with.hear = nullptr;
    give_hints(one, one.checks[0], 3, with);
    CHECK_THAT(last.said, contains("3. Do this, then that."));
    CHECK_THAT(last.said, !contains("another hint"));
}

}  // namespace
