"""The worker's part in a live sitting: a listener's own words are spoken at once."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from server.errors import RenderInterrupted, StepbackError, VoiceTimedOut, VoiceUnavailable
from server.render.hands import Hands
from server.render.live_stock import LineMaker, OnWait
from server.render.secret import private_line_key
from server.render.sitting_book import read_sitting
from server.render.sittings import Sittings
from server.render.voices import Voices
from server.sitting import Kind
from server.store import (
    NewEvent,
    SittingRow,
    WordsState,
    add_event,
    claim_words,
    end_words,
    find_sitting,
    has_waiting_words,
    list_words,
)

logger = logging.getLogger(__name__)

SPEAK_HANDS = 16
"""So many listeners' words may be spoken at once."""

WORDS_SECONDS = 6.0
"""Words that are not said within this time are not said: the neutral line was heard by then."""

FIRST_WORDS_SECONDS = 20.0
"""Those that were given before the beginning are due later."""


@dataclass(slots=True, kw_only=True)
class OwnWords:
    """Speaks words, for which shared lines make the time; if it is too late, nothing is missed."""

    sittings: Sittings
    voices: Voices
    stopping: threading.Event
    speaking: Hands = field(default_factory=lambda: Hands(SPEAK_HANDS), init=False)

    def take_words(self, guarded: Callable[[Callable[[], None]], object]) -> None:
        """Begin to speak all words that wait, each in a hand of its own; call it all the time.

        `guarded` does what it is given, whatever comes of it.
        """

        def work(key: str) -> None:
            guarded(lambda: self.speak_words(key))

        while not self.stopping.is_set() and self.speaking.take(self._claim, work):
            pass

    def _claim(self) -> str | None:
        database = self.sittings.database
        with database.reading() as db:
            if not has_waiting_words(db):
                return None
        with database.writing() as db:
            row = claim_words(db)
        return None if row is None else f"{row.sitting_id}:{row.number}"

    def speak_words(self, key: str) -> None:
        """Speak somebody's words, and record that they can be heard, or that they cannot."""
        sitting_id, _, number = key.partition(":")
        begun_s = time.monotonic()
        with self.sittings.database.reading() as db:
            row = find_sitting(db, sitting_id)
        if row is None:
            return  # forgotten meanwhile
        try:
            lengths = self._make_private(row, int(number))
        except RenderInterrupted:
            return  # the neutral line is heard; the sweeper gives the words up
        except StepbackError as error:
            logger.warning("words not spoken reason=%s", type(error).__name__)
            with self.sittings.database.writing() as db:
                end_words(db, sitting_id, int(number), WordsState.FAILED)
            self._remove_if_gone(row)
            return
        self._note_voiced(row, int(number), lengths)
        logger.info("words spoken took_s=%.2f", time.monotonic() - begun_s)

    def _make_private(self, row: SittingRow, number: int) -> dict[int, int]:
        with self.sittings.database.reading() as db:
            words = {each.number: each for each in list_words(db, row.id)}.get(number)
        if words is None:
            return {}
        booked = read_sitting(row)
        speaker = self.voices.get(row.voice)
        if speaker.voice.key != booked.voice_key:
            raise VoiceUnavailable("Its voice has been replaced since.")
        texts = cast("dict[str, str]", words.texts)
        limit_s = FIRST_WORDS_SECONDS if number == 1 else WORDS_SECONDS
        maker = LineMaker(
            shelf=self.sittings.shelf,
            speaker=speaker,
            urgency=lambda: -math.inf,
            on_wait=self._until(words.given_at + timedelta(seconds=limit_s)),
        )
        shelf, folder_key = self.sittings.shelf, self.sittings.folder_key(row)
        secret, lengths = self.sittings.secret, {}
        own = booked.program.private_lines(texts, number)
        for place, data, length_ms in maker.make_private(own, booked.program.utterances):
            key = private_line_key(secret, folder_key, number, place)
            shelf.publish(shelf.private_line_path(folder_key, key), data)
            lengths[place] = int(length_ms)
        shelf.settle(shelf.sitting_folder(folder_key), maker.on_wait)
        return lengths

    def _until(self, end_at: datetime) -> OnWait:
        def on_wait() -> None:
            if self.stopping.is_set():
                raise RenderInterrupted
            if self.sittings.now() > end_at:
                raise VoiceTimedOut

        return on_wait

    def _note_voiced(self, row: SittingRow, number: int, lengths: dict[int, int]) -> None:
        with self.sittings.database.writing() as db:
            is_there = end_words(db, row.id, number, WordsState.VOICED)
            if is_there:
                at_ms = round((self.sittings.now() - row.began_at).total_seconds() * 1000)
                new = NewEvent(
                    kind=Kind.VOICED.value, at_ms=max(0, at_ms), words=number, lengths=lengths
                )
                add_event(db, row.id, new)
        if not is_there:
            self._remove_if_gone(row)

    def _remove_if_gone(self, row: SittingRow) -> None:
        """Remove what was made for a sitting that was forgotten while it was made."""
        with self.sittings.database.reading() as db:
            is_gone = find_sitting(db, row.id, is_whole=False) is None
        if is_gone:
            self.sittings.remove_lines(row)
