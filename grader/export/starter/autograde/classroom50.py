"""For Classroom 50: result.json, as its schema classroom50/result/v1 has it.

No field more than the schema names at the top level; in a test, more are allowed. Its runner says
in the environment what a result belongs to.
"""

import datetime
import json

from foreign import clean_sentence, shortened, within
from results import Unusable

MOST_BYTES = 1 << 20


def is_wanted(environment):
    return bool(environment.get("CLASSROOM") and environment.get("SUBMISSION_TAG"))


def belonging(environment):
    def needed(*names):
        for name in names:
            value = clean_sentence(environment.get(name, ""))
            if value:
                return value
        raise Unusable(f"Classroom 50 says in its environment what a result belongs to, and "
                       f"{names[0]} is not set: let its runner start this, or set it.")

    to = {
        "classroom": needed("CLASSROOM"),
        "assignment": needed("ASSIGNMENT"),
        "assignment_type": clean_sentence(environment.get("ASSIGNMENT_TYPE", "")) or "individual",
        "owner": needed("OWNER", "USERNAME"),
        "submission": needed("SUBMISSION_TAG"),
        "commit": needed("COMMIT_URL"),
        "release": needed("RELEASE_URL"),
        "review": needed("REVIEW_URL", "COMMIT_URL"),
    }
    if to["assignment_type"] not in ("individual", "group", "team"):
        raise Unusable("ASSIGNMENT_TYPE is individual, group or team for Classroom 50.")
    if not to["submission"].startswith("submit/"):
        raise Unusable("SUBMISSION_TAG begins with submit/ for Classroom 50.")
    return to


def result(exercises, environment, now=None):
    to = belonging(environment)
    now = now or datetime.datetime.now(datetime.timezone.utc)

    def write(most_bytes):
        return json.dumps({
            "schema": "classroom50/result/v1",
            **to,
            "datetime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "score": sum(exercise.score for exercise in exercises),
            "max-score": sum(exercise.points for exercise in exercises),
            "tests": [{
                "test-name": f"{exercise.id}: {check.title}",
                "passed": not check.costs_points,
                "score": check.score,
                "max-score": check.points,
                "verdict": check.verdict,
                "message": check.sentence if check.costs_points else "",
                "output": shortened(check.output, most_bytes),
            } for exercise in exercises for check in exercise.checks],
        }, indent=2) + "\n"

    return within(MOST_BYTES, write)
