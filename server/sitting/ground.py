"""A program → its ground alone, laid out at once: what a phone keeps for when it is too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from server.sitting.clock import grain_up
from server.sitting.model import Line
from server.sitting.program import Program
from server.sitting.steps import Choose, Filling, Given, Jump, Question, Quiet, Speak, Strike
from server.timeline import Sound, Utterance
from server.units import Ms

FILL_MS = Ms(20_032)
"""Of a silence that is elsewhere as long as there is time for."""


def lay_ground(program: Program, lengths: Mapping[Utterance, Ms]) -> tuple[tuple[Line, ...], Ms]:
    """Lay out what is heard from the beginning of the ground on, without any move.

    Gives its lines and how long all of it is: none, where the script has no ground. It ends where
    the ground's stage ends, or asks.
    """
    lines: list[Line] = []
    now_ms = 0

    def hear(place: int, sound: Utterance | Sound, length_ms: Ms, sound_ms: Ms = Ms(0)) -> int:
        lines.append(
            Line(
                start_ms=Ms(now_ms),
                length_ms=length_ms,
                sound=sound,
                place=place,
                sound_ms=sound_ms,
            )
        )
        return length_ms

    for place in _places(program):
        match program.steps[place]:
            case Speak(utterance=utterance):
                now_ms += hear(place, utterance, lengths[utterance])
            case Strike(sound=sound, length_ms=sound_ms):
                now_ms += hear(place, sound, grain_up(sound_ms), sound_ms)
            case Quiet(length_ms=length_ms):
                now_ms += grain_up(length_ms)
            case Filling():
                now_ms += FILL_MS
            case _:
                pass  # it takes no time
    return tuple(lines), Ms(now_ms)


def _places(program: Program) -> Iterator[int]:
    """The places of the ground in the order in which they are heard."""
    if program.ground is None:
        return
    place, stage = program.ground, program.stages[program.ground]
    while program.stages[place] == stage:
        yield place
        match program.steps[place]:
            case Question():
                return
            case Choose(to=to):
                place = to[program.seed % len(to)]
            case Given(without_words=without_words, otherwise=otherwise):
                place = place + 1 if without_words else otherwise
            case Jump(to=to):
                place = to
            case _:
                place += 1
