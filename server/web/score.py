"""A practice drawn as its own score: speech as blocks, silence as space, stages as ticks."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext, ngettext
from markupsafe import Markup

from server.timeline import Segment, SoundSegment, SpeechSegment, Timeline
from server.web.wording import number_text, sentence_case

WIDTH = 1000
SPEECH_TOP, SPEECH_HEIGHT = 24, 32
SOUND_TOP, SOUND_HEIGHT = 8, 8
TICK_TOP, TICK_HEIGHT = 68, 12
LEAST_WIDTH = 1.0
"""A block narrower than this could not be seen."""

JOINED_MS = 400
"""Sentences closer than this are drawn as one block."""

_OPENING = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 80" role="img" class="score"'
    ' fill="currentColor" preserveAspectRatio="none">'
)


def draw_score(timeline: Timeline) -> Markup:
    """Draw a timeline as SVG with classes and no styles, so that a strict policy shows it."""
    parts = [
        _OPENING,
        Markup("<title>{}</title>").format(describe(timeline)),
        *(_block(start, end, timeline.total_ms) for start, end in _speech(timeline)),
        *(_sound(sound, timeline.total_ms) for sound in _sounds(timeline)),
        *(_tick(chapter.start_ms, timeline.total_ms) for chapter in timeline.chapters),
        Markup("</svg>"),
    ]
    return Markup("").join(parts)


def describe(timeline: Timeline) -> str:
    """Say in one line what the drawing shows."""
    speech_ms = sum(end - start for start, end in _stretches(timeline))
    count = len(timeline.chapters)
    stages = ngettext("one stage", "%(number)s stages", count, number=number_text(count))
    told = gettext(
        "%(stages)s; %(speech)s of speech and %(silence)s of silence",
        stages=stages,
        speech=_minutes(speech_ms),
        silence=_minutes(timeline.total_ms - speech_ms),
    )
    return sentence_case(told)


def _minutes(length_ms: int) -> str:
    minutes = round(length_ms / 60_000)
    if not minutes:
        return gettext("less than a minute")
    return ngettext("about one minute", "about %(num)s minutes", minutes)


def _stretches(timeline: Timeline) -> Iterator[tuple[int, int]]:
    for segment in timeline.segments:
        if isinstance(segment, SpeechSegment):
            yield segment.start_ms, segment.start_ms + segment.length_ms


def _speech(timeline: Timeline) -> Iterator[tuple[int, int]]:
    """Join sentences that follow closely."""
    joined: tuple[int, int] | None = None
    for start, end in _stretches(timeline):
        if joined and start - joined[1] < JOINED_MS:
            joined = (joined[0], end)
            continue
        if joined:
            yield joined
        joined = (start, end)
    if joined:
        yield joined


def _sounds(timeline: Timeline) -> Iterator[Segment]:
    return (segment for segment in timeline.segments if isinstance(segment, SoundSegment))


def _across(moment_ms: int, total_ms: int) -> float:
    return WIDTH * moment_ms / max(total_ms, 1)


def _block(start: int, end: int, total_ms: int) -> Markup:
    width = max(_across(end - start, total_ms), LEAST_WIDTH)
    return _bar("score-speech", _across(start, total_ms), width, SPEECH_TOP, SPEECH_HEIGHT)


def _sound(sound: Segment, total_ms: int) -> Markup:
    return _bar("score-sound", _across(sound.start_ms, total_ms), 2.0, SOUND_TOP, SOUND_HEIGHT)


def _tick(moment_ms: int, total_ms: int) -> Markup:
    return _bar("score-stage", _across(moment_ms, total_ms), 2.0, TICK_TOP, TICK_HEIGHT)


def _bar(name: str, across: float, width: float, top: int, height: int) -> Markup:
    """Draw one rectangle: unlike a circle it keeps its shape when a page stretches the score."""
    return Markup(  # noqa: S704 - made of numbers and constants alone
        f'<rect class="{name}" x="{across:.1f}" y="{top}" width="{width:.1f}" height="{height}"/>'
    )
