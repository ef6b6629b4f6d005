"""Tells a practice to each of its listeners, and times what is heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from server.errors import TooShort
from server.script import ANY, Script, Single
from server.timeline import (
    TELLINGS,
    Additions,
    Options,
    SpeechSegment,
    Utterance,
    count_segments,
    lay_out,
    linear_cues,
    plan,
)
from server.units import Ms

TOLERANCE_MS = 1_000
"""So much may a practice be longer or shorter than was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long a sentence takes to say."""

    ms: Ms
    is_measured: bool
    """False for an estimate."""


LengthOf = Callable[[Utterance], Length]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One cue in its place in time."""

    cue: Single
    stage: str
    start_ms: Ms
    length_ms: Ms
    text: str = ""
    """What is said, with the words that are said when a listener gives none; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What one listener hears from the first moment to the last."""

    options: Options
    moments: tuple[Moment, ...]
    total_ms: Ms
    is_measured: bool
    """True when every sentence of it was spoken before, so that nothing is estimated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A telling that does not come out at the length that was chosen."""

    options: Options
    needed_ms: Ms
    """How long it is at least, or at most."""


def list_options(minutes: tuple[int, ...], pairs: tuple[tuple[str, str], ...]) -> Iterator[Options]:
    """Choose the tellings to look at: every listener, length and seed."""
    for length, (anchor, eyes), seed in product(minutes, pairs, range(TELLINGS)):
        yield Options(minutes=length, anchor=anchor, eyes=eyes, seed=seed)


def tell(
    script: Script, options: Options, additions: Additions, length_of: LengthOf
) -> Telling | Misfit:
    """Tell a practice once."""
    planned = plan(script, options, additions)
    lengths = {utterance: length_of(utterance) for utterance in planned.utterances}
    times = {utterance: length.ms for utterance, length in lengths.items()}
    try:
        line = lay_out(planned, times)
    except TooShort as error:
        return Misfit(options=options, needed_ms=error.shortest_ms)
    if abs(line.total_ms - planned.target_ms) > TOLERANCE_MS:
        return Misfit(options=options, needed_ms=line.total_ms)
    segments = iter(line.segments)
    moments: list[Moment] = []
    for heard in linear_cues(script, options):
        for cue in heard.cues:
            own = [next(segments) for _ in range(count_segments(cue))]
            moments.append(
                Moment(
                    cue=cue,
                    stage=heard.stage.title,
                    start_ms=own[0].start_ms,
                    length_ms=Ms(sum(each.length_ms for each in own)),
                    text=own[0].utterance.text if isinstance(own[0], SpeechSegment) else "",
                )
            )
    return Telling(
        options=options,
        moments=tuple(moments),
        total_ms=line.total_ms,
        is_measured=all(length.is_measured for length in lengths.values()),
    )


def shown(options: Options) -> str:
    """Say for whom something holds: "at 10 minutes, for the anchor sound with open eyes"."""
    whom = [f"the anchor {options.anchor}"] if options.anchor != ANY else []
    whom += [f"{options.eyes} eyes"] if options.eyes != ANY else []
    told = f", for {' with '.join(whom)}" if whom else ""
    return f"at {options.minutes} minute{'s' if options.minutes > 1 else ''}{told}"
