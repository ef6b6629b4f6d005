"""A practice in time, for its author: each stage a line, each cue a part that says what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from flask_babel import gettext, ngettext
from markupsafe import Markup

from server.script import Bed, Bell, Breath, Fill, Say, WordUse
from server.timeline import Moment

WIDTH = 400
"""Narrow, so that its letters can be read where it is as wide as a phone."""

_ROW, _TITLE_DOWN, _BAR_DOWN, _BAR_HEIGHT = 56, 18, 26, 18
_LEAST_WIDTH = 2.5
_LONG_MS = 8_000
"""A silence that is longer says its seconds, where there is room for them."""

_NUMBER_WIDTH = 34
_LONGEST_QUOTE = 90


def draw_time(moments: Sequence[Moment], *, line_offset: int = 0) -> Markup:
    """Draw what is heard, as SVG with classes and no styles; every part names its line.

    Stages are below each other, all in the same measure, so that a long one is a long line.
    `line_offset` is taken from each line, where the author sees fewer.
    """
    moments = [replace(each, line=max(1, each.line - line_offset)) for each in moments]
    stages = [(title, list(own)) for title, own in groupby(moments, lambda each: each.stage)]
    longest_ms = max(_length_ms(own) for _, own in stages)
    parts = [
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" class="time" viewBox="0 0 {} {}" role="group"'
            ' aria-label="{}">'
        ).format(WIDTH, _ROW * len(stages), gettext("The practice in time"))
    ]
    for row, (title, own) in enumerate(stages):
        parts += _stage(title, own, row * _ROW, WIDTH / max(longest_ms, 1))
    return Markup("").join([*parts, Markup("</svg>")])


def _stage(title: str, own: list[Moment], top: float, scale: float) -> Iterator[Markup]:
    start_ms, length_ms = own[0].start_ms, _length_ms(own)
    yield Markup('<text class="time-title" x="0" y="{}">{}</text>').format(top + _TITLE_DOWN, title)
    yield Markup('<text class="time-length" x="{}" y="{}" text-anchor="end">{}</text>').format(
        WIDTH, top + _TITLE_DOWN, _clock(length_ms)
    )
    for moment in own:
        across, width = (moment.start_ms - start_ms) * scale, moment.length_ms * scale
        yield _part(moment, across, width, top)
        is_long = isinstance(moment.cue, Fill) or moment.length_ms >= _LONG_MS
        if _name(moment) == "silence" and is_long and width >= _NUMBER_WIDTH:
            yield Markup('<text class="time-seconds" x="{:.1f}" y="{}">{}</text>').format(
                across + width / 2, top + _BAR_DOWN + _BAR_HEIGHT - 4, _seconds(moment.length_ms)
            )


def _part(moment: Moment, across: float, width: float, top: float) -> Markup:
    name = _name(moment)
    # A bed takes no time: it is a mark under the line, from where on it is heard.
    down, height = (_BAR_HEIGHT + 2, 5) if name == "bed" else (0, _BAR_HEIGHT)
    least = 6.0 if name in ("bed", "bell") else _LEAST_WIDTH
    shown = least if name in ("bed", "bell") else max(width - 1, least)
    return Markup(
        '<rect class="time-part time-{}" x="{:.1f}" y="{}" width="{:.1f}" height="{}" rx="2"'
        ' data-line="{}"><title>{}</title></rect>'
    ).format(
        name,
        min(across, WIDTH - shown),
        top + _BAR_DOWN + down,
        shown,
        height,
        moment.line,
        describe(moment),
    )


def _name(moment: Moment) -> str:
    match moment.cue:
        case Say():
            return "speech"
        case Bell():
            return "bell"
        case Breath():
            return "breath"
        case Bed():
            return "bed"
        case _:
            return "silence"


def describe(moment: Moment) -> str:
    """Say what one part of the picture is, in a sentence with its line."""
    return str(_described(moment))


def _described(moment: Moment) -> object:
    line, length = moment.line, _seconds(moment.length_ms)
    match moment.cue:
        case Say(parts=parts):
            said = "".join(f"{{{p.name}}}" if isinstance(p, WordUse) else p for p in parts)
            short = said if len(said) <= _LONGEST_QUOTE else f"{said[:_LONGEST_QUOTE].rstrip()}…"
            return gettext(
                "Line %(line)d: “%(said)s” %(length)s", line=line, said=short, length=length
            )
        case Bell(strokes=strokes):
            return ngettext(
                "Line %(line)d: a bell",
                "Line %(line)d: a bell, %(num)d times",
                strokes,
                line=line,
            )
        case Breath(count=count):
            return ngettext(
                "Line %(line)d: one breath, led by sound, %(length)s",
                "Line %(line)d: %(num)d breaths, led by sound, %(length)s",
                count,
                line=line,
                length=length,
            )
        case Bed(name=name) if name:
            return gettext("Line %(line)d: from here %(name)s", line=line, name=name)
        case Bed():
            return gettext("Line %(line)d: from here nothing under the voice", line=line)
        case Fill():
            return gettext(
                "Line %(line)d: a silence that fills, %(length)s here", line=line, length=length
            )
        case _:
            return gettext("Line %(line)d: a silence, %(length)s", line=line, length=length)


def _length_ms(own: Sequence[Moment]) -> int:
    return sum(moment.length_ms for moment in own)


def _seconds(length_ms: int) -> str:
    return str(gettext("%(seconds)d s", seconds=round(length_ms / 1000)))


def _clock(length_ms: int) -> str:
    minutes, seconds = divmod(round(length_ms / 1000), 60)
    return f"{minutes}:{seconds:02}"
