"""The program as the workflow runs it, on what ctest made of hostile tests."""

import base64
import json
import re
import unittest

from autograde_case import BROKEN, TODO, WRONG, AutogradeCase, commands_obeyed, printing

FORGED = ("::error::forged\\n::stop-commands::pause\\n \\t::warning::forged\\n\\033[2J\\007\\001"
          "::notice::forged\\n\\377\\376\\n::add-mask::a\\n]]>&<system-out>\\n##[error]forged\\n")


class Report(AutogradeCase):
    def payload(self, output):
        self.assertRegex(output, r"\Arunners=exercise01\nexercise01=[A-Za-z0-9+/=]+\n\Z")
        return json.loads(base64.b64decode(output.split("exercise01=")[1]))

    def test_all_four_agree(self):
        self.ctest({"pages": printing(TODO), "overlap": printing(WRONG)})
        code, log, summary, output = self.report(
            CLASSROOM="c", ASSIGNMENT="a", USERNAME="ada", SUBMISSION_TAG="submit/1",
            COMMIT_URL="u", RELEASE_URL="r")
        self.assertEqual(0, code)
        self.assertIn("14 of 18 points", summary)
        self.assertIn("14 of 18 points", log)
        payload = self.payload(output)
        self.assertEqual(14, sum(row["score"] for row in payload["tests"]))
        result = json.loads((self.root / "result.json").read_text(encoding="utf-8"))
        self.assertEqual((14, 18), (result["score"], result["max-score"]))
        self.assertEqual([
            "::notice file=exercises/01-threaded-io/downloads.cpp,line=9,",
            "::error file=exercises/01-threaded-io/downloads.cpp,line=24,"],
            sorted((line.split("title=")[0] for line in commands_obeyed(log)), reverse=True))

    def test_full_marks_annotate_nothing(self):
        self.ctest()
        code, log, summary, output = self.report()
        self.assertEqual((0, []), (code, commands_obeyed(log)))
        self.assertEqual("pass", self.payload(output)["status"])
        self.assertIn("18 of 18", summary)
        self.assertFalse((self.root / "result.json").exists())

    def test_nothing_that_a_test_prints_is_obeyed(self):
        self.ctest(others=printing(FORGED))
        code, log, summary, output = self.report()
        self.assertEqual(0, code)
        obeyed = commands_obeyed(log)
        self.assertEqual(9, len(obeyed))
        for line in obeyed:
            self.assertRegex(line, r"\A::error title=wrong%3A [^:]+::")
        self.assertEqual([], commands_obeyed(summary))
        self.assertEqual(0, sum(row["score"] for row in self.payload(output)["tests"]))
        for text in (log, summary):
            self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f-\x9f]")
        for row in self.payload(output)["tests"]:
            self.assertEqual([], commands_obeyed(row["test_code"]))
            self.assertIn("forged", row["test_code"])

    def test_a_megabyte_of_output_fits_everywhere(self):
        flood = "yes '::error::forged ▐████' | head -c 1000000; exit 1"
        long_line = "head -c 1000000 /dev/zero | tr '\\0' x; exit 1"
        self.ctest({"pages": flood, "overlap": long_line}, builds="true")
        code, log, summary, output = self.report()
        self.assertEqual(0, code)
        self.assertEqual(2, len(commands_obeyed(log)))
        self.assertLess(len(log), 1 << 20)
        self.assertLess(len(summary.encode()), 1 << 20)
        self.assertLess(max(map(len, output.splitlines())), 131_000)

    def test_a_compile_error_is_annotated_once_with_its_line(self):
        self.ctest(builds=printing(BROKEN))
        obeyed = commands_obeyed(self.report()[1])
        self.assertEqual(1, len(obeyed))
        self.assertIn("file=exercises/01-threaded-io/downloads.cpp,line=20,", obeyed[0])

    def test_without_results_there_is_no_zero(self):
        code, log, summary, output = self.report(
            CLASSROOM="c", ASSIGNMENT="a", USERNAME="ada", SUBMISSION_TAG="submit/1",
            COMMIT_URL="u", RELEASE_URL="r")
        self.assertEqual(3, code)
        self.assertEqual("error", self.payload(output)["status"])
        self.assertEqual({"error"}, {row["status"] for row in self.payload(output)["tests"]})
        self.assertIn("did not run", summary.replace("&#46;", "."))
        self.assertEqual(1, len(commands_obeyed(log)))
        self.assertTrue(commands_obeyed(log)[0].startswith("::warning "))
        self.assertFalse((self.root / "result.json").exists())

    def test_a_spoilt_manifest_is_one_error(self):
        self.ctest()
        self.manifest.write_text("::error::forged = [\n", encoding="utf-8")
        code, log, _, output = self.report()
        self.assertEqual((3, ""), (code, output))
        self.assertEqual(1, len(commands_obeyed(log)))

    def test_titles_that_a_student_wrote_are_foreign_too(self):
        text = self.manifest.read_text(encoding="utf-8")
        self.manifest.write_text(text.replace(
            "the pages come in the order", "\\n::error::forged\\u202e the pages come"),
            encoding="utf-8")
        _, log, summary, _ = self.report()
        self.assertEqual(1, len(commands_obeyed(log)))
        self.assertEqual([], commands_obeyed(summary))
        self.assertFalse(re.search("\u202e", log + summary))


if __name__ == "__main__":
    unittest.main()
