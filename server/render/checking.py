"""Checks the text of a practice as an author writes it: mistakes, remarks, how it was timed.

The command `stepback check` and the author's page both ask here. Nothing is spoken, and no
voice is loaded: what is on the shelf already is measured, all else is estimated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from server.checker import Length, LengthOf, Remark, Severity, check_passage, check_script
from server.config import Settings
from server.errors import InvalidScript, Problem, VoiceUnavailable
from server.render.additions import find_additions
from server.render.passages import FOLDER, find_passages
from server.render.voices import house_voices
from server.script import parse_passage, parse_script
from server.store.shelves import open_shelf
from server.timeline import Utterance
from server.units import Ms
from server.voice import clip_key, estimate_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What there is to say of the text of a practice or a passage."""

    path: str
    """The file's name as it was given."""
    title: str = ""
    """The practice's; empty for a passage, and where there are mistakes."""
    problems: tuple[Problem, ...] = ()
    """Mistakes, because of which it cannot be read; nothing else is said then."""
    remarks: tuple[Remark, ...] = ()
    """What a rule has to say of a place, by line and column."""
    minutes: tuple[int, ...] = ()
    """The lengths of the practice."""
    measured_minutes: tuple[int, ...] = ()
    """Those at which it was timed by what was spoken before; the others are estimated."""

    @property
    def is_fine(self) -> bool:
        """True where there is no mistake, no error and no warning; hints do not count."""
        return not self.problems and all(
            remark.severity == Severity.HINT for remark in self.remarks
        )

    def as_data(self) -> dict[str, Any]:
        """Give it as JSON holds it; docs/checks.md describes the shape."""
        return {**asdict(self), "is_fine": self.is_fine}


def check_source(settings: Settings, source: str, path: Path) -> Checked:
    """Check a text that is, or is to be, in the file `path`.

    The passages are those beside it; in their folder it is read as one itself. The house's own
    sounds, respellings and recordings are taken into account. Raises StepbackError where these
    cannot be read.
    """
    passages = find_passages(path)
    try:
        if path.parent.name == FOLDER:
            return _check_passage(settings, source, path, passages)
        return _check_practice(settings, source, path, passages)
    except InvalidScript as error:
        return Checked(path=str(path), problems=error.problems)


def _check_passage(
    settings: Settings, source: str, path: Path, passages: Mapping[str, str]
) -> Checked:
    additions = find_additions(settings)
    cues = parse_passage(
        source, path=str(path), own_sounds=frozenset(additions.sounds), passages=passages
    )
    made = check_passage(cues, source, path=str(path), passages=passages, additions=additions)
    return Checked(path=str(path), remarks=made.remarks)


def _check_practice(
    settings: Settings, source: str, path: Path, passages: Mapping[str, str]
) -> Checked:
    additions = find_additions(settings)
    script = parse_script(
        source, path=str(path), own_sounds=frozenset(additions.sounds), passages=passages
    )
    additions = find_additions(settings, script.slug)
    made = check_script(
        script,
        source,
        path=str(path),
        length_of=_lengths(settings, settings.voice or script.voice),
        passages=passages,
        additions=additions,
    )
    return Checked(
        path=str(path),
        title=script.title,
        remarks=made.remarks,
        minutes=script.minutes,
        measured_minutes=made.measured_minutes,
    )


# ── how long a sentence is ───────────────────────────────────────────────────────────────────


def _lengths(settings: Settings, voice_name: str) -> LengthOf:
    """Measure the clips that a voice has on the shelf, and estimate the others, each once."""
    measure = _measuring(settings, voice_name)
    measured: dict[Utterance, Length] = {}
    letters: dict[tuple[str, str], Ms] = {}

    def length_of(utterance: Utterance) -> Length:
        if utterance not in measured:
            length_ms = measure(utterance)
            text = (utterance.text, utterance.spoken)
            if length_ms is None and text not in letters:
                letters[text] = estimate_ms(replace(utterance, pace=1.0))
            measured[utterance] = Length(
                ms=length_ms or Ms(round(letters[text] * utterance.pace)),
                is_measured=length_ms is not None,
            )
        return measured[utterance]

    return length_of


def _measuring(settings: Settings, voice_name: str) -> Callable[[Utterance], Ms | None]:
    shelf = open_shelf(settings)
    try:
        voice = house_voices(settings).describe(voice_name)
    except VoiceUnavailable:
        return lambda utterance: None
    return lambda utterance: _flac_length_ms(
        shelf.clip_path(utterance.recording or clip_key(voice, utterance))
    )


def _flac_length_ms(path: Path) -> Ms | None:
    """Read from a FLAC file's head how long it is; None for one that is not there or says nothing.

    Done by hand: the author's page checks while one types, and what sound is made with has no
    place in a web process. The head has its rate, channels, depth and number of frames in 64 bits.
    """
    try:
        with path.open("rb") as file:
            head = file.read(26)
    except FileNotFoundError:
        return None
    if len(head) < 26 or not head.startswith(b"fLaC"):
        return None
    packed = int.from_bytes(head[18:26])
    rate_hz, frames = packed >> 44, packed & (1 << 36) - 1
    return Ms(round(frames * 1000 / rate_hz)) if rate_hz and frames else None
