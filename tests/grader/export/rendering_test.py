"""Foreign text made fit to be shown, and what is made of results, field by field."""

import base64
import datetime
import json
import re
import unittest

from autograde_case import commands_obeyed

import classroom
import classroom50
import foreign
import github
from results import Check, Exercise, Unusable

HOSTILE = "\n".join([
    "::error::forged", "  ::error file=a::forged", "\u3000::set-output name=a::forged",
    "\u00a0::error::forged", "\ufeff::error::forged", "\x1b[31m::error::forged\x1b[0m",
    "[NON-XML-CHAR-0x1B][31m::error::forged", "[NON-XML-CHAR-0x1]::error::forged",
    "a\r::error::forged", "a\x85::error::forged", "a\u2028::error::forged",
    "x ##[error]forged", "::stop-commands::0123456789abcdef0123456789abcdef", "::0123456789abcdef::",
    "```", "</details>", "<script>", "%0A::error::forged", "\u202egnp.exe", "`" * 40, "forged, behind a fence"])


def an_exercise(output="", verdict="wrong", number="01", checks=9):
    """As the reader makes it: with clean output."""
    exercise = Exercise(f"{number}-threaded-io", "A title", ["downloads.cpp"])
    for index in range(checks):
        exercise.checks.append(Check(f"c{index}", f"check {index}", 2, verdict,
                                     foreign.clean_text(output), "downloads.cpp", index + 1))
    return exercise


class Foreign(unittest.TestCase):
    def test_no_line_is_a_command_and_no_character_is_hidden(self):
        cleaned = foreign.clean_text(HOSTILE)
        self.assertEqual([], commands_obeyed(cleaned))
        self.assertNotRegex(cleaned, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]")
        self.assertIn("forged", cleaned)

    def test_the_judge_of_these_tests_knows_commands(self):
        self.assertEqual(3, len(commands_obeyed("::error::x\n  ::notice file=a,line=1::y\na##[z]")))
        self.assertEqual(["::error::y"],
                         commands_obeyed("::stop-commands::t\n::error::x\n::t::\n::error::y"))

    def test_plain_text_stays_as_it_is(self):
        text = "expected:  3\n    thread 1 ▐ fetch █████┤\n\nhint:     é"
        self.assertEqual(text, foreign.clean_text(text))

    def test_floods_are_cut(self):
        self.assertEqual(foreign.MOST_COLUMNS, len(foreign.clean_text("x" * (1 << 20))))
        lines = foreign.clean_lines("x\n" * (1 << 20))
        self.assertEqual((200, "…"), (len(lines), lines[-1]))
        self.assertEqual(300, len(foreign.clean_sentence("x " * (1 << 20))))

    def test_shortening_keeps_to_bytes_and_characters(self):
        self.assertEqual("abc", foreign.shortened("abc", 3))
        for most in range(0, 40):
            self.assertLessEqual(len(foreign.shortened("é\n" * 50, most).encode()), max(most, 4))


class Classroom(unittest.TestCase):
    def documents(self, exercises):
        lines = classroom.outputs(exercises).splitlines()
        self.assertTrue(all(re.fullmatch(r"[a-z0-9]+=[A-Za-z0-9+/=,]+", line) for line in lines))
        values = dict(line.split("=", 1) for line in lines)
        runners = values.pop("runners")
        # The action's own pattern.
        self.assertRegex(runners, r"^([a-zA-Z0-9]+,)*[a-zA-Z0-9]+$")
        self.assertEqual(list(values), runners.split(","))
        return {name: json.loads(base64.b64decode(value)) for name, value in values.items()}

    def test_every_field_of_every_row(self):
        exercise = an_exercise("happened: less\n", "wrong")
        exercise.checks[0].verdict, exercise.checks[0].output = "pass", ""
        document = self.documents([exercise])["exercise01"]
        self.assertEqual({"version", "status", "max_score", "tests"}, set(document))
        self.assertEqual((1, "fail", 18), tuple(document[key] for key in
                                                ("version", "status", "max_score")))
        self.assertEqual(9, len(document["tests"]))
        for row in document["tests"]:
            self.assertEqual({"name": str, "status": str, "score": int, "message": str,
                              "test_code": str, "filename": str, "line_no": int, "duration": int},
                             {key: type(value) for key, value in row.items()})
        self.assertEqual(["pass"] + ["fail"] * 8, [row["status"] for row in document["tests"]])
        self.assertEqual(2, sum(row["score"] for row in document["tests"]))
        self.assertEqual("check 1 (wrong)", document["tests"][1]["name"])
        self.assertEqual("happened: less", document["tests"][1]["test_code"])

    def test_status_says_what_is_known(self):
        for verdict, status, score in (("pass", "pass", 2), ("skipped", "pass", 2),
                                       ("todo", "fail", 0), ("not_run", "error", 0)):
            document = self.documents([an_exercise(verdict=verdict)])["exercise01"]
            self.assertEqual(status, document["status"])
            self.assertEqual((status, score), (document["tests"][0]["status"],
                                               document["tests"][0]["score"]))
            self.assertEqual(status == "error", document["tests"][0]["message"] != "")

    def test_each_exercise_is_a_runner(self):
        self.assertEqual(["exercise01", "exercise02"],
                         list(self.documents([an_exercise(), an_exercise(number="02")])))

    def test_floods_fit_and_commands_do_not_pass(self):
        document = self.documents([an_exercise((HOSTILE + "\n") * 10_000)])["exercise01"]
        self.assertLessEqual(len(json.dumps(document)), classroom.MOST_BYTES)
        for row in document["tests"]:
            self.assertEqual([], commands_obeyed("\n".join(map(str, row.values()))))
            self.assertIn("forged", row["test_code"])
        # Long lines, of what JSON writes with six characters each.
        document = self.documents([an_exercise(("é" * 2000 + "\n") * 200)])["exercise01"]
        self.assertLessEqual(len(json.dumps(document)), classroom.MOST_BYTES)
        self.assertTrue(all(len(row["test_code"]) > 100 for row in document["tests"]))


class Classroom50(unittest.TestCase):
    ENVIRONMENT = {"CLASSROOM": "c", "ASSIGNMENT": "a", "USERNAME": "ada", "OWNER": "team",
                   "ASSIGNMENT_TYPE": "group", "SUBMISSION_TAG": "submit/2026", "COMMIT_URL": "u/c",
                   "RELEASE_URL": "u/r", "REVIEW_URL": "u/v"}

    def test_every_field(self):
        exercise = an_exercise("happened: less\n")
        exercise.checks[0].verdict = "pass"
        now = datetime.datetime(2026, 6, 1, 14, 32, 1, tzinfo=datetime.timezone.utc)
        document = json.loads(classroom50.result([exercise], self.ENVIRONMENT, now))
        tests = document.pop("tests")
        self.assertEqual({
            "schema": "classroom50/result/v1", "classroom": "c", "assignment": "a",
            "assignment_type": "group", "owner": "team", "submission": "submit/2026",
            "commit": "u/c", "release": "u/r", "review": "u/v", "datetime": "2026-06-01T14:32:01Z",
            "score": 2, "max-score": 18}, document)
        self.assertEqual(9, len(tests))
        for test in tests:
            self.assertLessEqual({"test-name": str, "passed": bool, "score": int,
                                  "max-score": int}.items(),
                                 {key: type(value) for key, value in test.items()}.items())
        self.assertEqual((True, 2, 2), tuple(tests[0][key] for key in
                                             ("passed", "score", "max-score")))
        self.assertEqual((False, 0), (tests[1]["passed"], tests[1]["score"]))

    def test_what_may_be_left_out(self):
        less = {key: value for key, value in self.ENVIRONMENT.items()
                if key not in ("OWNER", "ASSIGNMENT_TYPE", "REVIEW_URL")}
        document = json.loads(classroom50.result([an_exercise()], less))
        self.assertEqual(("ada", "individual", "u/c"), tuple(
            document[key] for key in ("owner", "assignment_type", "review")))

    def test_what_may_not(self):
        for name in ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL"):
            with self.assertRaises(Unusable, msg=name):
                classroom50.result([an_exercise()], {**self.ENVIRONMENT, name: ""})
        for name, value in (("SUBMISSION_TAG", "main"), ("ASSIGNMENT_TYPE", "crowd")):
            with self.assertRaises(Unusable, msg=name):
                classroom50.result([an_exercise()], {**self.ENVIRONMENT, name: value})

    def test_floods_fit(self):
        for flood in ((HOSTILE + "\n") * 10_000, ("é" * 2000 + "\n") * 200):
            text = classroom50.result([an_exercise(flood)], self.ENVIRONMENT)
            self.assertLessEqual(len(text.encode()), classroom50.MOST_BYTES)
            for test in json.loads(text)["tests"]:
                self.assertEqual([], commands_obeyed(test["output"]))
                self.assertGreater(len(test["output"]), 100)


class GitHub(unittest.TestCase):
    def test_annotations_are_at_most_ten_of_a_kind(self):
        exercises = [an_exercise("x", verdict, f"{number:02}")
                     for number, verdict in enumerate(["wrong", "crash", "todo", "todo"])]
        lines = github.annotations(exercises, "trouble")
        kinds = [line.split(" ")[0] for line in lines]
        self.assertEqual({"::error": 10, "::notice": 10, "::warning": 1},
                         {kind: kinds.count(kind) for kind in kinds})
        self.assertIn("file=exercises/00-threaded-io/downloads.cpp,line=1,", lines[0])

    def test_what_does_not_compile_is_annotated_once(self):
        self.assertEqual(1, len(github.annotations([an_exercise("x", "build_error")], "")))

    def test_an_annotation_is_one_line_whatever_is_in_it(self):
        exercise = an_exercise(f"happened: {HOSTILE}\n")
        exercise.checks[0].title = "50 %, or a: b,\nfile=c::d"
        for line in github.annotations([exercise], "a\n::error::b"):
            self.assertNotIn("\n", line)
            self.assertEqual(1, len(commands_obeyed(line)))
        self.assertIn("title=wrong%3A 50 %25%2C or a%3A b%2C%0Afile=c%3A%3Ad::",
                      github.annotations([exercise], "")[0])

    def test_the_log_obeys_nothing_and_its_token_is_new_each_time(self):
        exercises = [an_exercise(HOSTILE)]
        logs = [github.log(exercises) for _ in range(50)]
        tokens = {re.match(r"::stop-commands::([0-9a-f]{32})\n", log)[1] for log in logs}
        self.assertEqual(50, len(tokens))
        for log in logs:
            self.assertEqual([], commands_obeyed(log))
            self.assertTrue(log.rstrip().endswith("::"))
            # Also where stop-commands would do nothing.
            self.assertEqual([], commands_obeyed("\n".join(log.split("\n")[1:-2])))

    def test_the_summary_tells_all_and_nothing_breaks_out(self):
        exercise = an_exercise(HOSTILE)
        exercise.checks[0].title = "</summary> | [a](b) <b> @someone"
        text = github.summary([exercise], "Some *trouble*.")
        self.assertIn("## Public tests: 0 of 18 points", text)
        self.assertEqual([], commands_obeyed(text))
        self.assertNotIn("[a](b)", text)
        self.assertEqual(9, text.count("<details>"))
        # Behind the fences are taken away, none of what was printed is left.
        outside = re.sub(r"(?ms)^(`{3,})text\n.*?^\1$", "", text)
        self.assertEqual(9, outside.count("</details>"))
        self.assertNotIn("forged", outside)
        self.assertNotIn("<script>", outside)

    def test_the_summary_fits(self):
        text = github.summary([an_exercise("x\\\n" * 1000, number=f"{n:02}") for n in range(60)], "")
        self.assertLessEqual(len(text.encode()), 1 << 20)
        self.assertEqual(60 * 9, text.count("<details>"))


if __name__ == "__main__":
    unittest.main()
