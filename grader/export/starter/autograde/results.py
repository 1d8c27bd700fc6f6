"""What the public tests came to: the exercises' manifests, and what ctest left behind.

ctest's JUnit file holds what each test printed, but not whether a failed one crashed or ran out of
time; that stands in ctest's log, where nothing stands that a test printed.
"""

import re
import tomllib
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from foreign import clean_line, clean_sentence, clean_text

MOST_BYTES = 64 << 20  # ctest keeps 300 KiB of each test
MOST_CHECKS = 9  # more rows, and the sums of GitHub Classroom's reporter show noise


class Unusable(Exception):
    """There are no results, and why: a whole sentence."""


@dataclass
class Check:
    id: str
    title: str
    points: int
    verdict: str = "not_run"
    output: str = ""  # clean
    file: str = ""  # the student's own
    line: int = 0

    @property
    def costs_points(self):
        return self.verdict not in ("pass", "skipped", "not_run")

    @property
    def score(self):
        """What was not run is no reason to give points, and none to call it failed."""
        return self.points if self.verdict in ("pass", "skipped") else 0

    @property
    def word(self):
        return self.verdict.replace("_", " ")

    def told(self, label):
        """What stands behind "expected:" or "happened:" in a report of the public tests."""
        found = re.search(rf"^{label}: +(.*(?:\n {{10}}\S.*)*)", self.output, re.MULTILINE)
        return clean_sentence(found[1]) if found else ""

    @property
    def sentence(self):
        """What happened, for where there is room for no more."""
        if self.verdict == "not_run":
            return "This check was not run, so nothing is known of it."
        happened = self.told("happened")
        if happened:
            return happened
        lines = [line for line in self.output.split("\n") if line.strip()]
        errors = [line for line in lines
                  if " error: " in line or line.startswith("not written yet: ")]
        return clean_sentence((errors or lines or [f"The test fails ({self.word})."])[0])


@dataclass
class Exercise:
    id: str
    title: str
    files: list
    checks: list = field(default_factory=list)

    @property
    def number(self):
        return self.id.split("-")[0]

    @property
    def points(self):
        return sum(check.points for check in self.checks)

    @property
    def score(self):
        return sum(check.score for check in self.checks)

    @property
    def test_prefix(self):
        return self.id.replace("-", " ", 1) + ": "


def read_manifest(path):
    # Students may edit it, here: nothing in it is taken for granted.
    try:
        manifest = tomllib.loads(path.read_text(encoding="utf-8"))
        exercise = Exercise(
            id=path.parent.name,
            title=clean_sentence(manifest["title"]["en"]),
            files=[name for name in manifest["files"] if re.fullmatch(r"\w+\.[a-z]+", name)])
        for check in manifest["check"]:
            exercise.checks.append(Check(
                id=clean_sentence(check["id"]), title=clean_sentence(check["title"]["en"]),
                points=int(check["points"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unusable(f"{path.parent.name}/exercise.toml can't be read "
                       f"({clean_sentence(str(error))}): put it back as it was.") from error
    if not 0 < len(exercise.checks) <= MOST_CHECKS:
        raise Unusable(f"{path.parent.name}/exercise.toml has {len(exercise.checks)} checks, and "
                       f"at most {MOST_CHECKS} can be reported: put it back as it was.")
    return exercise


def read_exercises(folder):
    paths = [path for path in sorted(Path(folder).glob("*/exercise.toml"))
             if re.fullmatch(r"[0-9]{2}-[a-z0-9-]+", path.parent.name)]
    if not paths:
        raise Unusable("There is no exercise in the folder exercises: put it back as it was.")
    return [read_manifest(path) for path in paths]


def read_file(path):
    try:
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unusable(f"The tests left no {Path(path).name} ({error.strerror}), so they did not "
                       "run: the steps before this one say why.") from error
    if len(content) > MOST_BYTES:
        raise Unusable(f"{Path(path).name} is larger than ctest writes it.")
    return content


def read_junit(path):
    """Status and output of each test, by its name."""
    content = read_file(path)
    # ctest writes no document type, and entities are a way to make much of little.
    if b"<!DOCTYPE" in content:
        raise Unusable("junit.xml is not as ctest writes it.")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise Unusable(f"junit.xml is cut off or damaged ({error}).") from error
    return {case.get("name", ""): (case.get("status", ""), case.findtext("system-out") or "")
            for case in root.iter("testcase")}


def read_endings(path):
    """How the tests ended that did not just pass or fail, by their names: "timeout" or "crash"."""
    endings = {}
    for line in read_file(path).decode(errors="replace").splitlines():
        found = re.match(r" *[0-9]+/[0-9]+ +Test +#[0-9]+: (.*)\*\*\*(Timeout|Exception)", line)
        if found:
            # Dots lead to the word; of a crash, some more words may stand before the stars.
            name = re.sub(r" ?\.*((Subprocess|Child) (aborted|killed))?$", "", found[1])
            endings[name] = "timeout" if found[2] == "Timeout" else "crash"
    return endings


def place_in(exercise, output):
    """The first place in a file of the student's that a report, todo or the compiler names."""
    names = "|".join(re.escape(name) for name in exercise.files)
    found = names and re.search(
        rf"^(?:where: +|not written yet: |\S*/{exercise.id}/)({names}):([0-9]{{1,7}})\b", output,
        re.MULTILINE)
    return (found[1], int(found[2])) if found else ("", 0)


def verdict_of(check, status, output, ending):
    if status == "run":
        return "pass"
    if status == "notrun":
        # Only the check for races skips itself; to print so in another is no way to its points.
        skips = check.id == "races" and re.search(r"^skipped: ", output, re.MULTILINE)
        return "skipped" if skips else "not_run"
    if ending:
        return ending
    return "todo" if re.search(r"^not written yet: ", output, re.MULTILINE) else "wrong"


def judge(exercise, cases, endings):
    prefix = exercise.test_prefix
    status, output = cases.get(prefix + "builds", ("notrun", ""))
    built = status == "run"
    broken = clean_text(output) if status == "fail" else ""
    for check in exercise.checks:
        name = prefix + check.title
        if broken or status == "fail":
            check.verdict, check.output = "build_error", broken
        elif built and name in cases:
            check.output = clean_text(cases[name][1])
            check.verdict = verdict_of(check, cases[name][0], check.output, endings.get(name))
        if check.costs_points:
            check.file, check.line = place_in(exercise, check.output)
        else:
            check.output = check.output if check.verdict == "skipped" else ""


def read_results(root, folder):
    """The exercises with a verdict for each check, and "" or why there are none."""
    exercises = read_exercises(root / "exercises")
    try:
        cases = read_junit(folder / "junit.xml")
        endings = read_endings(folder / "ctest.log")
    except Unusable as unusable:
        return exercises, str(unusable)
    for exercise in exercises:
        judge(exercise, cases, endings)
    missing = sum(check.verdict == "not_run" for each in exercises for check in each.checks)
    return exercises, f"{missing} of the checks were not run." if missing else ""
