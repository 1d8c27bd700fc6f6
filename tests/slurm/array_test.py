"""A class that Slurm grades, of which tasks are killed, comes to the gradebook of one machine.

    tests/slurm/start python3 tests/slurm/array_test.py GRADER

Eight submissions, in three parts, on two nodes that share a cache. In the midst of its part one
task loses the grader and all below it to SIGKILL, as by a lack of memory, and another is requeued
by an administrator, for which Slurm kills it. Then the gradebooks must be equal in every column but
the times, attempt by attempt: who, what was found where, judged by what, points, the whole result
with its seed and evidence.
"""

import csv
import difflib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KIT = Path(__file__).resolve().parents[2]
SUBMIT = KIT / "grader/class/jobs/submit"
CORPUS = KIT / "tests/submissions/01-threaded-io"
CLASS = ["correct/latch_at_the_end", "correct/pool_with_atomic_index", "correct/promises",
         "wrong/does_not_compile", "wrong/fixed_slices", "wrong/locked_twice",
         "wrong/serial_no_thread", "wrong/swallowed_error"]
# By the hash of their names: does_not_compile, locked_twice, promises | pool_with_atomic_index,
# serial_no_thread, swallowed_error | fixed_slices, latch_at_the_end.
SHARDS = 3
KILLED = 1
REQUEUED = 2
SEED = 5
PATIENCE = 900  # seconds, for whatever is waited for; it takes a minute or two
COLUMNS = "student, path, content, grader, points, max_points, error, result"


class Failure(Exception):
    """A sentence that says what is not as it should be."""


def check(holds, sentence):
    if not holds:
        raise Failure(sentence)


def run(*words, expected=0):
    words = [str(word) for word in words]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode != expected:
        sys.stderr.write(done.stdout + done.stderr)
        raise Failure(f"{Path(words[0]).name} {words[1]} came to {done.returncode} and not to "
                      f"{expected}: what it said stands above.")
    return done.stdout


def wait_for(what, ready):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = ready()
        if found:
            return found
        time.sleep(0.05)
    raise Failure(f"{what} did not come within {PATIENCE} s: the logs above say how far it came.")


# --- Gradebooks ---------------------------------------------------------------------------------

def ask(folder, query):
    database = sqlite3.connect(f"file:{folder / 'gradebook.db'}?mode=ro", uri=True, timeout=60)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def attempts_in(folder):
    """How many there are; 0 before there is a gradebook."""
    try:
        return ask(folder, "SELECT count(*) FROM attempt")[0][0]
    except sqlite3.OperationalError:
        return 0


def attempts(folder):
    """Every attempt, without its time and the object `times` of its result."""
    rows = []
    for *columns, result in ask(folder, f"SELECT {COLUMNS} FROM attempt ORDER BY student, id"):
        if result:
            result = json.loads(result)
            del result["times"]
        rows.append((*columns, json.dumps(result, indent=1, ensure_ascii=False)))
    return rows


def expect_equal(single, collected):
    seeds = [ask(folder, "SELECT name, value FROM about ORDER BY name")
             for folder in (single, collected)]
    check(seeds[0] == seeds[1], f"The single machine's gradebook is about {seeds[0]}, and the "
                                f"collected one about {seeds[1]}.")
    expected, found = attempts(single), attempts(collected)
    check(len(expected) == len(CLASS), f"The single machine made {len(expected)} attempts of "
                                       f"{len(CLASS)} submissions.")
    check([row[0] for row in expected] == [row[0] for row in found],
          f"The collected gradebook has attempts of {[row[0] for row in found]}, and is to have "
          f"those of {[row[0] for row in expected]}.")
    for row, other in zip(expected, found):
        for name, one, two in zip(COLUMNS.split(", "), row, other):
            if one != two:
                sys.stderr.writelines(line + "\n" for line in difflib.unified_diff(
                    str(one).splitlines(), str(two).splitlines(), "single machine", "collected",
                    lineterm="", n=1))
                raise Failure(f"In the collected gradebook {row[0]} has another {name}: the "
                              "difference stands above.")


# --- Jobs ---------------------------------------------------------------------------------------

def job(identity):
    """What Slurm knows of it: a dictionary."""
    return dict(re.findall(r"(\w+)=(\S*)", run("scontrol", "show", "job", identity)))


def parents():
    """Of every process on the machine, its parent."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        found[int(stat.parent.name)] = int(fields[1])
    return found


def grader_of(task):
    """The process of the grader that this task of the array runs; None where there is none."""
    marks = [f"SLURM_CONF={os.environ['SLURM_CONF']}".encode(),
             f"SLURM_ARRAY_TASK_ID={task}".encode()]
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes().split(b"\0")
            name = (process / "comm").read_text(encoding="utf-8")
        except OSError:
            continue
        if name == "grader\n" and all(mark in environment for mark in marks):
            found.add(int(process.name))
    # Not what it has just forked, and what is called so until it is something else.
    above = parents()
    return next((process for process in found if above.get(process) not in found), None)


def with_all_below(process):
    above = parents()
    tree = [process]
    for one in tree:
        tree += [child for child, parent in above.items() if parent == one]
    return tree


def kill(task):
    """As the kernel does where memory is short, but to all of them."""
    grader = grader_of(task)
    check(grader is not None, f"Task {task} has no grader that could be killed.")
    processes = with_all_below(grader)
    # From the top, so that nobody is left who would see the others go.
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass


def requeue(array, task):
    """As an administrator does, or Slurm itself when another job takes the place."""
    run("scontrol", "requeue", f"{array}_{task}")


def strike_in_the_midst(parts, strikes):
    """Calls what belongs to a task once the first of its three marks is there."""
    left = dict(strikes)

    def all_are_struck():
        for task in [task for task in left if attempts_in(parts[task]) > 0]:
            left.pop(task)()
            there = attempts_in(parts[task])
            check(there < 3, f"Task {task} was done before it could be struck: try again.")
            print(f"Task {task} is {'killed' if task == KILLED else 'requeued'}, with {there} of "
                  "its 3 marks there.")
        return not left

    wait_for("A first mark of both tasks", all_are_struck)


# --- The story ----------------------------------------------------------------------------------

def main(grader, scratch):
    submissions = scratch / "handed in"
    for path in CLASS:
        shutil.copytree(CORPUS / path, submissions / Path(path).name)
    single = scratch / "single"
    results = scratch / "results"
    os.environ["LOCKSTEP_GRADER"] = str(grader)
    os.environ["LOCKSTEP_CACHE"] = str(scratch / "cache of the single machine")

    run(grader, "class", submissions, "--out", single, "--seed", SEED)
    print(f"The single machine has graded {len(CLASS)} submissions.")

    said = run(SUBMIT, submissions, "--out", results, "--shards", SHARDS, "--seed", SEED,
               "--cache", scratch / "cache of the nodes", "--exercise", "01", "--",
               "--cpus-per-task=1", "--mem-per-cpu=1000M", "--time=30")
    print(said, end="")
    array, collection = re.findall(r"job (\d+)", said.lower())[:2]
    parts = {task: results / f"parts/{task}-of-{SHARDS}" for task in range(1, SHARDS + 1)}
    try:
        check(job(collection)["JobState"] == "PENDING", "The collection did not wait.")
        wait_for("The first two tasks at once",
                 lambda: {job(f"{array}_{task}")["JobState"] for task in (1, 2)} == {"RUNNING"})
        strike_in_the_midst(parts, {KILLED: lambda: kill(KILLED),
                                    REQUEUED: lambda: requeue(array, REQUEUED)})
        ended = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY")
        wait_for("The collection's end", lambda: job(collection)["JobState"] in ended)
        state = job(collection)["JobState"]
        check(state == "COMPLETED", f"The collection is {state}: the jobs' logs stand above.")

        for task in parts:
            of_task = job(f"{array}_{task}")
            restarts = 1 if task in (KILLED, REQUEUED) else 0
            check(of_task["Restarts"] == str(restarts),
                  f"Task {task} was begun again {of_task['Restarts']} times, and not {restarts}.")
        logs = {task: (results / f"parts/{task}-of-{SHARDS}.log").read_text(encoding="utf-8")
                for task in parts}
        for task in (KILLED, REQUEUED):
            check(re.search(r"\b[12] as they were", logs[task]),
                  f"Task {task} did not go on from the marks that it had.")
        nodes = set(re.findall(r"on (node\d), start", "".join(logs.values())))
        check(nodes == {"node1", "node2"}, f"The nodes that graded were {sorted(nodes)}.")
    except Failure:
        for log in sorted(results.glob("**/*.log")):
            sys.stderr.write(f"--- {log.name}\n{log.read_text(encoding='utf-8')}")
        raise

    of_parts = [name for folder in parts.values()
                for (name,) in ask(folder, "SELECT student FROM attempt")]
    check(len(of_parts) == len(set(of_parts)), "Somebody was graded twice.")
    expect_equal(single, results)
    tables = [run(grader, "report", folder, "--format", "csv") for folder in (single, results)]
    check((results / "marks.csv").read_text(encoding="utf-8") == tables[1],
          "marks.csv is not the table of the marks.")
    without_times = [[{**row, "graded_at": ""} for row in csv.DictReader(table.splitlines())]
                     for table in tables]
    check(without_times[0] == without_times[1], "The tables of the marks differ.")
    check((results / "pages/class.html").is_file(), "There is no pages/class.html.")
    said = run(grader, "class", submissions, "--out", results, "--exercise", "01")
    check(f"0 submissions graded, 0 could not be, {len(CLASS)} as they were." in said,
          "The collected gradebook leaves something to grade.")
    print(f"{len(CLASS)} attempts, the same in both gradebooks but for their times.")


if __name__ == "__main__":
    if len(sys.argv) != 2 or "SLURM_CONF" not in os.environ:
        sys.exit("array_test: call it as its first lines say, beside a Slurm.")
    try:
        # Below the TMPDIR of `start`, which takes it away once no job writes to it any more.
        main(Path(sys.argv[1]).resolve(), Path(tempfile.mkdtemp()))
    except (Failure, subprocess.TimeoutExpired) as failure:
        sys.exit(f"array_test: {failure}")
