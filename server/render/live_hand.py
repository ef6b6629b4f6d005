"""All that a worker does for live sittings, put together for its threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from server.render.live_ahead import LineStock
from server.render.orders import Workshop
from server.render.own_words import OwnWords
from server.render.sitting_sweeper import SittingSweeper
from server.render.sittings import Sittings
from server.render.voices import Voices


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveHand:
    """Each of these is called again and again, in a thread of its own."""

    words: OwnWords
    stock: LineStock
    sweeper: SittingSweeper

    def take_words(self, guarded: Callable[[Callable[[], None]], object]) -> None:
        """Begin to speak the words that wait; `guarded` does a thing, whatever comes of it."""
        self.words.take_words(guarded)

    def make_wanted(self) -> None:
        """Make the lines that somebody waits for."""
        self.stock.make_wanted()

    def make_ahead(self) -> None:
        """Make the lines that nobody waits for yet, while the house is quiet."""
        self.stock.make_ahead(time.monotonic())

    def sweep(self) -> None:
        """Delete what nobody may keep longer."""
        self.sweeper.sweep(datetime.now(UTC))

    def join(self, until_s: float) -> None:
        """Wait for what is being spoken, at most until then on the monotonic clock."""
        self.words.speaking.join(until_s)


def open_live_hand(workshop: Workshop, voices: Voices, stopping: threading.Event) -> LiveHand:
    """Make a worker's hand for sittings, from what it makes renders with."""
    sittings = Sittings(
        settings=workshop.settings,
        database=workshop.database,
        shelf=workshop.shelf,
        catalogue=workshop.catalogue,
    )
    return LiveHand(
        words=OwnWords(sittings=sittings, voices=voices, stopping=stopping),
        stock=LineStock(sittings=sittings, voices=voices, stopping=stopping),
        sweeper=SittingSweeper(sittings=sittings),
    )
