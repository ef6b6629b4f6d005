"""The report.json of a render: how it was made, what was measured, what was judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from server.audio import Finding, Measured
from server.audio.level import TARGET_LUFS
from server.render.model import Order
from server.timeline import (
    BedSegment,
    SilenceSegment,
    SpeechSegment,
    Timeline,
    Utterance,
)
from server.units import Db
from server.voice import Speaker

REPORT_VERSION = 2


def write_report(
    order: Order,
    speaker: Speaker,
    timeline: Timeline,
    keys: Mapping[Utterance, str],
    gain_db: Db,
    measured: Measured,
    findings: tuple[Finding, ...],
) -> dict[str, Any]:
    """Say how a render was made and what was measured; holds no word of the listener's."""
    return {
        "report_version": REPORT_VERSION,
        "practice": order.script.slug,
        "script_key": order.script_key,
        "render_key": order.render_key,
        "voice": {
            "name": speaker.voice.name,
            "key": speaker.voice.key,
            "licence": speaker.voice.licence,
        },
        "speech_gain_db": round(gain_db, 2),
        "measured": measured_row(measured),
        "timeline_ms": timeline.total_ms,
        "findings": [asdict(finding) for finding in findings],
        "stages": [_stage_row(timeline, index) for index in range(len(timeline.chapters))],
        "segments": [list(row) for row in segment_rows(timeline)],
        "course": course_row(measured),
        "clips": list(keys.values()),
    }


def measured_row(measured: Measured) -> dict[str, Any]:
    """The figures that were found."""
    return {
        "length_ms": measured.length_ms,
        "speech_lufs": measured.speech_lufs,
        "true_peak_db": measured.true_peak_db,
        "removed_ms": measured.removed_ms,
        "clicks_ms": measured.clicks_ms,
        "unheard_ms": measured.unheard_ms,
        "pause_spread_db": measured.pause_spread_db,
    }


def course_row(measured: Measured) -> dict[str, Any]:
    """How the sound goes in time, in few numbers: what the report's picture is drawn from."""
    peaks, peak_step_ms = measured.tenths.envelope()
    loudness, loudness_step_ms = measured.tenths.loudness()
    return {
        "peaks": peaks,
        "peak_step_ms": peak_step_ms,
        "loudness_lufs": loudness,
        "loudness_step_ms": loudness_step_ms,
        "target_lufs": TARGET_LUFS,
        "pauses": [[pause.start_ms, pause.end_ms - pause.start_ms] for pause in measured.pauses],
    }


def segment_rows(timeline: Timeline) -> Iterator[tuple[str, int, int]]:
    """What each stretch of a timeline is, where it begins and how long it is; no words.

    Beds have no length of their own, and silences that touch are one.
    """
    quiet: tuple[str, int, int] | None = None
    for segment in timeline.segments:
        if isinstance(segment, BedSegment) or not segment.length_ms:
            continue
        if isinstance(segment, SilenceSegment):
            start_ms = quiet[1] if quiet else segment.start_ms
            quiet = ("silence", start_ms, segment.start_ms + segment.length_ms - start_ms)
            continue
        if quiet:
            yield quiet
            quiet = None
        kind = "speech" if isinstance(segment, SpeechSegment) else "sound"
        yield (kind, segment.start_ms, segment.length_ms)
    if quiet:
        yield quiet


def _stage_row(timeline: Timeline, index: int) -> dict[str, Any]:
    chapter = timeline.chapters[index]
    speech_ms = sum(
        segment.length_ms
        for segment in timeline.segments
        if isinstance(segment, SpeechSegment)
        and chapter.start_ms <= segment.start_ms < chapter.end_ms
    )
    return {
        "title": chapter.title,
        "start_ms": chapter.start_ms,
        "length_ms": chapter.end_ms - chapter.start_ms,
        "speech_ms": speech_ms,
    }
