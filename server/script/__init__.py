"""The script room: the text of a practice comes in, a checked `Script` goes out.

`parse_script` holds no state, reads no file and asks no clock. A text with mistakes gives
`server.errors.InvalidScript`, which lists all of them; a `Script` has none.
"""

from server.script.cues import may_name_sound
from server.script.lexicon import parse_lexicon
from server.script.model import (
    BEDS,
    BELLS,
    LEVELS,
    TRACKS,
    Bed,
    Bell,
    Breath,
    Cue,
    Curve,
    Fill,
    Position,
    Repeat,
    Respelling,
    Say,
    Script,
    Silence,
    Stage,
    Word,
    WordUse,
)
from server.script.parse import parse_script

__all__ = [
    "BEDS",
    "BELLS",
    "LEVELS",
    "TRACKS",
    "Bed",
    "Bell",
    "Breath",
    "Cue",
    "Curve",
    "Fill",
    "Position",
    "Repeat",
    "Respelling",
    "Say",
    "Script",
    "Silence",
    "Stage",
    "Word",
    "WordUse",
    "may_name_sound",
    "parse_lexicon",
    "parse_script",
]
