"""Reports on what .github/autograde/run left behind: python3 .github/autograde FOLDER

To the log and, where GitHub's runner names the files, to the run's summary and the step's outputs;
for Classroom 50, where its environment is there, to result.json in the current folder.

Exit code: 0 when all checks were run, whatever came out; 3 when some were not, which is nobody's
zero.
"""

import os
import sys
from pathlib import Path

import classroom
import classroom50
import github
from foreign import clean_sentence
from results import Unusable, read_results


def append(name, text):
    if os.environ.get(name):
        with open(os.environ[name], "a", encoding="utf-8") as file:
            file.write(text)


def main(arguments):
    if len(arguments) != 1:
        print("autograde: Name the folder that .github/autograde/run wrote to.", file=sys.stderr)
        return 2
    try:
        exercises, trouble = read_results(Path(), Path(arguments[0]))
        sys.stdout.write(github.log(exercises))
        print(*github.annotations(exercises, trouble), sep="\n")
        append("GITHUB_STEP_SUMMARY", github.summary(exercises, trouble))
        append("GITHUB_OUTPUT", classroom.outputs(exercises))
        # Its runner makes an error of its own where there is none.
        if classroom50.is_wanted(os.environ) and not trouble:
            Path("result.json").write_text(classroom50.result(exercises, os.environ),
                                           encoding="utf-8")
    except Unusable as unusable:
        print(f"::error title=Autograding::{github.command_data(clean_sentence(str(unusable)))}")
        return 3
    return 3 if trouble else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
