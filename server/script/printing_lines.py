"""Writes sentences and single cues: which of them share a line, and what wants a backslash."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import assert_never

from server.script.cue_model import (
    BELLS,
    LEVELS,
    Bed,
    Bell,
    Breath,
    Fill,
    Say,
    Silence,
    Single,
    WordUse,
)
from server.script.cues import STROKES_APART_MS
from server.script.sentences import Run
from server.units import Ms

Line = tuple[Single, ...]
"""Cues that stand on one line, at least one."""

_LONG_PAUSE_MS = 10_000
"""A paragraph ends with a pause that is as long as this."""

_NAMED_SILENCE_MS = 25_000
"""A silence as long as this is written so that nobody overlooks it."""

# Whatever Markdown or the language would read as more than the character itself.
_MARK = re.compile(r"[\\`*_{\[]|<(?=[A-Za-z/!?])|(?<=<)!|&(?=[A-Za-z#])")
_NUMBER = re.compile(r"[0-9]{1,9}(?=[.)](?: |$))")


def to_lines(cues: Iterable[Single]) -> list[Line]:
    """Give each sentence a line with the silences after it, and any other cue one of its own."""
    lines: list[Line] = []
    for cue in cues:
        if isinstance(cue, Silence) and lines:
            lines[-1] += (cue,)
        else:
            lines.append((cue,))
    return lines


def may_follow(paragraph: Sequence[Line], line: Line) -> bool:
    """Whether a line may stand in the same paragraph as those before it.

    Sentences and other cues stand apart, and a long pause ends a paragraph. Sentences without
    any cue between them stay together if they are found again as they are.
    """
    last = paragraph[-1]
    if isinstance(last[0], Say) != isinstance(line[0], Say):
        return False
    if isinstance(last[-1], Fill | Breath) or _is_long(last[-1]):
        return False
    run = [*takewhile(lambda before: len(before) == 1, reversed(paragraph))][::-1]
    says = [cue for each in (*run, line) for cue in each[:1] if isinstance(cue, Say)]
    return _split_again(says) == [say.parts for say in says]


def _is_long(cue: Single) -> bool:
    return isinstance(cue, Silence) and cue.length_ms >= _LONG_PAUSE_MS


def _split_again(says: Iterable[Say]) -> list[tuple[str | WordUse, ...]]:
    run = Run()
    for say in says:
        for part in say.parts:
            if isinstance(part, WordUse):
                run.add_word(part.name, 0)
            else:
                run.add_text(part, 0, is_verbatim=True)
        run.add_text(" ", 0, is_verbatim=True)
    return [sentence.parts for sentence in run.sentences()]


def print_lines(lines: Iterable[Line]) -> Iterator[str]:
    """Write lines of cues, each as one line of text."""
    for line in lines:
        yield " ".join(map(_print_single, line))


def print_title(title: str) -> str:
    """Write the name of a stage; a '#' at its end would be part of the heading's form."""
    return _escape(title).replace("#", "\\#")


def print_label(label: str) -> str:
    """Write what an answer says, in which no arrow is meant."""
    return _escape_line(label).replace("->", "-\\>")


def _escape(text: str) -> str:
    return _MARK.sub(r"\\\g<0>", text)


def _escape_line(text: str) -> str:
    """Write text that stands at the beginning of a line, where more signs mean something."""
    number = _NUMBER.match(text)
    if number:
        return f"{number[0]}\\{_escape(text[number.end() :])}"
    return ("\\" if text[0] in "#>+-=|:~" else "") + _escape(text)


def _print_single(cue: Single) -> str:
    match cue:
        case Say():
            return _print_say(cue)
        case Silence():
            name = "silence " if cue.length_ms >= _NAMED_SILENCE_MS else ""
            return f"[{name}{_print_length(cue.length_ms)}]"
        case Fill():
            return f"[silence fill{'' if cue.weight == 1 else f' weight={cue.weight}'}]"
        case Bell():
            return f"[{' '.join(_bell(cue))}]"
        case Bed(name=""):
            return "[bed off]"
        case Bed():
            return f"[bed {cue.name}{'' if cue.level == LEVELS[1] else f' level={cue.level}'}]"
        case Breath():
            hold = f" hold={_print_length(cue.hold_ms)}" if cue.hold_ms else ""
            lengths = f"in={_print_length(cue.in_ms)}{hold} out={_print_length(cue.out_ms)}"
            return f"[breath x{cue.count} {lengths}]"
        case _:
            assert_never(cue)


def _print_say(say: Say) -> str:
    first, *rest = say.parts
    start = f"{{{first.name}}}" if isinstance(first, WordUse) else _escape_line(first)
    return start + "".join(
        f"{{{part.name}}}" if isinstance(part, WordUse) else _escape(part) for part in rest
    )


def _bell(bell: Bell) -> Iterator[str]:
    yield "bell"
    if bell.kind != BELLS[0]:
        yield bell.kind
    if bell.strokes > 1:
        yield f"x{bell.strokes}"
        if bell.every_ms != STROKES_APART_MS:
            yield f"every={_print_length(bell.every_ms)}"


def _print_length(length_ms: Ms) -> str:
    """Write a length of whole tenths of a second, such as 90s as 1m30s."""
    minutes, rest_ms = divmod(length_ms, 60_000)
    seconds = f"{rest_ms / 1000:g}s" if rest_ms else ""
    return f"{f'{minutes}m' if minutes else ''}{seconds}"
