"""The workflow that students get, as GitHub would read it."""

import re
import shutil
import subprocess
import sys
import unittest

from autograde_case import AUTOGRADE, KIT

try:
    import yaml
except ImportError:
    sys.exit(77)

TEXT = (AUTOGRADE.parent / "autograde.yml").read_text(encoding="utf-8")
# As `grader export starter` writes it for exercises 1 and 2.
FILLED = "".join(line.replace("@NN@", number) for line in TEXT.splitlines(keepends=True)
                 for number in (("01", "02") if "@NN@" in line else ("",)))
WORKFLOW = yaml.safe_load(FILLED)
JOB = WORKFLOW["jobs"]["public-tests"]
STEPS = JOB["steps"]


class Workflow(unittest.TestCase):
    def test_it_runs_on_what_students_do(self):
        # YAML 1.1 takes "on" for true.
        self.assertEqual({"push", "pull_request", "workflow_dispatch"}, set(WORKFLOW[True]))
        self.assertLessEqual(JOB["timeout-minutes"], 60)

    def test_it_may_read_the_repository_and_nothing_more(self):
        self.assertEqual({"contents": "read"}, WORKFLOW["permissions"])
        self.assertNotIn("permissions", JOB)
        self.assertNotIn("secrets.", TEXT)
        self.assertIs(False, STEPS[0]["with"]["persist-credentials"])

    def test_no_expression_reaches_a_shell(self):
        for step in STEPS:
            self.assertNotIn("${{", step.get("run", ""))

    def test_it_uses_these_actions_and_no_others(self):
        self.assertEqual(["actions/checkout@v4",
                          "classroom-resources/autograding-grading-reporter@v1"],
                         [step["uses"] for step in STEPS if "uses" in step])

    def test_each_exercise_reaches_the_reporter(self):
        self.assertEqual({"EXERCISE01_RESULTS": "${{ steps.report.outputs.exercise01 }}",
                          "EXERCISE02_RESULTS": "${{ steps.report.outputs.exercise02 }}"},
                         STEPS[-1]["env"])
        self.assertIn("steps.report.outputs.runners", STEPS[-1]["with"]["runners"])
        self.assertIn("steps.report.outputs.runners", STEPS[-1]["if"])

    def test_it_reports_whatever_came_before(self):
        report = next(step for step in STEPS if step.get("id") == "report")
        self.assertEqual("${{ !cancelled() }}", report["if"])
        self.assertTrue(STEPS[-1]["if"].startswith("${{ !cancelled() && "))

    def test_what_it_runs_is_there(self):
        for step in STEPS:
            for name in re.findall(r"\.github/autograde\S*", step.get("run", "")):
                self.assertTrue((AUTOGRADE.parent / name.removeprefix(".github/")).exists(), name)

    def test_the_kits_own_repository_does_not_run_it(self):
        self.assertFalse((KIT / ".github/workflows/autograde.yml").exists())

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_its_shell_is_clean(self):
        for script in [step["run"] for step in STEPS if "run" in step] + [
                (AUTOGRADE / "run").read_text(encoding="utf-8")]:
            subprocess.run(["shellcheck", "--shell=bash", "-"], input=script.encode(), check=True)

    def test_tested_programs_get_none_of_the_runners_variables(self):
        script = (AUTOGRADE / "run").read_text(encoding="utf-8")
        self.assertRegex(script, r"(?s)env -i PATH=\S+ HOME=\S+ LC_ALL=\S+ \\\n\s+ctest .*"
                                 r"< /dev/null > \S+ 2>&1")


if __name__ == "__main__":
    unittest.main()
