"""Two texts side by side: equal lines beside each other, and in changed ones the words marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from server.web.author_schemas import PieceOut, RowOut, SideOut

AROUND = 2
"""So many equal lines are shown before and after each change."""

_WORD = re.compile(r"\w+|\s+|[^\w\s]")

Opcodes = Sequence[tuple[str, int, int, int, int]]


def compare(before: str, after: str) -> list[RowOut]:
    """Compare two texts line by line; nothing where they are equal."""
    old, new = before.split("\n"), after.split("\n")
    found = SequenceMatcher(None, old, new).get_opcodes()
    if all(kind == "equal" for kind, *_ in found):
        return []
    return [row for index in range(len(found)) for row in _rows(found, index, old, new)]


def _rows(found: Opcodes, index: int, old: list[str], new: list[str]) -> Iterator[RowOut]:
    kind, old_from, old_to, new_from, new_to = found[index]
    olds, news = range(old_from, old_to), range(new_from, new_to)
    if kind != "equal":
        for pair in zip_longest(olds, news):
            yield _changed(pair[0], pair[1], old, new)
        return
    head = 0 if index == 0 else AROUND
    tail = 0 if index == len(found) - 1 else AROUND
    left_out = len(olds) - head - tail
    for place, (one, other) in enumerate(zip(olds, news, strict=True)):
        if left_out <= 1 or place < head or place >= len(olds) - tail:
            yield RowOut(kind="same", before=_plain(one, old), after=_plain(other, new), left_out=0)
        elif place == head:
            yield RowOut(kind="left-out", before=None, after=None, left_out=left_out)


def _changed(one: int | None, other: int | None, old: list[str], new: list[str]) -> RowOut:
    if one is None or other is None:
        before = None if one is None else _plain(one, old, is_changed=True)
        after = None if other is None else _plain(other, new, is_changed=True)
        return RowOut(kind="changed", before=before, after=after, left_out=0)
    olds, news = _WORD.findall(old[one]), _WORD.findall(new[other])
    found = SequenceMatcher(None, olds, news).get_opcodes()
    return RowOut(
        kind="changed",
        before=SideOut(line=one + 1, pieces=list(_pieces((op[:3], olds) for op in found))),
        after=SideOut(
            line=other + 1, pieces=list(_pieces(((op[0], *op[3:]), news) for op in found))
        ),
        left_out=0,
    )


def _pieces(spans: Iterator[tuple[tuple[str, int, int], list[str]]]) -> Iterator[PieceOut]:
    for (kind, start, end), words in spans:
        if start < end:
            yield PieceOut(text="".join(words[start:end]), is_changed=kind != "equal")


def _plain(index: int, lines: list[str], *, is_changed: bool = False) -> SideOut:
    pieces = [PieceOut(text=lines[index], is_changed=is_changed)] if lines[index] else []
    return SideOut(line=index + 1, pieces=pieces)
