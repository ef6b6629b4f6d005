"""A program, the events so far and the clock → what is certain to be heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.sitting.model import Event, Performance
from server.sitting.program import Program
from server.timeline import Utterance
from server.units import Ms


def perform(
    program: Program, events: Sequence[Event], lengths: Mapping[Utterance, Ms], clock_ms: Ms
) -> Performance:
    """Go through a program as these events lead, as far as is certain at `clock_ms`.

    `lengths` holds every shared line's length, a multiple of GRAIN_MS; those of private lines
    are in the VOICED events.
    """
    raise NotImplementedError
