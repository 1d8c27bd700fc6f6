"""What GitHub shows of a run: the summary, the notes beside the lines, the log."""

import re
import secrets

from foreign import clean_sentence, shortened, within, without_command

MOST_BYTES_OF_SUMMARY = 1 << 20
MOST_ANNOTATIONS = 10  # of a kind, in a step: the runner drops the others
MARKS = {"pass": "✅", "skipped": "➖", "not_run": "⚠️", "todo": "✏️"}


def markdown_text(clean):
    """Entities, which GitHub's Markdown treats as the characters they name and never as markup."""
    return re.sub(r"[\\`*_{}\[\]()<>#+.!|&~:@$\"'=^-]", lambda found: f"&#{ord(found[0])};", clean)


def fenced(text):
    """A block that its content can't end: the fence is longer than any run of backticks in it."""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=2) + 1)
    fence = fence if len(fence) > 2 else "```"
    return f"{fence}text\n{text}\n{fence}\n"


def summary(exercises, trouble):
    def write(most_bytes):
        text = (f"## Public tests: {sum(each.score for each in exercises)} of "
                f"{sum(each.points for each in exercises)} points\n")
        if trouble:
            text += f"\n⚠️ {markdown_text(trouble)}\n"
        for exercise in exercises:
            text += (f"\n### {exercise.id} {markdown_text(exercise.title)}: {exercise.score} of "
                     f"{exercise.points}\n\n| | | | |\n|---|---|---|---:|\n")
            for check in exercise.checks:
                text += (f"| {MARKS.get(check.verdict, '❌')} | {markdown_text(check.title)} | "
                         f"{check.word} | {check.score}/{check.points} |\n")
            text += details(exercise, most_bytes)
        text += "\nThese are the public tests. The grade comes from others as well.\n"
        return "\n".join(without_command(line) for line in text.split("\n"))

    return within(MOST_BYTES_OF_SUMMARY, write)


def told_once(exercise):
    """The checks that have something to show; what broke the build breaks all of them."""
    told = []
    for check in exercise.checks:
        if not check.output or (check.verdict == "build_error" and told):
            continue
        told.append(check)
    return told


def details(exercise, most_bytes):
    text = ""
    for check in told_once(exercise):
        told = shortened(check.output, most_bytes)
        # GitHub reads Markdown inside HTML again after an empty line.
        text += (f"\n<details><summary>{check.word}: {markdown_text(check.title)}</summary>\n\n"
                 f"{fenced(told)}\n</details>\n")
    return text


def command_data(text):
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text):
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def annotation(kind, exercise, check):
    place = ""
    if check.file:
        place = f"file={command_property(f'exercises/{exercise.id}/{check.file}')},"
        place += f"line={check.line}," if check.line else ""
    title = command_property(f"{check.word}: {check.title}")
    return f"::{kind} {place}title={title}::{command_data(check.sentence)}"


def annotations(exercises, trouble):
    """Lines for the log: errors, what is not written yet as notices, trouble as a warning."""
    lines = {"error": [], "notice": []}
    for exercise in exercises:
        broken = False
        for check in exercise.checks:
            if not check.costs_points or (check.verdict == "build_error" and broken):
                continue
            broken = broken or check.verdict == "build_error"
            kind = "notice" if check.verdict == "todo" else "error"
            lines[kind].append(annotation(kind, exercise, check))
    told = [line for kind in lines.values() for line in kind[:MOST_ANNOTATIONS]]
    if trouble:
        told.append(f"::warning title=Autograding::{command_data(clean_sentence(trouble))}")
    return told


def log(exercises, most_bytes=200_000):
    """For people who read the log: between these lines, the runner obeys nothing. The token is
    drawn after everything that students wrote has ended."""
    token = secrets.token_hex(16)
    text = f"::stop-commands::{token}\n"
    for exercise in exercises:
        text += f"{exercise.id}: {exercise.score} of {exercise.points} points\n"
        for check in exercise.checks:
            text += f"  {check.score}/{check.points}  {check.word}: {check.title}\n"
        for check in told_once(exercise):
            text += f"\n{check.word}: {check.title}\n{shortened(check.output, most_bytes // 45)}\n"
        text += "\n"
    return f"{text}::{token}::\n"
