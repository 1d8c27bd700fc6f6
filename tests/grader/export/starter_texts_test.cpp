// Files of the starter that are made from the kit's own.
#include <export/starter_texts.hpp>

#include <base/error.hpp>

#include <lab/catch.hpp>

#include <nlohmann/json.hpp>
#include <set>

using lockstep::Exercise;
using lockstep::GraderError;

namespace {

Exercise exercise(std::string id) {
    Exercise made;
    made.id = std::move(id);
    made.title.en = "Title of " + made.id;
    made.summary.en = "Summary of " + made.id;
    return made;
}

}  // namespace

TEST_CASE("of the presets, those for students stay") {
    const auto kept = nlohmann::json::parse(lockstep::student_presets(R"({
        "version": 6,
        "configurePresets": [{"name": "base", "hidden": true}, {"name": "dev"},
                             {"name": "student", "inherits": "base"}],
        "buildPresets": [{"name": "dev"}, {"name": "student"}],
        "testPresets": [{"name": "student"}, {"name": "tsan"}],
        "workflowPresets": [{"name": "release"}, {"name": "student"}]})"));
    CHECK(kept["version"] == 6);
    CHECK(kept["configurePresets"].size() == 2);
    CHECK(kept["configurePresets"][1]["inherits"] == "base");
    for (const char* kind : {"buildPresets", "testPresets", "workflowPresets"}) {
        CHECK(kept[kind].size() == 1);
        CHECK(kept[kind][0]["name"] == "student");
    }
}

TEST_CASE("presets without one for students make no starter") {
    CHECK_THROWS_AS(lockstep::student_presets("not JSON"), GraderError);
    CHECK_THROWS_AS(lockstep::student_presets("[]"), GraderError);
    CHECK_THROWS_AS(lockstep::student_presets(R"({"configurePresets": [{"name": "dev"}]})"),
                    GraderError);
}

TEST_CASE("the list of exercises loses the lines of the others") {
    const std::vector<Exercise> one{exercise("01-one")};
    CHECK(lockstep::without_other_exercises("include(Exercise)\n\n"
                                            "lockstep_add_exercise(01-one)\n"
                                            "lockstep_add_exercise(02-two LIBRARIES a b)\n",
                                            one) ==
          "include(Exercise)\n\nlockstep_add_exercise(01-one)\n");
    CHECK_THROWS_AS(lockstep::without_other_exercises("include(Exercise)\n", one), GraderError);
    CHECK_THROWS_AS(
        lockstep::without_other_exercises("lockstep_add_exercise(01-one\n    LIBRARIES a)\n", one),
        GraderError);
}

TEST_CASE("a line that speaks of an exercise is there for each of them") {
    const std::vector<Exercise> two{exercise("01-one"), exercise("02-two")};
    CHECK(lockstep::for_each_exercise("a@v4\n| @ID@ @NN@ | @SUMMARY@ of @ID@\nz", two) ==
          "a@v4\n| 01-one 01 | Summary of 01-one of 01-one\n"
          "| 02-two 02 | Summary of 02-two of 02-two\nz");
}
