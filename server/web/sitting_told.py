"""A sitting as it is now → what its page is told of it."""

from __future__ import annotations

from typing import cast

from flask import url_for

from server.audio.live_playlist import WINDOW_MS
from server.render import Seen
from server.sitting import Choices, Line, Stretch
from server.sitting.steps import Question
from server.timeline import PACE_NAMES, PACES, Sound, Utterance
from server.units import Ms, seconds_from_ms
from server.web.schemas import RungOutcome
from server.web.sitting_schemas import (
    LineKind,
    LineOut,
    QuestionOut,
    RungOut,
    SittingOut,
    StationName,
    StationOut,
)

_BREATHS: dict[object, LineKind] = {
    Sound.BREATH_IN: "breath-in",
    Sound.BREATH_OUT: "breath-out",
}


def tell_sitting(seen: Seen) -> SittingOut:
    """Tell of a sitting what is certain of it."""
    performance = seen.performance
    since_ms = performance.heard_ms - WINDOW_MS
    now = _stretch_at(seen, performance.heard_ms)
    return SittingOut(
        id=seen.id,
        practice=seen.slug,
        title=seen.title,
        language=seen.program.script.language,
        heard_seconds=seconds_from_ms(performance.heard_ms),
        certain_seconds=seconds_from_ms(performance.certain_ms),
        total_seconds=_seconds_or_none(performance.total_ms),
        is_paused=seen.is_paused,
        station=_station(now),
        question=_question(seen, now),
        lines=[
            _line(seen, line)
            for line in performance.lines
            if line.start_ms + line.length_ms > since_ms
        ],
        stations=[_tell_stretch(seen, each) for each in performance.stations],
        ladder=_ladder(seen),
        playlist=url_for("sitting.show_playlist", sitting_id=seen.id),
        ground=ground_url(seen.slug, seen.choices) if seen.program.ground is not None else None,
    )


def ground_url(slug: str, choices: Choices) -> str:
    """Where the ground of a practice is, as its listener chose it."""
    return url_for(
        "sitting.show_ground",
        slug=slug,
        minutes=choices.minutes,
        anchor=choices.anchor,
        eyes=choices.eyes,
        pace=PACE_NAMES[PACES.index(choices.pace)],
    )


def _seconds_or_none(moment_ms: Ms | None) -> float | None:
    return None if moment_ms is None else seconds_from_ms(moment_ms)


def _stretch_at(seen: Seen, moment_ms: Ms) -> Stretch:
    """The station that holds at a moment; the first one begins with the sitting."""
    return [each for each in seen.performance.stations if each.start_ms <= moment_ms][-1]


def _station(stretch: Stretch) -> StationName:
    return stretch.station.value


def _tell_stretch(seen: Seen, stretch: Stretch) -> StationOut:
    return StationOut(
        start_seconds=seconds_from_ms(stretch.start_ms),
        station=_station(stretch),
        question=_question(seen, stretch),
    )


def _question(seen: Seen, stretch: Stretch) -> QuestionOut | None:
    """The question of a station, as it was put there: the words of it that were heard last."""
    if stretch.question < 0:
        return None
    question = cast(Question, seen.program.steps[stretch.question])
    said: list[str] = []
    for line in reversed(seen.performance.lines):
        if line.start_ms >= stretch.start_ms:
            continue
        if not question.begins <= line.place < stretch.question:
            break
        if isinstance(line.sound, Utterance):
            said.append(seen.text_of(line))
    return QuestionOut(text=" ".join(reversed(said)), answers=list(question.labels))


def _line(seen: Seen, line: Line) -> LineOut:
    is_speech = isinstance(line.sound, Utterance)
    return LineOut(
        start_seconds=seconds_from_ms(line.start_ms),
        end_seconds=seconds_from_ms(Ms(line.start_ms + line.length_ms)),
        text=seen.text_of(line) if is_speech else "",
        kind="speech" if is_speech else _BREATHS.get(line.sound, "bell"),
        is_own=line.words > 0,
    )


def _ladder(seen: Seen) -> list[RungOut]:
    """The ladder in the listener's own words, whether or not they could be said."""
    return [
        RungOut(
            words=" / ".join(seen.texts.get(rung.words, {}).values()) or None,
            outcome=cast(RungOutcome, rung.outcome),
        )
        for rung in seen.performance.ladder
    ]
