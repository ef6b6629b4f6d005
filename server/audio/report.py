"""The finished file, decoded and measured again: the report that lets it be published or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from server.audio.ffmpeg import PCM_INT, Ffmpeg
from server.audio.level import (
    PEAK_LIMIT_DB,
    TARGET_LUFS,
    TOLERANCE_LU,
    LoudnessMeter,
)
from server.errors import ReportRefused
from server.timeline import SpeechSegment, Timeline
from server.units import (
    Db,
    Lufs,
    Ms,
    factor_from_db,
    frames_from_ms,
    ms_from_frames,
    seconds_from_ms,
)

LENGTH_TOLERANCE_MS = Ms(50)

LOUD = round(32767 * factor_from_db(Db(PEAK_LIMIT_DB - 8)))
"""Between two samples a sound rises by far less than 8 dB: what stays below this, as every room
tone and bell does, need not be measured for its true peak, which takes ffmpeg longer than all
the rest of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was found in a finished file."""

    length_ms: Ms
    """Decoded, to the frame."""
    speech_lufs: Lufs | None
    """Integrated loudness of its sentences; None where there is no speech in it."""
    true_peak_db: Db | None
    """Of the whole file, in dBTP; None where no part of it comes near the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule of the report and what was found."""

    rule: str
    found: float | None
    wanted: str
    is_met: bool


def measure_file(path: Path, timeline: Timeline) -> Measured:
    """Decode a finished file once and measure it. Raises FfmpegFailed where it does not decode."""
    with (
        Ffmpeg(
            "-i", str(path), *PCM_INT, "pipe:1",
            deadline_seconds=60 + seconds_from_ms(timeline.total_ms),
        ) as decoder,
        LoudnessMeter(wants_peak=True) as speech,
        LoudnessMeter(wants_peak=True) as loud_rest,
    ):  # fmt: skip
        frames = 0
        for is_speech, block in _parted(decoder.read_blocks(), timeline):
            frames += len(block)
            if is_speech:
                speech.feed(block)
            elif np.abs(block).max(initial=0) > LOUD:
                loud_rest.feed(block)
        decoder.finish()
        found, rest = speech.result(), loud_rest.result()
    peaks = [each.true_peak_db for each in (found, rest) if each.true_peak_db is not None]
    return Measured(
        length_ms=ms_from_frames(frames),
        speech_lufs=found.integrated_lufs,
        true_peak_db=max(peaks, default=None),
    )


def _parted(data: Iterator[bytes], timeline: Timeline) -> Iterator[tuple[bool, np.ndarray]]:
    """Part a decoded file into what is speech by its timeline, and what is not, in order."""
    edges = _speech_edges(timeline)
    place, is_speech = 0, False
    edge = next(edges, None)
    for piece in data:
        block = np.frombuffer(piece, dtype="<i2")
        while edge is not None and edge < place + len(block):
            yield is_speech, block[: edge - place]
            block, place, is_speech = block[edge - place :], edge, not is_speech
            edge = next(edges, None)
        yield is_speech, block
        place += len(block)


def _speech_edges(timeline: Timeline) -> Iterator[int]:
    """The frames at which speech begins and ends, in turn."""
    for segment in timeline.segments:
        if isinstance(segment, SpeechSegment):
            yield frames_from_ms(segment.start_ms)
            yield frames_from_ms(Ms(segment.start_ms + segment.length_ms))


def judge(measured: Measured, timeline: Timeline, *, has_voice: bool) -> tuple[Finding, ...]:
    """Hold what was measured against every rule. `has_voice` is False for the silent voice."""
    findings = [
        Finding(
            rule="length",
            found=float(measured.length_ms),
            wanted=f"{timeline.total_ms} ms, within {LENGTH_TOLERANCE_MS} ms",
            is_met=abs(measured.length_ms - timeline.total_ms) <= LENGTH_TOLERANCE_MS,
        ),
        Finding(
            rule="true peak",
            found=measured.true_peak_db,
            wanted=f"at most {PEAK_LIMIT_DB} dBTP",
            is_met=measured.true_peak_db is None or measured.true_peak_db <= PEAK_LIMIT_DB,
        ),
    ]
    if has_voice:
        lufs = measured.speech_lufs
        findings.append(
            Finding(
                rule="speech loudness",
                found=lufs,
                wanted=f"{TARGET_LUFS} LUFS, within {TOLERANCE_LU} LU",
                is_met=lufs is not None and abs(lufs - TARGET_LUFS) <= TOLERANCE_LU,
            )
        )
    return tuple(findings)


def refuse_unless_met(findings: tuple[Finding, ...]) -> None:
    """Raise ReportRefused with every rule that was not met."""
    missed = [f for f in findings if not f.is_met]
    if missed:
        told = "; ".join(f"{f.rule} is {f.found}, wanted {f.wanted}" for f in missed)
        raise ReportRefused(f"The recording was not published: {told}.")
