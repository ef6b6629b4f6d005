"""A finished file, decoded once and listened to by everything that measures it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from server.audio.ffmpeg import PCM_INT, Ffmpeg
from server.audio.level import (
    MEASURE_DEADLINE_SECONDS,
    PEAK_LIMIT_DB,
    TARGET_LUFS,
    Loudness,
    LoudnessMeter,
)
from server.audio.report.pauses import Pause, bed_levels, find_pauses, pause_spread_db
from server.audio.report.seams import SeamListener, seams_of
from server.audio.report.tenths import TENTH_MS, Tenths, TenthsMeter, lufs_from_power
from server.errors import AudioError
from server.timeline import BedSegment, SpeechSegment, Timeline
from server.units import (
    SAMPLE_RATE_HZ,
    Db,
    Lufs,
    Ms,
    factor_from_db,
    frames_from_ms,
    ms_from_frames,
)

LOUD = round(32767 * factor_from_db(Db(PEAK_LIMIT_DB - 8)))
"""Between two samples a sound rises by far less than 8 dB: what stays below this, as every room
tone and bell does, need not be measured for its true peak, which takes ffmpeg longer than all
the rest of the report."""

HEARD_DB = 15.0
"""A sentence whose loudest tenth of a second is further than this below the level it should have
is not heard. Measured on the shipped practices: the loudest tenths lie 3 to 7 dB above it."""

SILENCE_REMOVED = "silenceremove=stop_periods=-1:stop_duration=0.3:stop_threshold=-50dB"
"""What podcast apps do to save time, as ffmpeg does it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was found in a finished file."""

    length_ms: Ms
    """Decoded, to the frame."""
    speech_lufs: Lufs | None
    """Integrated loudness of its sentences; None where there is no speech in it."""
    true_peak_db: Db | None
    """Of the whole file, in dBTP; None where no part of it comes near the limit."""
    removed_ms: Ms
    """What SILENCE_REMOVED takes away."""
    clicks_ms: tuple[Ms, ...]
    """The seams at which there is a click."""
    unheard_ms: tuple[Ms, ...]
    """The beginnings of sentences that cannot be heard."""
    pauses: tuple[Pause, ...]
    pause_spread_db: float | None
    """By how much pauses differ, beyond chance; None where no two can be compared."""
    tenths: Tenths
    """Level and peak over time."""


def measure_file(
    path: Path, timeline: Timeline | None = None, *, on_block: Callable[[], None] = lambda: None
) -> Measured:
    """Decode a finished file once and measure it. Raises FfmpegFailed where it does not decode.

    `on_block` is called for every second of sound; what it raises ends the measuring.

    Without a timeline nobody knows what in it is speech: then all of it counts as that, and
    seams, pauses and sentences are not looked at.
    """
    tenths_meter = TenthsMeter()
    seams = SeamListener(seams_of(timeline) if timeline else ())
    edges = _speech_edges(timeline) if timeline else (0,)
    frames = 0
    with ExitStack() as stack:
        decoder = stack.enter_context(_decoder(path))
        loudness = stack.enter_context(_SpeechAndRest(edges))
        for data in decoder.read_blocks():
            block = np.frombuffer(data, dtype="<i2")
            frames += len(block)
            tenths_meter.feed(block)
            seams.feed(block)
            loudness.feed(block)
            on_block()
        kept = _kept_frames(decoder.finish())
        speech_lufs, true_peak_db = loudness.result()
    tenths = tenths_meter.result()
    pauses = find_pauses(timeline) if timeline else ()
    return Measured(
        length_ms=ms_from_frames(frames),
        speech_lufs=speech_lufs,
        true_peak_db=true_peak_db,
        removed_ms=ms_from_frames(frames - kept),
        clicks_ms=seams.result(),
        unheard_ms=tuple(_unheard(timeline, tenths, pauses)) if timeline else (),
        pauses=pauses,
        pause_spread_db=pause_spread_db(pauses, tenths),
        tenths=tenths,
    )


def _decoder(path: Path) -> Ffmpeg:
    """Decode a file once, for us and for the filter that takes silence away.

    Half a second at a time instead of an MP3's frame: that halves what the filter costs.
    """
    graph = (
        f"[0:a:0]asetnsamples={SAMPLE_RATE_HZ // 2}:pad=0,asplit=2[all][some];"
        f"[some]{SILENCE_REMOVED},volumedetect[kept]"
    )
    return Ffmpeg(
        "-i", str(path), "-filter_complex", graph,
        "-map", "[all]", *PCM_INT, "pipe:1", "-map", "[kept]", "-f", "null", "-",
        deadline_seconds=MEASURE_DEADLINE_SECONDS,
    )  # fmt: skip


def _kept_frames(said: str) -> int:
    """Read from volumedetect how much was left."""
    counts = re.findall(r"n_samples: (\d+)", said)
    if not counts:
        raise AudioError("What is left without its silence could not be measured.")
    return int(counts[-1])


class _SpeechAndRest:
    """Takes 16-bit frames in any portions; parts them and measures speech and loud rest."""

    def __init__(self, edges: Iterable[int]) -> None:
        self._edges = iter(edges)
        self._edge = next(self._edges, None)
        self._place, self._is_speech = 0, False
        self._meters = ExitStack()
        self._speech = self._meters.enter_context(LoudnessMeter(wants_peak=True))
        self._rest: LoudnessMeter | None = None

    def __enter__(self) -> _SpeechAndRest:
        return self

    def __exit__(self, *_: object) -> None:
        self._meters.close()

    def feed(self, block: np.ndarray) -> None:
        """Hand over the next frames."""
        while self._edge is not None and self._edge < self._place + len(block):
            self._measure(block[: self._edge - self._place])
            block = block[self._edge - self._place :]
            self._place, self._is_speech = self._edge, not self._is_speech
            self._edge = next(self._edges, None)
        self._measure(block)
        self._place += len(block)

    def _measure(self, block: np.ndarray) -> None:
        if self._is_speech:
            self._speech.feed(block)
        elif np.abs(block).max(initial=0) > LOUD:
            if self._rest is None:  # mostly it is not needed, and a process is not for nothing
                self._rest = self._meters.enter_context(LoudnessMeter(wants_peak=True))
            self._rest.feed(block)

    def result(self) -> tuple[Lufs | None, Db | None]:
        """End it; gives the loudness of the speech, and the true peak of everything loud."""
        speech = self._speech.result()
        found: list[Loudness] = [speech, *([self._rest.result()] if self._rest else [])]
        peaks = [each.true_peak_db for each in found if each.true_peak_db is not None]
        return speech.integrated_lufs, max(peaks, default=None)


def _speech_edges(timeline: Timeline) -> Iterator[int]:
    """The frames at which speech begins and ends, in turn."""
    for segment in timeline.segments:
        if isinstance(segment, SpeechSegment):
            yield frames_from_ms(segment.start_ms)
            yield frames_from_ms(Ms(segment.start_ms + segment.length_ms))


def _unheard(timeline: Timeline, tenths: Tenths, pauses: tuple[Pause, ...]) -> Iterator[Ms]:
    """Find the sentences that are not louder than they may be, or than the bed without them."""
    levels = bed_levels(pauses, tenths)
    bed_lufs: float | None = levels.get((None, None))
    for segment in timeline.segments:
        if isinstance(segment, BedSegment):
            bed_lufs = levels.get((segment.bed, segment.level if segment.bed else None))
        elif isinstance(segment, SpeechSegment):
            least_lufs = TARGET_LUFS + segment.level_db - HEARD_DB
            if bed_lufs is not None:
                least_lufs = max(least_lufs, bed_lufs)
            first = -(-segment.start_ms // TENTH_MS)
            last = max(first + 1, (segment.start_ms + segment.length_ms) // TENTH_MS)
            loudest = float(tenths.powers[first:last].max(initial=0))
            if lufs_from_power(loudest) < least_lufs:
                yield segment.start_ms
