"""One render from end to end: speak, lay out, mix and encode as it grows, measure, publish.

All of it goes on at once. What can be heard goes out in a stream while the rest is spoken; the
finished files are published when the report agrees, and not before.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from server.audio import (
    Finding,
    Measured,
    Sources,
    encode,
    gain_for,
    judge,
    measure_file,
    mix_blocks,
    open_bed,
    refuse_unless_met,
    sound_frames,
)
from server.render.calibration import curve_offset_db, get_gain
from server.render.covers import Picture, make_picture
from server.render.documents import (
    Documents,
    SoundFiles,
    judge_captions,
    write_documents,
    write_texts,
)
from server.render.model import OnProgress, Order, Phase, Product, Progress
from server.render.publish import publish
from server.render.report import write_report
from server.render.speech import Speech, clip_keys, private_keys
from server.render.stream import Stream
from server.store import Shelf
from server.timeline import Segment, Timeline, Utterance, assemble, grow
from server.units import Db, Ms
from server.voice import Speaker, estimate_ms

LOUDNESS_RULE = "speech loudness"
TICK_SECONDS = 0.25
"""How often, at least, it is shown how far a render is, and asked whether it should go on."""


def produce(
    order: Order,
    *,
    speaker: Speaker,
    shelf: Shelf,
    on_progress: OnProgress,
    is_wanted: Callable[[], bool] = lambda: True,
    takes: int = 1,
) -> Product:
    """Make and publish the files of one render.

    `is_wanted` tells whether somebody waits for it; `takes` is how often each new sentence is
    spoken, to keep the best. Raises a VoiceError, an AudioError (ReportRefused among them) or
    StorageFull; no finished file is published then. What is on the shelf already stays, the
    listener's own words among it: only whoever knows whether this render is still his may remove
    it (see job.py, and once.py).
    """
    making = _Making(
        order=order,
        speaker=speaker,
        shelf=shelf,
        on_progress=on_progress,
        is_wanted=is_wanted,
        takes=takes,
        keys=clip_keys(order, speaker),
        guesses={each: estimate_ms(each) for each in order.plan.utterances},
    )
    mp3, opus = shelf.temporary_path(".mp3"), shelf.temporary_path(".opus")
    try:
        return making.make(SoundFiles(mp3=mp3, opus=None if order.is_excerpt else opus))
    finally:
        mp3.unlink(missing_ok=True)
        opus.unlink(missing_ok=True)


@dataclass(slots=True, kw_only=True)
class _Making:
    """One render in the making."""

    order: Order
    speaker: Speaker
    shelf: Shelf
    on_progress: OnProgress
    is_wanted: Callable[[], bool]
    takes: int
    keys: Mapping[Utterance, str]
    guesses: Mapping[Utterance, Ms]
    _speech: Speech = field(init=False)
    _stream: Stream = field(init=False)
    _segments: list[Segment] = field(default_factory=list, init=False)
    _laid_out_ms: int = field(default=0, init=False)
    _begun_s: float = field(default_factory=time.monotonic, init=False)
    _ticked_s: float = field(default=-math.inf, init=False)

    def __post_init__(self) -> None:
        self._speech = Speech(
            keys=self.keys,
            shelf=self.shelf,
            speaker=self.speaker,
            urgency=self._urgency,
            on_wait=self._tick,
            takes=self.takes,
        )
        self._stream = Stream(
            shelf=self.shelf,
            render_key=self.order.render_key,
            laid_out=self._laid_out,
            check=self._show,
            write_texts=lambda line: write_texts(self.order.script, line, self._speech.words_of),
        )

    def make(self, sound: SoundFiles) -> Product:
        """Make the render, its sound at first at temporary paths."""
        self._stream.resume()
        try:
            gain_db = self._first_gain()
            self._encode(sound, gain_db)
            measured, findings = self._check(sound.mp3)
            if measured.speech_lufs is not None and _is_only_off_level(findings):
                gain_db = Db(gain_db + gain_for(measured.speech_lufs))
                self._stream.begin_anew()
                self._encode(sound, gain_db)
                measured, findings = self._check(sound.mp3)
        finally:
            self._speech.close()
        timeline = self._laid_out()
        documents = self._describe(sound, timeline)
        findings = (*findings, judge_captions(documents, timeline))
        refuse_unless_met(findings)
        order = self.order
        report = write_report(order, self.speaker, timeline, self.keys, gain_db, measured, findings)
        return Product(
            files=publish(order.render_key, sound, documents, report, self.shelf),
            report=report,
            duration_ms=timeline.total_ms,
            private_clip_keys=private_keys(self.keys),
        )

    def _first_gain(self) -> Db:
        """The voice's own gain, corrected by what the practice's curve takes away."""
        plan = self.order.plan
        gain_db = get_gain(
            self.speaker,
            self.shelf,
            plan.utterances,
            urgency=self._urgency,
            on_wait=self._tick,
        )
        return Db(gain_db - curve_offset_db(plan, self.guesses))

    def _encode(self, sound: SoundFiles, gain_db: Db) -> None:
        """Lay out, mix and encode, each step as soon as the one before it allows."""
        self._segments.clear()
        sources = Sources(
            clip=self._speech.frames_of,
            sound=partial(sound_frames, path_of=self.shelf.sound_path),
            bed=lambda bed: open_bed(bed, self.shelf.sound_path),
        )
        blocks = mix_blocks(self._growing(), sources, speech_gain_db=gain_db)
        take = self._stream.take
        encode(self._watched(blocks), sound.mp3, opus_path=sound.opus, on_fragments=take)
        self._stream.complete()

    def _growing(self) -> Iterator[Segment]:
        for segment in grow(self.order.plan, self.guesses, self._speech.length_of):
            self._segments.append(segment)
            self._laid_out_ms = segment.start_ms + segment.length_ms
            yield segment

    def _watched(self, blocks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        for block in blocks:
            yield block
            self._tick_in_time(Phase.SPEAKING)

    def _laid_out(self) -> Timeline:
        return assemble(self.order.plan, tuple(self._segments))

    def _urgency(self) -> float:
        """When the sound of whoever waits for this runs out, had they begun as soon as they could.

        What is laid out counts, not what is listed yet: that follows at once, and must not get
        this render a second turn in between.
        """
        if not self.is_wanted():
            return math.inf
        return (self._stream.begun_s or self._begun_s) + self._laid_out_ms / 1000

    def _tick_in_time(self, phase: Phase) -> None:
        if time.monotonic() - self._ticked_s > TICK_SECONDS:
            self._tick(phase)

    def _tick(self, phase: Phase = Phase.SPEAKING) -> None:
        """Show life and how far it is; whatever makes the render stop is raised from here."""
        self._ticked_s = time.monotonic()
        self._show(phase)
        self._stream.tend()  # after it: whoever slept, and lost the render, lists nothing more

    def _show(self, phase: Phase = Phase.SPEAKING) -> None:
        laid_out = self._laid_out()
        self.on_progress(
            Progress(
                phase=phase,
                stage=laid_out.chapters[-1].title if laid_out.chapters else "",
                done_ms=laid_out.total_ms,
                total_ms=Ms(max(self.order.plan.target_ms, laid_out.total_ms)),
            )
        )

    def _check(self, mp3: Path) -> tuple[Measured, tuple[Finding, ...]]:
        self._tick(Phase.CHECKING)
        timeline = self._laid_out()
        measured = measure_file(mp3, timeline, on_block=partial(self._tick_in_time, Phase.CHECKING))
        if self.order.is_excerpt:
            return measured, ()  # one sentence is as loud as it is, and nobody publishes it
        has_voice = self.speaker.voice.engine != "silent"
        return measured, judge(measured, timeline, has_voice=has_voice)

    def _describe(self, sound: SoundFiles, timeline: Timeline) -> Documents:
        """Tag the sound, and write what goes with it."""
        script = self.order.script
        picture = Picture(title=script.title, track=script.track, is_small=True)
        cover = make_picture(self.shelf, picture)
        return write_documents(sound, script, timeline, words_of=self._speech.words_of, cover=cover)


def _is_only_off_level(findings: tuple[Finding, ...]) -> bool:
    """True where the voice's own gain did not fit these sentences: that can be put right."""
    return [finding.rule for finding in findings if not finding.is_met] == [LOUDNESS_RULE]
