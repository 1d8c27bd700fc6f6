// The quiz, with a person who is made up.
#include "talk.hpp"

#include <lab/catch.hpp>

#include <tutor/quiz.hpp>

namespace {

using namespace lockstep;
using lab::contains;
using made::Talk;

Exercise exercise() {
    Exercise exercise;
    exercise.id = "01-some";
    exercise.title = {"Something", "Quelque chose"};
    const auto question = [](const std::string& text, std::size_t right, const std::string& why) {
        return Question{.id = "id",
                        .theme = "theme",
                        .text = {text, text + " (fr)"},
                        .answers = {{"first", "un"}, {"second", "deux"}, {"third", "trois"}},
                        .right = right,
                        .why = {why, why + " (fr)"}};
    };
    exercise.questions = {question("Which one?", 1, "Because of this."),
                          question("And now?", 0, "Because of that.")};
    return exercise;
}

TEST_CASE("each answer is followed by the reason, and the last one by the score") {
    const Exercise one = exercise();
    Talk talk{{"2", " 3 "}};
    const QuizScore score = ask_quiz({&one}, talk.conversation());
    CHECK(score.right == 1);
    CHECK(score.answered == 2);
    CHECK_THAT(talk.said, contains("1/2  Which one?"));
    CHECK_THAT(talk.said, contains("  3. third"));
    CHECK_THAT(talk.said, contains("Right. Because of this."));
    CHECK_THAT(talk.said, contains("No: it is 1. Because of that."));
    CHECK_THAT(talk.said, contains("1 of 2 right."));
}

TEST_CASE("what is no answer is asked for again, and counts for nothing") {
    const Exercise one = exercise();
    Talk talk{{"", "0", "4", "two", "2x", "-1", "99999999999999999999", "2", "1"}};
    const QuizScore score = ask_quiz({&one}, talk.conversation());
    CHECK(score.right == 2);
    CHECK(score.answered == 2);
    CHECK_THAT(talk.said, contains("Type a number from 1 to 3, or q."));
}

TEST_CASE("the quiz ends at q, and when nobody is there") {
    const Exercise one = exercise();
    Talk bored{{"2", "q", "1"}};
    CHECK(ask_quiz({&one}, bored.conversation()).answered == 1);
    CHECK(bored.heard == 2);
    CHECK_THAT(bored.said, contains("1 of 1 right."));

    Talk gone{{}};
    CHECK(ask_quiz({&one}, gone.conversation()).answered == 0);
    CHECK_THAT(gone.said, contains("0 of 0 right."));
}

TEST_CASE("it speaks French, too") {
    const Exercise one = exercise();
    Talk talk{{"1", "1"}};
    Conversation with = talk.conversation();
    with.language = Language::fr;
    (void)ask_quiz({&one}, with);
    CHECK_THAT(talk.said, contains("Which one? (fr)"));
    CHECK_THAT(talk.said, contains("Non : c'est la réponse 2. Because of this. (fr)"));
    CHECK_THAT(talk.said, contains("1 sur 2 justes."));
}

TEST_CASE("where there are no questions, it says so") {
    Exercise none = exercise();
    none.questions.clear();
    Talk talk{{"1"}};
    CHECK(ask_quiz({&none}, talk.conversation()).answered == 0);
    CHECK(talk.heard == 0);
    CHECK_THAT(talk.said, contains("There are no questions."));
}

}  // namespace
