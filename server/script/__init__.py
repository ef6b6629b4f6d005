"""The script room: the text of a practice comes in, a checked `Script` goes out.

`parse_script` holds no state, reads no file and asks no clock. A text with mistakes gives
`server.errors.InvalidScript`, which lists all of them; a `Script` has none.
"""

from server.script.model import (
    TRACKS,
    Bell,
    Breath,
    Cue,
    Fill,
    Position,
    Repeat,
    Say,
    Script,
    Silence,
    Stage,
    Word,
    WordUse,
)
from server.script.parse import parse_script

__all__ = [
    "TRACKS",
    "Bell",
    "Breath",
    "Cue",
    "Fill",
    "Position",
    "Repeat",
    "Say",
    "Script",
    "Silence",
    "Stage",
    "Word",
    "WordUse",
    "parse_script",
]
