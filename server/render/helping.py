"""Helping: sentences of a render that another machine's worker makes, spoken by one that is idle.

Nothing is agreed on. The maker goes through a practice from its beginning and passes over what it
finds on the shelf; whoever helps keeps clear of what comes next, takes the sentences after it in
an order of its own, and is passed over likewise. Where two speak the same one, the first stays.
"""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import dataclass, field

from server.errors import RenderInterrupted
from server.render.lease import Bench
from server.render.order_book import read_order
from server.render.orders import Workshop
from server.render.owners import host_of
from server.render.secret import server_secret
from server.render.speech import clip_keys, publish_clip
from server.render.voices import Voices
from server.store import RenderRow, RenderState, find_render, list_running_renders
from server.store.care import KeyRing
from server.timeline import Utterance

KEEP_CLEAR = 4
"""So many of the next missing sentences are left to the maker, who is at them."""

STRETCH = 12
"""Sentences are taken stretch by stretch, so that what is heard sooner is there sooner."""

LOOK_SECONDS = 1.0
"""How often it is asked whether the render is still being made."""


@dataclass(slots=True, kw_only=True)
class Helping:
    """Speaks for others while nobody waits for what this worker has itself.

    A listener's own words are never spoken here: only the maker knows when they must go.
    """

    workshop: Workshop
    bench: Bench
    voices: Voices
    owner: str
    """This worker's name."""
    _looked_s: float = field(default=-math.inf, init=False)
    _ended_owner: str = field(default="", init=False)
    """The claim of which nothing is left to speak."""

    def find(self) -> str | None:
        """Give the key of a render that somebody waits for and another machine makes, or None."""
        if self.bench.is_at_work:
            return None
        with self.workshop.database.reading() as db:
            rows = list_running_renders(db)
        return next((row.key for row in rows if self._is_anothers(row)), None)

    def help(self, key: str) -> None:
        """Speak what is missing of a render, as long as it is made and there is no work here."""
        try:
            with self.workshop.database.reading() as db:
                row = find_render(db, key)
            if row is not None and self._is_anothers(row):
                self._speak_missing(row)
                self._ended_owner = str(row.owner)
        except RenderInterrupted:
            pass  # its maker goes on alone

    def _speak_missing(self, row: RenderRow) -> None:
        settings, shelf = self.workshop.settings, self.workshop.shelf
        speaker = self.voices.get(row.voice)
        if row.order.get("voice_key") != speaker.voice.key:
            return
        order = read_order(row, server_secret(settings.secret_path), KeyRing(settings.keys_path))
        keys = clip_keys(order, speaker)
        missing = [
            each
            for each in order.plan.utterances
            if not (each.is_private or each.recording or shelf.has_clip(keys[each]))
        ]
        spoken = speaker.speak(
            self._in_our_order(missing[KEEP_CLEAR:], keys),
            on_wait=lambda: self._go_on_or_stop(row.key),
            is_needed=lambda each: not shelf.has_clip_here(keys[each]),
        )
        for utterance, clip in spoken:
            publish_clip(shelf, keys[utterance], clip)
            self._go_on_or_stop(row.key)

    def _in_our_order(
        self, utterances: list[Utterance], keys: dict[Utterance, str]
    ) -> list[Utterance]:
        """Each helper's differs, so that two seldom speak the same sentence."""

        def place(numbered: tuple[int, Utterance]) -> tuple[int, bytes]:
            number, utterance = numbered
            own = hashlib.sha256(f"{self.owner} {keys[utterance]}".encode()).digest()
            return number // STRETCH, own

        return [utterance for _, utterance in sorted(enumerate(utterances), key=place)]

    def _go_on_or_stop(self, key: str) -> None:
        """Raise RenderInterrupted where the worker stops, has work itself, or nothing is made."""
        if self.bench.stopping.is_set() or self.bench.is_at_work:
            raise RenderInterrupted
        now_s = time.monotonic()
        if now_s - self._looked_s < LOOK_SECONDS:
            return
        self._looked_s = now_s
        with self.workshop.database.reading() as db:
            row = find_render(db, key)
        if row is None or not self._is_anothers(row):
            raise RenderInterrupted

    def _is_anothers(self, row: RenderRow) -> bool:
        """True for what another machine makes: here, all that the processors can do is done."""
        if row.state != RenderState.RUNNING or row.owner is None or row.owner == self._ended_owner:
            return False
        return row.wanted_at is not None and host_of(row.owner) != host_of(self.owner)
