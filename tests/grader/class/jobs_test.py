"""The jobs that grade a class on several machines: as Slurm and GitHub would read and run them.

Slurm, gh and the grader are stand-ins here that write down how they were called; tests/slurm has
the real Slurm.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import yaml
except ImportError:
    print("skipped: install python3-yaml to run it")
    sys.exit(77)

KIT = Path(__file__).resolve().parents[3]
JOBS = KIT / "grader/class/jobs"
TEXT = (JOBS / "matrix.yml").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(TEXT)
BUILD, FETCH, GRADE, COLLECT = (WORKFLOW["jobs"][name]
                                for name in ("build", "fetch", "grade", "collect"))
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
SHARDS = int(WORKFLOW["env"]["SHARDS"])

# Writes down how it was called, a line each, and does what $NAME_DOES says, if it says something.
STAND_IN = """#!/usr/bin/env bash
printf '%s\\0' "${0##*/}" "$@" >> "$CALLS"
printf '\\n' >> "$CALLS"
does=${0##*/}_DOES
eval "${!does:-}"
"""


def step_of(job, name):
    return next(step for step in job["steps"] if step.get("name") == name)


class JobsCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="jobs_test.")
        self.addCleanup(folder.cleanup)
        # Paths have spaces, so that every quote is needed.
        self.root = Path(folder.name) / "a folder"
        (self.root / "bin").mkdir(parents=True)
        self.environment = {"PATH": f"{self.root}/bin:{os.environ['PATH']}", "HOME": str(self.root),
                            "CALLS": str(self.root / "calls")}

    def stand_in(self, path, does=""):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STAND_IN, encoding="utf-8")
        path.chmod(0o755)
        self.environment[f"{path.name}_DOES"] = does
        return path

    def calls(self, program):
        """Of each call since the last time, its words."""
        log = self.root / "calls"
        lines = log.read_text(encoding="utf-8").split("\0\n")[:-1] if log.exists() else []
        log.unlink(missing_ok=True)
        return [line.split("\0")[1:] for line in lines if line.split("\0")[0] == program]

    def run_words(self, *words, expected=0, **environment):
        done = subprocess.run([str(word) for word in words], cwd=self.root, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              env={**self.environment, **environment})
        self.assertEqual(expected, done.returncode, done.stdout)
        return done.stdout


class Matrix(JobsCase):
    def run_step(self, step, expected=0, **environment):
        """As GitHub runs a script with `shell: bash`."""
        script = self.root / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        return self.run_words("bash", "--noprofile", "--norc", "-eo", "pipefail", script,
                              expected=expected, **environment)

    def test_only_who_may_start_workflows_starts_it(self):
        # YAML 1.1 takes "on" for true.
        self.assertEqual(["workflow_dispatch"], list(WORKFLOW[True]))

    def test_it_may_read_the_repository_and_nothing_more(self):
        self.assertEqual({"contents": "read"}, WORKFLOW["permissions"])
        for job in WORKFLOW["jobs"].values():
            self.assertNotIn("permissions", job)
        for step in STEPS:
            if step.get("uses", "").startswith("actions/checkout"):
                self.assertIs(False, step["with"]["persist-credentials"])

    def test_the_token_is_where_repositories_are_cloned_and_nowhere_else(self):
        self.assertEqual(1, TEXT.count("secrets."))
        self.assertEqual("${{ secrets.SUBMISSIONS_TOKEN }}",
                         step_of(FETCH, "Clone the students' repositories")["env"]["GH_TOKEN"])

    def test_no_expression_reaches_a_shell(self):
        self.assertEqual({"shell": "bash"}, WORKFLOW["defaults"]["run"])
        for step in STEPS:
            self.assertNotIn("${{", step.get("run", ""))
            self.assertNotIn("shell", step)

    def test_it_uses_these_actions_and_no_others(self):
        self.assertEqual({"actions/checkout@v4", "actions/upload-artifact@v4",
                          "actions/download-artifact@v4"},
                         {step["uses"] for step in STEPS if "uses" in step})

    def test_the_parts_are_all_parts(self):
        self.assertEqual(list(range(1, SHARDS + 1)), GRADE["strategy"]["matrix"]["shard"])
        self.assertIs(False, GRADE["strategy"]["fail-fast"])
        self.assertEqual(["build", "fetch"], GRADE["needs"])
        # And so is skipped where one part failed.
        self.assertEqual("grade", COLLECT["needs"])
        self.assertNotIn("if", COLLECT)

    def test_what_was_graded_is_kept_whatever_happened_and_taken_up_again(self):
        grade = step_of(GRADE, "Grade")
        keep = step_of(GRADE, "Keep what was graded")
        take_up = step_of(GRADE, "What an earlier attempt at this part has graded")
        self.assertLess(grade["timeout-minutes"] + 20, GRADE["timeout-minutes"])
        self.assertLessEqual(GRADE["timeout-minutes"], 360)
        self.assertEqual("${{ !cancelled() }}", keep["if"])
        self.assertIs(True, keep["with"]["overwrite"])
        self.assertEqual(keep["with"]["name"], take_up["with"]["name"])
        self.assertEqual(keep["with"]["path"], take_up["with"]["path"])
        self.assertIs(True, take_up["continue-on-error"])
        steps = GRADE["steps"]
        self.assertLess(steps.index(take_up), steps.index(grade))
        self.assertLess(steps.index(grade), steps.index(keep))

    def test_what_one_job_takes_another_left(self):
        left = {step["with"]["name"] for step in STEPS
                if step.get("uses", "").startswith("actions/upload")}
        taken = {step["with"].get("name") for step in STEPS
                 if step.get("uses", "").startswith("actions/download")} - {None}
        self.assertLessEqual(taken, left)
        self.assertIn("part-${{ matrix.shard }}", left)
        for step in STEPS:
            for name in re.findall(r"build/dev/\S+", step.get("run", "")):
                self.assertRegex(name, r"^build/dev/(source_folder|bin|toolkits|bin/grader)$")

    def test_each_part_is_graded_with_the_same_seed(self):
        self.assertEqual("${{ inputs.seed || github.run_id }}", WORKFLOW["env"]["SEED"])
        self.assertEqual("${{ matrix.shard }}", step_of(GRADE, "Grade")["env"]["SHARD"])
        self.stand_in("build/dev/bin/grader")
        for shard in range(1, SHARDS + 1):
            self.run_step(step_of(GRADE, "Grade"), ASSIGNMENT="week-3", SEED="77",
                          SHARD=str(shard), SHARDS=str(SHARDS))
            self.assertEqual([["class", "week-3-submissions", "--out", "part", "--shard",
                               f"{shard}/{SHARDS}", "--seed", "77"]], self.calls("grader"))

    def test_a_machine_that_cannot_grade_does_not(self):
        for code, expected in ((0, 0), (1, 0), (3, 1)):
            self.stand_in("build/dev/bin/grader", f"exit {code}")
            self.run_step(step_of(GRADE, "Try what grading needs"), expected=expected)

    def test_all_parts_are_put_together_and_reported(self):
        self.stand_in("build/dev/bin/grader", "echo '12 attempts entered.'")
        self.stand_in("bin/tar")
        summary = self.root / "summary.md"
        self.run_step(step_of(COLLECT, "Collect, and write the reports"), SHARDS=str(SHARDS),
                      GITHUB_STEP_SUMMARY=str(summary))
        collect, csv, html = self.calls("grader")
        self.assertEqual(["collect", *(f"parts/part-{part}" for part in range(1, SHARDS + 1)),
                          "--out", "results"], collect)
        self.assertEqual(["report", "results", "--format", "csv"], csv[:4])
        self.assertEqual(["report", "results", "--format", "html"], html[:4])
        self.assertEqual("12 attempts entered.\n", summary.read_text(encoding="utf-8"))
        upload = COLLECT["steps"][-1]["with"]
        for report in (csv, html):
            self.assertTrue(report[-1].startswith(upload["path"] + "/"))

    def test_collecting_fails_where_the_grader_does(self):
        self.stand_in("build/dev/bin/grader", "exit 3")
        self.stand_in("bin/tar")
        self.run_step(step_of(COLLECT, "Collect, and write the reports"), expected=3,
                      SHARDS=str(SHARDS), GITHUB_STEP_SUMMARY=str(self.root / "summary.md"))

    def test_what_is_fetched_is_the_assignments_and_links_stay_links(self):
        # A clone is .git, a file, and a link to what the machine alone should read.
        self.stand_in("bin/gh", """
            case $1 in
            repo)
                case $2 in
                list) printf '%s\\n' week-3-ada week-30-bob week-3 other week-3-cy ;;
                clone) mkdir -p "$4/.git"; echo token > "$4/.git/config"
                       echo mine > "$4/downloads.cpp"; ln -s /etc/hostname "$4/link" ;;
                esac ;;
            esac""")
        clone = step_of(FETCH, "Clone the students' repositories")
        self.run_step(clone, OWNER="school", ASSIGNMENT="week-3")
        cloned = [call[2] for call in self.calls("gh") if call[:2] == ["repo", "clone"]]
        self.assertEqual(["school/week-3-ada", "school/week-3-cy"], cloned)
        listed = self.run_words("tar", "-tvf", "submissions.tar.gz")
        self.assertNotIn(".git/", listed)
        self.assertEqual(2, len(re.findall(r"week-3-submissions/week-3-\w+/link -> /etc/", listed)))
        self.assertEqual(2, listed.count("downloads.cpp\n"))

    def test_an_assignment_that_is_none_is_said_to_be_none(self):
        self.stand_in("bin/gh", '[[ $2 != list ]] || echo other')
        clone = step_of(FETCH, "Clone the students' repositories")
        for name in ("../up", "-a", "", "a b", "a;b", "week-3"):
            said = self.run_step(clone, expected=1, OWNER="school", ASSIGNMENT=name)
            self.assertRegex(said, r"^::error::[^\n]+\.\n$")
            self.assertFalse((self.root / "submissions.tar.gz").exists())

    def test_the_kits_own_repository_does_not_run_it(self):
        self.assertFalse((KIT / ".github/workflows/class.yml").exists())

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_its_shell_is_clean(self):
        for step in STEPS:
            if "run" in step:
                subprocess.run(["shellcheck", "--shell=bash", "-"], input=step["run"].encode(),
                               check=True)


class Submit(JobsCase):
    def setUp(self):
        super().setUp()
        (self.root / "handed in").mkdir()
        self.environment["LOCKSTEP_GRADER"] = str(self.stand_in("grader"))
        # Two jobs, as where there are several clusters.
        self.stand_in("bin/sbatch", """case " $* " in
            *" --array="*) echo "12;cluster" ;;
            *) echo 13 ;;
            esac""")
        self.stand_in("bin/scancel")

    def submit(self, *words, expected=0, **environment):
        return self.run_words(JOBS / "submit", *words, expected=expected, **environment)

    def test_it_hands_in_an_array_and_what_waits_for_it(self):
        said = self.submit("handed in", "--out", "the results", "--shards", "16", "--seed", "5",
                           "--exercise", "01", "--roster=list.csv", "--", "--partition=day")
        array, collection = self.calls("sbatch")
        results = self.root / "the results"
        self.assertEqual(["--parsable", "--array=1-16",
                          f"--output={results}/parts/%a-of-16.log", "--partition=day",
                          str(JOBS / "grade.sbatch"), str(self.root / "grader"),
                          str(self.root / "handed in"), str(results / "parts"), "16", "5",
                          "--exercise", "01", "--roster=list.csv"], array)
        self.assertEqual(["--parsable", "--dependency=afterok:12", "--kill-on-invalid-dep=yes",
                          f"--output={results}/collect.log", "--partition=day",
                          "--cpus-per-task=1", str(JOBS / "collect.sbatch"),
                          str(self.root / "grader"), str(results), "16"], collection)
        self.assertIn("squeue --jobs=12,13", said)

    def test_a_seed_is_drawn_once_and_kept(self):
        call = ("handed in", "--out=r", "--shards=3")
        self.submit(*call)
        seed = (self.root / "r/parts/seed").read_text(encoding="utf-8").strip()
        self.assertRegex(seed, r"^\d+$")
        self.submit(*call)
        self.submit(*call, "--seed", seed)
        self.assertEqual({seed}, {array[-1] for array in self.calls("sbatch")[::2]})
        said = self.submit(*call, "--seed", seed + "0", expected=2)
        self.assertIn(f"with the seed {seed} there", said)
        self.assertEqual([], self.calls("sbatch"))

    def test_a_class_is_not_split_in_two_ways(self):
        (self.root / "r/parts/3-of-8").mkdir(parents=True)
        said = self.submit("handed in", "--out", "r", "--shards", "4", expected=2)
        self.assertIn("say --shards 8", said)
        self.submit("handed in", "--out", "r", "--shards", "8")

    def test_calls_that_make_no_sense_are_refused_with_a_sentence(self):
        good = {"SUBMISSIONS": "handed in", "--out": "r", "--shards": "4"}
        for change in ({"SUBMISSIONS": "nothing"}, {"SUBMISSIONS": None}, {"--out": None},
                       {"--shards": None}, {"--shards": "0"}, {"--shards": "x"},
                       {"--shards": "1/4"}, {"--seed": "x"}, {"--shard": "1/4"}, {"--jobs": "2"},
                       {"MORE": "another"}):
            words = []
            for name, value in {**good, **change}.items():
                if value is not None:
                    words += [name, value] if name.startswith("-") else [value]
            said = self.submit(*words, expected=2)
            self.assertRegex(said, r"^submit: [A-Z-][^\n]+\.\n$")
            self.assertEqual([], self.calls("sbatch"))
            self.assertFalse((self.root / "r").exists())
        for word in ("--out", "--shards", "--seed", "--exercise"):
            self.assertRegex(self.submit("handed in", word, expected=2), r"^submit: --[^\n]+\.\n$")
        said = self.submit("handed in", "--out", "r", "--shards", "4", expected=2,
                           LOCKSTEP_GRADER="/nowhere")
        self.assertIn("build it", said)

    def test_where_the_second_is_refused_the_first_is_cancelled(self):
        self.stand_in("bin/sbatch", '[[ " $* " == *" --array="* ]] && echo 12 || exit 4')
        said = self.submit("handed in", "--out", "r", "--shards", "4", expected=4)
        self.assertIn("is cancelled", said)
        self.assertEqual([["12"]], self.calls("scancel"))

    def test_it_explains_itself(self):
        said = self.submit("--help")
        self.assertIn("submit SUBMISSIONS --out RESULTS --shards N", said)
        self.assertIn("Exit codes", said)
        self.assertNotIn("#", said)


class Tasks(JobsCase):
    def setUp(self):
        super().setUp()
        self.stand_in("bin/scontrol")
        self.stand_in("bin/sleep")

    def task(self, does, expected, **environment):
        grader = self.stand_in("grader", does)
        return self.run_words("bash", JOBS / "grade.sbatch", grader, "handed in", "the parts", "16",
                              "5", "--only", "failed", expected=expected, **{
                                  "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_JOB_ID": "12",
                                  "SLURM_CPUS_PER_TASK": "4", "SLURMD_NODENAME": "n7",
                                  **environment})

    def test_a_task_grades_its_part(self):
        said = self.task("", 0)
        self.assertIn("part 3 of 16 on n7, start 1", said)
        self.assertEqual([["class", "handed in", "--out", "the parts/3-of-16", "--shard", "3/16",
                           "--seed", "5", "--jobs", "4", "--only", "failed"]],
                         self.calls("grader"))

    def test_where_the_grader_was_killed_it_asks_to_be_begun_again(self):
        self.task("kill -KILL $$", 137)
        self.assertEqual([["requeue", "12_3"]], self.calls("scontrol"))

    def test_but_not_for_ever_and_not_where_that_is_refused(self):
        said = self.task("kill -KILL $$", 137, SLURM_RESTART_COUNT="3")
        self.assertEqual([], self.calls("scontrol"))
        self.assertIn("make the same call again", said)
        self.stand_in("bin/scontrol", "exit 1")
        said = self.task("kill -KILL $$", 137)
        self.assertIn("make the same call again", said)

    def test_what_the_grader_comes_to_the_task_comes_to(self):
        for code in (1, 2, 3, 143):
            said = self.task(f"exit {code}", code)
            self.assertIn("make the same call again", said)
            self.assertEqual([], self.calls("scontrol"))

    def test_all_parts_are_collected_and_reported(self):
        grader = self.stand_in("grader")
        self.run_words("bash", JOBS / "collect.sbatch", grader, "the results", "3")
        collect, csv, html = self.calls("grader")
        self.assertEqual(["collect", *(f"the results/parts/{part}-of-3" for part in (1, 2, 3)),
                          "--out", "the results"], collect)
        self.assertEqual("the results/marks.csv", csv[-1])
        self.assertEqual("the results/pages", html[-1])

    def test_without_slurm_they_say_how_to_start_them(self):
        for job in ("grade.sbatch", "collect.sbatch"):
            self.assertIn("submit", self.run_words("bash", JOBS / job, expected=2))

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_their_shell_is_clean(self):
        subprocess.run(["shellcheck", JOBS / "submit", JOBS / "grade.sbatch",
                        JOBS / "collect.sbatch"], check=True)


if __name__ == "__main__":
    unittest.main()
