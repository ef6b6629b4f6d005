"""Makes a file's text safe to parse without moving any character of it."""

from __future__ import annotations

import re

from server.script.cue_model import Position
from server.script.problems import Problems

MOST_BYTES = 1_000_000
MOST_LINES = 20_000

# Control characters, the line ends that only some programs see, lone surrogates, non-characters.
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_STAND_IN = "\ufffd"


def position_at(text: str, offset: int, *, first_line: int = 1) -> Position:
    """Turn an offset in `text`, which begins on `first_line` of the file, into a place."""
    line = first_line + text.count("\n", 0, offset)
    return Position(line=line, column=offset - text.rfind("\n", 0, offset))


def holds_unreadable(text: str) -> bool:
    """Whether there is a character in it that can be neither shown nor spoken."""
    return _UNREADABLE.search(text) is not None


def is_too_large(text: str, problems: Problems) -> bool:
    """Say, as a problem, when the text is larger than a script may be."""
    start = Position(line=1, column=1)
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        problems.add(start, "The script is larger than 1 MB.")
    elif text.count("\n") >= MOST_LINES:
        problems.add(start, "The script has more than 20,000 lines.")
    return problems.count > 0


def read_characters(text: str, problems: Problems) -> str:
    """Take off what editors add (a byte order mark, CR), and replace unreadable characters."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    for match in _UNREADABLE.finditer(text):
        if problems.is_full:
            break
        problems.add(
            position_at(text, match.start()),
            f"This character (U+{ord(match[0]):04X}) can be neither shown nor spoken.",
        )
    return _UNREADABLE.sub(_STAND_IN, text)


def blank_comments(text: str, problems: Problems) -> str:
    """Replace each `<!-- … -->` by blanks, so that everything else keeps its place."""
    pieces: list[str] = []
    end = 0
    while (start := text.find("<!--", end)) >= 0:
        close = text.find("-->", start + 4)
        if close < 0:
            problems.add(position_at(text, start), "This comment is not closed.", expected="'-->'")
            return "".join(pieces) + text[end:start]
        pieces += [text[end:start], re.sub(r"[^\n]", " ", text[start : close + 3])]
        end = close + 3
    return "".join(pieces) + text[end:]


def cut_lines(text: str, longest: int) -> str:
    """Take off the blanks at each line's end, and what stands behind `longest` characters of it."""
    return "\n".join(_cut(line.rstrip(), longest) for line in text.split("\n"))


def _cut(line: str, longest: int) -> str:
    indent = len(line) - len(line.lstrip())
    return line[: indent + longest]
