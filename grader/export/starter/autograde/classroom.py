"""For GitHub Classroom's action autograding-grading-reporter@v1, and whatever reads the same.

The action takes NAME_RESULTS for each of its runners: JSON in base64. Seen in its code and by
running it: a row without `line_no` prints "undefined", one without `score` "NaN"; `message` is shown
for the status "error" only, `test_code` always; the sums agree where rows weigh the same and are at
most nine.
Linux gives one variable 128 KiB, which is 98,300 bytes before base64.
"""

import base64
import json

from foreign import shortened, within

MOST_BYTES = 98_300


def status_of(check):
    if check.verdict == "not_run":
        return "error"
    return "fail" if check.costs_points else "pass"


def row(check, most_bytes):
    status = status_of(check)
    name = check.title if check.verdict == "pass" else f"{check.title} ({check.word})"
    return {
        "name": name,
        "status": status,
        "score": check.score,
        "message": check.sentence if status == "error" else "",
        "test_code": shortened(check.output, most_bytes),
        "filename": check.file,
        "line_no": check.line,
        "duration": 0,
    }


def document(exercise, most_bytes):
    statuses = {status_of(check) for check in exercise.checks}
    return {
        "version": 1,
        "status": next(each for each in ("fail", "error", "pass") if each in statuses),
        "max_score": exercise.points,
        "tests": [row(check, most_bytes) for check in exercise.checks],
    }


def outputs(exercises):
    """Lines for $GITHUB_OUTPUT: the runners' names, and for each of them its document."""
    names = [f"exercise{exercise.number}" for exercise in exercises]
    text = f"runners={','.join(names)}\n"
    for name, exercise in zip(names, exercises):
        payload = within(MOST_BYTES, lambda most, of=exercise: json.dumps(document(of, most)))
        text += f"{name}={base64.b64encode(payload.encode()).decode()}\n"
    return text
