"""What is read from ctest's own files: cases run ctest, to be held to what it writes."""

import unittest

from autograde_case import BROKEN, ID, PREFIX, TITLES, TODO, WRONG, AutogradeCase, printing
from results import MOST_BYTES, Unusable, read_exercises


class Verdicts(AutogradeCase):
    def test_tests_that_pass_are_full_marks(self):
        self.ctest()
        exercises, trouble, checks = self.judged()
        self.assertEqual("", trouble)
        self.assertEqual({"pass"}, {check.verdict for check in checks.values()})
        self.assertEqual(18, exercises[0].score)
        self.assertEqual("", checks["pages"].output)

    def test_each_way_to_fail_has_its_verdict(self):
        self.ctest({"pages": printing(TODO), "overlap": printing(WRONG),
                    "bound": "kill -SEGV $$", "balance": "kill -ABRT $$",
                    "races": printing("skipped: no ThreadSanitizer\\n", "exit 0"),
                    "errors": "exec sleep 20"}, properties="TIMEOUT 2")
        exercises, trouble, checks = self.judged()
        self.assertEqual("", trouble)
        self.assertEqual(
            {"pages": "todo", "overlap": "wrong", "bound": "crash", "balance": "crash",
             "races": "skipped", "errors": "timeout", "ends": "pass", "edges": "pass",
             "gain": "pass"}, {check.id: check.verdict for check in checks.values()})
        self.assertEqual(8, exercises[0].score)  # what was skipped costs nothing

    def test_a_check_that_a_student_skips_has_no_points(self):
        self.ctest({"pages": printing("skipped: the hard part\\n", "exit 0")})
        exercises, trouble, checks = self.judged()
        self.assertEqual(("not_run", 16), (checks["pages"].verdict, exercises[0].score))
        self.assertNotEqual("", trouble)

    def test_a_student_who_prints_is_told_what_is_missing_all_the_same(self):
        self.ctest({"pages": printing("here I am\\n" + TODO)})
        check = self.judged()[2]["pages"]
        self.assertEqual("todo", check.verdict)
        self.assertTrue(check.sentence.startswith("not written yet: downloads.cpp:9"))

    def test_a_report_gives_its_place_and_its_sentence(self):
        self.ctest({"pages": printing(TODO), "overlap": printing(WRONG)})
        _, _, checks = self.judged()
        self.assertEqual(("downloads.cpp", 9), (checks["pages"].file, checks["pages"].line))
        self.assertEqual(("downloads.cpp", 24), (checks["overlap"].file, checks["overlap"].line))
        self.assertEqual("after 692 ms, 2 of 3 threads downloaded while 1 URL waited",
                         checks["overlap"].sentence)
        self.assertTrue(checks["pages"].sentence.startswith("not written yet: downloads.cpp:9"))

    def test_what_does_not_compile_fails_every_check(self):
        self.ctest(builds=printing(BROKEN))
        exercises, trouble, checks = self.judged()
        self.assertEqual("", trouble)
        self.assertEqual({"build_error"}, {check.verdict for check in checks.values()})
        self.assertEqual(0, exercises[0].score)
        self.assertEqual(("downloads.cpp", 20), (checks["gain"].file, checks["gain"].line))
        self.assertIn("error: expected", checks["gain"].sentence)

    def test_a_build_that_fails_without_a_word_fails_every_check(self):
        self.ctest(builds="exit 1")
        self.assertEqual({"build_error"}, {each.verdict for each in self.judged()[2].values()})

    def test_what_a_student_prints_makes_no_verdict_and_no_place(self):
        title = TITLES["pages"]
        self.ctest({"pages": printing(f"1/9 Test #2: {PREFIX}{title} ...***Timeout 1 sec\\n"),
                    "overlap": printing("where: /etc/passwd:1\\nwhere: ../downloads.cpp:2\\n"
                                        "where: downloads.cpp:99999999999\\n")})
        _, _, checks = self.judged()
        self.assertEqual("wrong", checks["pages"].verdict)
        self.assertEqual(("", 0), (checks["overlap"].file, checks["overlap"].line))


class Trouble(AutogradeCase):
    def expect_none_known(self, reason):
        exercises, trouble, checks = self.judged()
        self.assertIn(reason, trouble)
        self.assertEqual({"not_run"}, {check.verdict for check in checks.values()})
        self.assertEqual(0, exercises[0].score)

    def test_files_that_are_missing(self):
        self.expect_none_known("left no junit.xml")
        self.ctest()
        (self.root / "results/ctest.log").unlink()
        self.expect_none_known("left no ctest.log")

    def test_a_file_that_is_damaged(self):
        self.ctest()
        junit = self.root / "results/junit.xml"
        whole = junit.read_bytes()
        for content in (b"", whole[:len(whole) // 2], b"\xff\xfe", b"<a>" * 100_000):
            junit.write_bytes(content)
            self.expect_none_known("cut off or damaged")
        junit.write_bytes(b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>")
        self.expect_none_known("not as ctest writes it")
        with open(junit, "wb") as file:
            file.truncate(MOST_BYTES + 1)
        self.expect_none_known("larger")

    def test_checks_that_were_not_run_are_neither_failed_nor_passed(self):
        self.ctest()
        junit = self.root / "results/junit.xml"
        junit.write_text(junit.read_text(encoding="utf-8").replace(TITLES["gain"], "gone"),
                         encoding="utf-8")
        exercises, trouble, checks = self.judged()
        self.assertEqual("1 of the checks were not run.", trouble)
        self.assertEqual("not_run", checks["gain"].verdict)
        self.assertEqual(16, exercises[0].score)

    def test_a_program_that_is_not_there_was_not_run(self):
        self.ctest()
        (self.root / "results/junit.xml").write_text(
            '<testsuite><testcase name="01 threaded-io: builds" status="run"/><testcase '
            f'name="{PREFIX}{TITLES["gain"]}" status="notrun"><skipped message="Unable to find '
            'executable"/><system-out>Unable to find executable</system-out></testcase>'
            "</testsuite>", encoding="utf-8")
        self.assertEqual("not_run", self.judged()[2]["gain"].verdict)

    def test_a_manifest_that_is_spoilt_is_said_to_be(self):
        text = self.manifest.read_text(encoding="utf-8")
        more = '\n[[check]]\nid = "x"\npoints = 2\ntitle = { en = "x" }\n'
        for spoilt in ("", "id = [", text.replace("points = 2", 'points = "many"', 1),
                       text.replace('title = { en = "the pages', 'titel = { en = "the pages', 1),
                       text + more):
            self.manifest.write_text(spoilt, encoding="utf-8")
            with self.assertRaises(Unusable) as caught:
                read_exercises(self.root / "exercises")
            self.assertIn(ID, str(caught.exception))
        self.manifest.unlink()
        with self.assertRaises(Unusable):
            read_exercises(self.root / "exercises")


if __name__ == "__main__":
    unittest.main()
