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
    parse_ebur128,
)
from server.errors import ReportRefused
from server.timeline import SpeechSegment, Timeline
from server.units import Db, Lufs, Ms, frames_from_ms, ms_from_frames, seconds_from_ms

LENGTH_TOLERANCE_MS = Ms(50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was found in a finished file."""

    length_ms: Ms
    """Decoded, to the frame."""
    speech_lufs: Lufs | None
    """Integrated loudness of its sentences; None where there is no speech in it."""
    true_peak_db: Db | None
    """Of the whole file, in dBTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule of the report and what was found."""

    rule: str
    found: float | None
    wanted: str
    is_met: bool


def measure_file(path: Path, timeline: Timeline) -> Measured:
    """Decode a finished file once and measure it. Raises FfmpegFailed where it does not decode."""
    meter = LoudnessMeter()
    frames = 0
    with Ffmpeg(
        "-i", str(path), "-filter_complex",
        "[0:a]asplit[whole][heard];[whole]ebur128=peak=true:framelog=quiet[measured]",
        "-map", "[measured]", "-f", "null", "-", "-map", "[heard]", *PCM_INT, "pipe:1",
        deadline_seconds=60 + seconds_from_ms(timeline.total_ms),
    ) as ffmpeg:  # fmt: skip
        try:
            speech = _speech_spans(timeline)
            span = next(speech, None)
            for data in ffmpeg.read_blocks():
                block = np.frombuffer(data, dtype="<i2")
                end = frames + len(block)
                while span is not None and span[0] < end:
                    meter.feed(block[max(0, span[0] - frames) : span[1] - frames])
                    if span[1] > end:
                        break
                    span = next(speech, None)
                frames = end
            whole = parse_ebur128(ffmpeg.finish())
            speech_loudness = meter.result()
        finally:
            meter.close()
    return Measured(
        length_ms=ms_from_frames(frames),
        speech_lufs=speech_loudness.integrated_lufs,
        true_peak_db=whole.true_peak_db,
    )


def _speech_spans(timeline: Timeline) -> Iterator[tuple[int, int]]:
    """The sentences of a timeline as spans of frames, in order."""
    for segment in timeline.segments:
        if isinstance(segment, SpeechSegment):
            start = frames_from_ms(segment.start_ms)
            yield start, start + frames_from_ms(segment.length_ms)


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
