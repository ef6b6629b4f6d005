"""The files behind `<podcast:transcript>`: what is said and when, as WebVTT and as SubRip."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from itertools import pairwise

import webvtt

from server.feed.model import TimedText
from server.feed.text import one_line
from server.units import Ms

VTT_TYPE = "text/vtt"
"""How the text of `captions_vtt` is declared and served."""

SRT_TYPE = "application/x-subrip"
"""How the text of `captions_srt` is declared and served."""

_LONGEST_LINE = 65
"""Characters of a line, the voice tag included: the directories' limit."""

_LONGEST_SPEAKER = 30

_END = (Ms(2**53), Ms(2**53), "")
"""Later than any caption."""

_QUOTED = str.maketrans("<>", "‹›")

_Spoken = tuple[Ms, Ms, str]


def captions_vtt(captions: Sequence[TimedText], *, speaker: str) -> str:
    """Write WebVTT with the speaker's name in a voice tag; lines of up to 65 characters.

    Captions are set in order of time; one that runs into the next ends where the next begins, and
    one that is left without words or without time is dropped.
    """
    name = one_line(speaker, longest=_LONGEST_SPEAKER)
    tag = f"<v {_escaped(name)}>" if name else ""
    tag_room = len(f"<v {name}>")
    file = webvtt.WebVTT()
    for start_ms, end_ms, text in _in_turn(captions):
        lines = [_escaped(line) for line in _wrapped(text, first_indent=tag_room)]
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
        for number, (start_ms, end_ms, text) in enumerate(_in_turn(captions), start=1)
    ]
    return "\n".join(blocks)


def _srt_lines(text: str) -> str:
    return "\n".join(_wrapped(text.translate(_QUOTED), first_indent=0))


def _srt_at(moment_ms: Ms) -> str:
    return _at(moment_ms).replace(".", ",")


def _in_turn(captions: Sequence[TimedText]) -> list[_Spoken]:
    """Put captions in order, on one line each, none into the next, none empty."""
    spoken = [(c.start_ms, c.end_ms, one_line(c.text, longest=len(c.text))) for c in captions]
    ascending = sorted(caption for caption in spoken if caption[2])
    turns = [
        (start_ms, min(end_ms, next_start_ms), text)
        for (start_ms, end_ms, text), (next_start_ms, _, _) in pairwise([*ascending, _END])
    ]
    return [turn for turn in turns if turn[0] < turn[1]]


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
