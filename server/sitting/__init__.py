"""③ CHOICE. In: a branching script, what a listener chose, and the moves of a sitting so far.
Out: the lines that are certain to be heard by now, each at its millisecond.

A sitting holds nothing: `perform` is a function of the recorded events and the clock, so any
process can answer for any sitting, and one that is stopped in the middle is not missed.
"""

from server.sitting.ground import lay_ground
from server.sitting.model import (
    GRACE_MS,
    GRAIN_MS,
    LEAD_MS,
    MOVES,
    Choices,
    Event,
    Extras,
    Kind,
    Line,
    Performance,
    Rung,
    Station,
    Stretch,
)
from server.sitting.perform import perform
from server.sitting.program import Program, compile_sitting

__all__ = [
    "GRACE_MS",
    "GRAIN_MS",
    "LEAD_MS",
    "MOVES",
    "Choices",
    "Event",
    "Extras",
    "Kind",
    "Line",
    "Performance",
    "Program",
    "Rung",
    "Station",
    "Stretch",
    "compile_sitting",
    "lay_ground",
    "perform",
]
