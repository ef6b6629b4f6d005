"""The lines of live sittings: those that somebody waits for, and all others while it is quiet."""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from server.errors import (
    InvalidOptions,
    PracticeNotFound,
    RenderInterrupted,
    StepbackError,
    StorageFull,
    VoiceError,
)
from server.render.ahead import QUIET_SECONDS, REST_SECONDS
from server.render.live_lines import Needs, needs_of
from server.render.live_stock import LineMaker, OnWait
from server.render.sitting_book import read_extras
from server.render.sitting_offer import needs_of_practice
from server.render.sittings import Sittings
from server.render.voices import Voices
from server.script import Script
from server.sitting import Choices, compile_sitting
from server.store import (
    SILENT_VOICE,
    LineWantRow,
    drop_line_want,
    has_waiting_words,
    has_wanted_renders,
    list_line_wants,
)
from server.voice import Speaker, Urgency

logger = logging.getLogger(__name__)

STILL_WANTED = timedelta(seconds=60)
"""Whoever waits for lines asks again and again; who has not for so long is gone."""


@dataclass(slots=True, kw_only=True)
class LineStock:
    """Sees to it that lines are there; each part is called again and again in its own thread."""

    sittings: Sittings
    voices: Voices
    stopping: threading.Event
    _needs: dict[str, tuple[object, Needs]] = field(default_factory=dict, init=False)
    _quiet_since_s: float | None = field(default=None, init=False)
    _rest_until_s: float = field(default=-math.inf, init=False)

    def make_wanted(self) -> None:
        """Make the lines that somebody waits for who wants to begin."""
        with self.sittings.database.reading() as db:
            wants = list_line_wants(db, self.sittings.now() - STILL_WANTED)
        for each in wants:
            if self.stopping.is_set():
                return
            try:
                made = self._make_want(each)
                logger.info("lines made practice=%s lines=%d", each.slug, made)
            except RenderInterrupted:
                return
            except StepbackError as error:
                # Whoever waits asks again, and is told what can be told.
                logger.error("lines not made practice=%s reason=%s", each.slug, error)  # noqa: TRY400 - our sentence
            with self.sittings.database.writing() as db:
                drop_line_want(db, each.key)

    def _make_want(self, want: LineWantRow) -> int:
        catalogue, begun_s = self.sittings.catalogue, time.monotonic()
        script = catalogue.get(want.slug).script
        additions = catalogue.additions(want.slug)
        choices = Choices(**cast("dict[str, Any]", want.choices))
        extras = read_extras(catalogue.passages(), additions)
        program = compile_sitting(script, choices, extras, additions)
        speaker = self._speaker_of(script)
        needs = needs_of([program], speaker.voice.key)
        return self._make(needs, speaker, lambda: begun_s, self._unless_stopping)

    def _speaker_of(self, script: Script) -> Speaker:
        return self.voices.get(self.sittings.settings.voice or script.voice)

    def _make(self, needs: Needs, speaker: Speaker, urgency: Urgency, on_wait: OnWait) -> int:
        if self.sittings.shelf.free_bytes() < self.sittings.settings.least_free_bytes:
            raise StorageFull(self.sittings.shelf.root)
        maker = LineMaker(
            shelf=self.sittings.shelf, speaker=speaker, urgency=urgency, on_wait=on_wait
        )
        return maker.make_missing(needs)

    def _unless_stopping(self) -> None:
        if self.stopping.is_set():
            raise RenderInterrupted

    def make_ahead(self, now_s: float) -> None:
        """Make lines that nobody waits for yet, while the house is quiet.

        `now_s` is on the monotonic clock.
        """
        if not self._is_quiet(now_s) or now_s < self._rest_until_s:
            return
        for script in self.sittings.catalogue.scripts():
            try:
                made = self._make_all(script)
            except (RenderInterrupted, StorageFull):
                return
            except (InvalidOptions, PracticeNotFound, VoiceError) as error:
                # A listener who begins is told; nobody is waiting to be told here.
                logger.debug("lines not made ahead practice=%s reason=%s", script.slug, error)
                continue
            if made:
                logger.info("lines made ahead practice=%s lines=%d", script.slug, made)
        self._rest_until_s = time.monotonic() + REST_SECONDS

    def _make_all(self, script: Script) -> int:
        if (self.sittings.settings.voice or script.voice) == SILENT_VOICE:
            return 0
        speaker = self._speaker_of(script)
        needs = self._all_needs(script.slug, speaker.voice.key)
        return self._make(needs, speaker, lambda: math.inf, self._while_quiet) if needs.keys else 0

    def _all_needs(self, slug: str, voice_key: str) -> Needs:
        """What a practice needs whatever is chosen, worked out again when something changes."""
        catalogue = self.sittings.catalogue
        loaded, passages = catalogue.get(slug), catalogue.passages()
        additions = catalogue.additions(slug)
        made_of = (loaded.source, dict(passages), additions, voice_key)
        known = self._needs.get(slug)
        if known is None or known[0] != made_of:
            needs = needs_of_practice(loaded.script, passages, additions, voice_key)
            known = self._needs[slug] = (made_of, needs)
        return known[1]

    def _is_quiet(self, now_s: float) -> bool:
        if self._is_someone_waiting():
            self._quiet_since_s = None
            return False
        if self._quiet_since_s is None:
            self._quiet_since_s = now_s
        return now_s - self._quiet_since_s >= QUIET_SECONDS

    def _while_quiet(self) -> None:
        self._unless_stopping()
        if self._is_someone_waiting():
            self._quiet_since_s = None
            raise RenderInterrupted

    def _is_someone_waiting(self) -> bool:
        with self.sittings.database.reading() as db:
            wants = list_line_wants(db, self.sittings.now() - STILL_WANTED)
            return bool(wants) or has_waiting_words(db) or has_wanted_renders(db)
