"""The files behind `<podcast:transcript>`: what is said and when, as WebVTT and as SubRip."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from difflib import SequenceMatcher
from html import escape
from itertools import pairwise

import webvtt

from server.feed.text import one_line
from server.feed.timed import TimedText, TimedWord
from server.units import Ms

VTT_TYPE = "text/vtt"
"""How the text of `captions_vtt` is declared and served."""

SRT_TYPE = "application/x-subrip"
"""How the text of `captions_srt` is declared and served."""

_LONGEST_LINE = 65
"""Characters of a line, the voice tag included: the directories' limit."""

_LONGEST_SPEAKER = 30

_END = (Ms(2**53), Ms(2**53), "", ())
"""Later than any caption."""

_QUOTED = str.maketrans("<>", "‹›")

_EDGES = re.compile(r"^\W+|\W+$")

_Spoken = tuple[Ms, Ms, str, Sequence[TimedWord]]


def captions_vtt(captions: Sequence[TimedText], *, speaker: str) -> str:
    """Write WebVTT with the speaker's name in a voice tag; lines of up to 65 characters.

    Captions are set in order of time; one that runs into the next ends where the next begins, and
    one that is left without words or without time is dropped. Where the moments of words are
    known, each word that can be told apart has its own before it, as in `<00:00:01.500>word`;
    such marks are not read and do not count as characters.
    """
    name = one_line(speaker, longest=_LONGEST_SPEAKER)
    tag = f"<v {_escaped(name)}>" if name else ""
    tag_room = len(f"<v {name}>")
    file = webvtt.WebVTT()
    for start_ms, end_ms, text, words in _in_turn(captions):
        rows = [line.split(" ") for line in _wrapped(text, first_indent=tag_room)]
        tokens = [token for row in rows for token in row]
        marks = iter(_marks(tokens, words, start_ms=start_ms, end_ms=end_ms))
        lines = [" ".join(next(marks) + _escaped(token) for token in row) for row in rows]
        lines[0] = tag + lines[0]
        file.captions.append(webvtt.Caption(_at(start_ms), _at(end_ms), lines))
    return str(file.content)


def captions_srt(captions: Sequence[TimedText]) -> str:
    """Write SubRip, in the order and with the line length of `captions_vtt`; it names no speaker.

    SubRip has no way to escape: `<` and `>`, which players take for markup, become ‹ and ›.
    """
    # webvtt-py writes SubRip to files only, and its form is no more than this.
    blocks = [
        f"{number}\n{_srt_at(start_ms)} --> {_srt_at(end_ms)}\n{_srt_lines(text)}\n"
        for number, (start_ms, end_ms, text, _) in enumerate(_in_turn(captions), start=1)
    ]
    return "\n".join(blocks)


def _srt_lines(text: str) -> str:
    return "\n".join(_wrapped(text.translate(_QUOTED), first_indent=0))


def _srt_at(moment_ms: Ms) -> str:
    return _at(moment_ms).replace(".", ",")


def _in_turn(captions: Sequence[TimedText]) -> list[_Spoken]:
    """Put captions in order, on one line each, none into the next, none empty."""
    spoken = [
        (c.start_ms, c.end_ms, one_line(c.text, longest=len(c.text)), c.words) for c in captions
    ]
    ascending = sorted((each for each in spoken if each[2]), key=lambda each: each[:3])
    turns = [
        (start_ms, min(end_ms, following[0]), text, words)
        for (start_ms, end_ms, text, words), following in pairwise([*ascending, _END])
    ]
    return [turn for turn in turns if turn[0] < turn[1]]


def _marks(
    tokens: Sequence[str], words: Sequence[TimedWord], *, start_ms: Ms, end_ms: Ms
) -> list[str]:
    """Give what stands before each token: its moment, or nothing where that is not known.

    WebVTT wants moments that only ascend, and lie inside of their caption.
    """
    moments = _moments(tokens, words)
    marks, last_ms = [], start_ms
    for index in range(len(tokens)):
        moment_ms = moments.get(index, start_ms)
        is_new = last_ms < moment_ms < end_ms
        last_ms = moment_ms if is_new else last_ms
        marks.append(f"<{_at(moment_ms)}>" if is_new else "")
    return marks


def _moments(tokens: Sequence[str], words: Sequence[TimedWord]) -> dict[int, Ms]:
    """Find the spoken words among the written ones, which may be spelt otherwise: Dr., Doctor."""
    written, spoken = [_bare(token) for token in tokens], [_bare(word.text) for word in words]
    moments: dict[int, Ms] = {}
    matcher = SequenceMatcher(None, written, spoken, autojunk=False)
    for kind, t0, t1, w0, w1 in matcher.get_opcodes():
        if kind in ("equal", "replace"):
            # As many for as many stand for each other in turn; else only the first ones meet.
            pairs = t1 - t0 if t1 - t0 == w1 - w0 else 1
            starts = [word.start_ms for word in words[w0 : w0 + pairs]]
            moments.update(zip(range(t0, t0 + pairs), starts, strict=True))
    return moments


def _bare(word: str) -> str:
    return _EDGES.sub("", word).casefold()


def _wrapped(text: str, *, first_indent: int) -> list[str]:
    """Break a text into lines; the first leaves room for the voice tag."""
    indent = " " * first_indent
    lines = textwrap.wrap(text, _LONGEST_LINE, initial_indent=indent, break_on_hyphens=False)
    return [lines[0][first_indent:], *lines[1:]]


def _escaped(text: str) -> str:
    """WebVTT's own escapes: its text knows &, < and > and no quotation marks."""
    return escape(text, quote=False)


def _at(moment_ms: Ms) -> str:
    """Write a moment as hh:mm:ss.ttt."""
    minutes, rest_ms = divmod(moment_ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest_ms // 1000:02}.{rest_ms % 1000:03}"
