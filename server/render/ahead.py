"""Rendering ahead: what a worker makes while nobody waits, so that most presses find it ready."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from server.errors import StorageFull
from server.render.guides import course_lengths
from server.render.model import CANNOT_BE_MADE
from server.render.orders import Workshop
from server.render.spoken_worksheets import find_guided
from server.render.worksheets import list_worksheets
from server.store import is_busy

logger = logging.getLogger(__name__)

QUIET_SECONDS = 5.0
"""Nobody must have waited for so long before anything is made ahead."""

REST_SECONDS = 60.0
"""When nothing was left to make, the catalogue is looked through again after so long."""


@dataclass(slots=True, kw_only=True)
class Ahead:
    """Looks for what has not been made yet, while the house is quiet: each practice at its usual
    length, and then at those that courses need for their feeds.

    Its renders are never put in the queue: whoever looks here makes them, one at a time in the
    whole house, and lets go of them as soon as a listener waits for something else.
    """

    workshop: Workshop
    _quiet_since_s: float | None = field(default=None, init=False)
    _rest_until_s: float = field(default=-math.inf, init=False)

    def find_next(self, now_s: float) -> str | None:
        """Give the key of a render to make now, or None; `now_s` is on the monotonic clock."""
        if not self._is_quiet(now_s) or now_s < self._rest_until_s:
            return None
        key = self._first_open()
        if key is None:
            self._rest_until_s = now_s + REST_SECONDS
        return key

    def _is_quiet(self, now_s: float) -> bool:
        with self.workshop.database.reading() as db:
            if is_busy(db):
                self._quiet_since_s = None
                return False
        if self._quiet_since_s is None:
            self._quiet_since_s = now_s
        return now_s - self._quiet_since_s >= QUIET_SECONDS

    def _first_open(self) -> str | None:
        for order in self._orders():
            try:
                key = order()
            except StorageFull:
                return None  # what room there is belongs to listeners
            except CANNOT_BE_MADE as error:
                # A listener who presses play is told; nobody is waiting to be told here.
                logger.debug("not made ahead reason=%s", error)
                continue
            if key is not None:
                return key
        return None

    def _orders(self) -> Iterator[Callable[[], str | None]]:
        """How to order each practice, then the lengths that only courses have, and then what
        guides through each worksheet.
        """
        workshop = self.workshop
        for script in workshop.catalogue.scripts():
            yield partial(workshop.order_ahead, script.slug)
        for slug, minutes in sorted(course_lengths(workshop.settings, workshop.catalogue)):
            yield partial(workshop.order_ahead, slug, minutes)
        for worksheet in list_worksheets(workshop.settings.scripts_path):
            guided = find_guided(workshop.settings, worksheet)
            if guided is not None:
                yield partial(workshop.order_guided_ahead, guided)
