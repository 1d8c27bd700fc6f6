"""What the tests of .github/autograde share: a repository with one exercise, tests for ctest."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

KIT = Path(__file__).resolve().parents[3]
AUTOGRADE = KIT / "grader/export/starter/autograde"
sys.path.insert(0, str(AUTOGRADE))

try:
    import tomllib
except ImportError:  # Python 3.11 brought it
    sys.exit(77)

ID = "01-threaded-io"
PREFIX = "01 threaded-io: "
MANIFEST = tomllib.loads((KIT / "exercises" / ID / "exercise.toml").read_text(encoding="utf-8"))
TITLES = {check["id"]: check["title"]["en"] for check in MANIFEST["check"]}

TODO = "not written yet: downloads.cpp:9: download the pages\\n"
WRONG = ("expected:  3 downloads under way\\nhappened: after 692 ms, 2 of 3 threads downloaded\\n"
         "          while 1 URL waited\\nwhere:    downloads.cpp:24\\n\\n  thread 1 ▐ fetch\\n"
         "hint:     Balance the load.\\n")
# As the first test of an exercise prints what the compiler said.
BROKEN = ("/home/ada/exercises/01-threaded-io/downloads.cpp:20:42: error: expected ‘;’\\n"
          "   20 |  x\\n")


def printing(text, then="exit 1"):
    """A shell's command that prints text, with printf's escapes."""
    return "printf '%b' '" + text.replace("'", "'\\''") + "'; " + then


class AutogradeCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="autograde_test.")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "exercises" / ID).mkdir(parents=True)
        (self.root / "results").mkdir()
        self.manifest = self.root / "exercises" / ID / "exercise.toml"
        self.manifest.write_bytes((KIT / "exercises" / ID / "exercise.toml").read_bytes())

    def ctest(self, commands=None, builds="true", properties="", others="true"):
        """Runs ctest on shell commands for the checks' ids; all other checks do as `others`."""
        lines = []

        def add(name, command, more):
            (self.root / "tests").mkdir(exist_ok=True)
            script = self.root / "tests" / f"{len(lines)}.sh"
            script.write_text(command + "\n", encoding="utf-8")
            lines.append(f'add_test([=[{name}]=] "bash" "{script}")\n'
                         f"set_tests_properties([=[{name}]=] PROPERTIES {more} {properties})\n")

        add(PREFIX + "builds", builds, "FIXTURES_SETUP f")
        for check, title in TITLES.items():
            add(PREFIX + title, (commands or {}).get(check, others),
                'FIXTURES_REQUIRED f SKIP_REGULAR_EXPRESSION "skipped: "')
        (self.root / "tests/CTestTestfile.cmake").write_text("".join(lines), encoding="utf-8")
        with open(self.root / "results/ctest.log", "wb") as log:
            subprocess.run(["ctest", "--test-dir", str(self.root / "tests"), "--output-junit",
                            str(self.root / "results/junit.xml")],
                           stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False)

    def judged(self):
        from results import read_results
        exercises, trouble = read_results(self.root, self.root / "results")
        self.assertEqual([ID], [exercise.id for exercise in exercises])
        return exercises, trouble, {check.id: check for check in exercises[0].checks}

    def report(self, **environment):
        """Runs the program: its exit code, log, and what it wrote where GitHub looks for it."""
        names = {"GITHUB_STEP_SUMMARY": self.root / "summary.md",
                 "GITHUB_OUTPUT": self.root / "output"}
        ran = subprocess.run(
            [sys.executable, str(AUTOGRADE), "results"], cwd=self.root, capture_output=True,
            env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment,
                 **{name: str(path) for name, path in names.items()}}, check=False)
        self.assertEqual(b"", ran.stderr)
        texts = [path.read_text(encoding="utf-8") if path.exists() else ""
                 for path in names.values()]
        return ran.returncode, ran.stdout.decode(), *texts


def commands_obeyed(log):
    """What GitHub's runner would take for commands, with what stands between stop-commands and its
    token left out, as the runner does."""
    obeyed = []
    token = None
    for line in re.split(r"\r\n|\r|\n", log):
        # .NET's TrimStart takes away what Python's does, and the runner wants "::" in front.
        command = re.match(r"::([^: ]+)(?: [^:]*)?::(.*)", line.lstrip())
        if token is not None:
            if line.strip() == f"::{token}::":
                token = None
        elif command and command[1] == "stop-commands":
            token = command[2]
        elif command or "##[" in line:
            obeyed.append(line)
    return obeyed
