"""Text that a student may have had a hand in, made fit to be shown.

It must not move a cursor, look like another line, or be taken by GitHub's runner as a command: the
runner obeys lines that begin with "::", behind any blanks, and "##[" wherever it stands.
"""

import re
import unicodedata

MOST_COLUMNS = 2_000

# What ctest writes for bytes that XML can't hold: of an escape sequence, all of it is dropped.
_ESCAPE = re.compile(r"(?:\[NON-XML-CHAR-0x1B\]|\x1b)\[[0-?]*[ -/]*[@-~]")
_REPLACED = re.compile(r"\[NON-XML-CHAR-0x[0-9A-F]+\]")
_UNDECODED = re.compile(r"\[NON-UTF-8-BYTE-0x[0-9A-F]+\]")


def _visible(character):
    # Controls, formats (bidirectional marks too), surrogates and unassigned characters are not.
    return not unicodedata.category(character).startswith("C")


def without_command(line):
    """The line, with a workflow command in it spoilt."""
    blanks = len(line) - len(line.lstrip())
    if line.startswith("::", blanks):
        line = line[:blanks] + ": " + line[blanks + 2:]
    return line.replace("##[", "# [")


def clean_line(line):
    # Cut first: cleaning must not cost more than what is shown.
    line = line[:8 * MOST_COLUMNS]
    line = _UNDECODED.sub("\ufffd", _REPLACED.sub("", _ESCAPE.sub("", line)))
    line = "".join(filter(_visible, line.replace("\t", "    ")))
    if len(line) > MOST_COLUMNS:
        line = line[:MOST_COLUMNS - 1] + "…"
    return without_command(line.rstrip())


def clean_lines(text, most=200):
    """The lines, without empty ones at the end; of more than `most`, the last is "…"."""
    lines = []
    for line in text[:most * 8 * MOST_COLUMNS].splitlines():
        if len(lines) == most:
            lines[-1] = "…"
            break
        lines.append(clean_line(line))
    while lines and not lines[-1]:
        lines.pop()
    return lines


def clean_text(text, most=200):
    return "\n".join(clean_lines(text, most))


def clean_sentence(text, most=300):
    """The text on one line."""
    sentence = without_command(" ".join(clean_text(text).split()))
    return sentence if len(sentence) <= most else sentence[:most - 1] + "…"


def shortened(text, most_bytes):
    """The text's beginning, in so many bytes of UTF-8, by whole lines where it has several."""
    if len(text.encode()) <= most_bytes:
        return text
    kept = text.encode()[:max(most_bytes - 4, 0)].decode(errors="ignore")
    if "\n" in kept:
        kept = kept[:kept.rindex("\n")]
    return kept + "\n…"


def within(most_bytes, write):
    """write(n), a text that tells n bytes of each check, for the largest n that makes it fit."""
    most_of_telling = 1 << 20
    while True:
        text = write(most_of_telling)
        if len(text.encode()) <= most_bytes or most_of_telling == 0:
            return text
        most_of_telling //= 2
