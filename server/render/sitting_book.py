"""What a sitting's row keeps of its beginning, so that nothing that changes later touches it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from server.errors import InvalidScript, SittingNotFound
from server.render.catalogue import LoadedScript
from server.render.live_lines import line_key
from server.render.order_book import read_additions, write_additions
from server.render.sitting_model import Seen
from server.script import parse_passage, parse_script
from server.sitting import Choices, Event, Extras, Kind, Program, compile_sitting, perform
from server.store import SittingEventRow, SittingRow, SittingWordsRow
from server.timeline import Additions, Utterance
from server.units import Ms
from server.voice import Voice

logger = logging.getLogger(__name__)

EXTRA_NAMES = {
    "buttons": "live-buttons",
    "stay": "live-stay",
    "back": "live-back",
    "danger": "live-danger",
}
"""What only a live sitting says, and the passages that hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A sitting as it was begun."""

    program: Program
    lengths: Mapping[Utterance, Ms]
    """Of every shared sentence."""
    voice_key: str
    choices: Choices


def read_extras(passages: Mapping[str, str], additions: Additions) -> Extras:
    """Read what only live sittings say; what is not there, or has a mistake, is not said."""
    own_sounds = frozenset(additions.sounds)
    found = {}
    for name, passage in EXTRA_NAMES.items():
        path, text = f"passages/{passage}.md", passages.get(passage, "")
        try:
            if text:
                found[name] = parse_passage(
                    text, path=path, own_sounds=own_sounds, passages=passages
                )
        except InvalidScript as error:
            logger.error("passage not said: %s", error)  # noqa: TRY400 - our sentence
    return Extras(**found)


def write_sitting(
    loaded: LoadedScript,
    passages: Mapping[str, str],
    additions: Additions,
    program: Program,
    voice: Voice,
) -> dict[str, object]:
    """Write down what a program was made of, as JSON can hold it."""
    return {
        "source": loaded.source,
        "path": loaded.path,
        "passages": {**passages, **loaded.passages},
        "voice_key": voice.key,
        "additions": write_additions(additions, program.utterances),
    }


def read_sitting(row: SittingRow) -> Booked:
    """Make the program of a sitting again, as it was.

    Raises SittingNotFound for one that an older Stepback began and that would now be another.
    """
    kept = cast("dict[str, Any]", row.order)
    additions = read_additions(kept["additions"])
    passages: dict[str, str] = kept["passages"]
    script = parse_script(
        kept["source"],
        path=kept["path"],
        own_sounds=frozenset(additions.sounds),
        passages=passages,
    )
    choices = Choices(**cast("dict[str, Any]", row.choices))
    program = compile_sitting(script, choices, read_extras(passages, additions), additions)
    voice_key = kept["voice_key"]
    lengths = {}
    for utterance in program.utterances:
        length_ms = row.lengths.get(line_key(utterance, voice_key))
        if not isinstance(length_ms, int):
            raise SittingNotFound
        lengths[utterance] = Ms(length_ms)
    return Booked(program=program, lengths=lengths, voice_key=voice_key, choices=choices)


def see(
    row: SittingRow,
    booked: Booked,
    events: Iterable[SittingEventRow],
    words: Iterable[SittingWordsRow],
    clock_ms: Ms,
) -> Seen:
    """Say how a sitting is at a moment of its clock."""
    told = tuple(_read_event(event) for event in events)
    return Seen(
        id=row.id,
        slug=row.slug,
        title=row.title,
        choices=booked.choices,
        program=booked.program,
        performance=perform(booked.program, told, booked.lengths, clock_ms),
        events=told,
        texts={each.number: cast("dict[str, str]", each.texts) for each in words},
        began_at=row.began_at,
    )


def _read_event(row: SittingEventRow) -> Event:
    lengths = cast("dict[str, int]", row.lengths or {})
    return Event(
        kind=Kind(row.kind),
        at_ms=Ms(row.at_ms),
        words=row.words,
        lengths={int(place): Ms(length_ms) for place, length_ms in lengths.items()},
    )
