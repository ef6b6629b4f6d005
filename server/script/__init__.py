"""The script room: the text of a practice comes in, a checked `Script` goes out.

`parse_script` holds no state, reads no file and asks no clock. A text with mistakes gives
`server.errors.InvalidScript`, which lists all of them; a `Script` has none.
"""

from server.script.courses import MOST_SITTINGS, Course, parse_course
from server.script.crisis import PLAIN_CRISIS, Crisis, CrisisNumber, parse_crisis
from server.script.cue_model import (
    AGAIN,
    ANCHORS,
    ANY,
    BEDS,
    BELLS,
    END,
    EYES,
    LEVELS,
    LIVE,
    NEXT,
    NOTHING,
    Answer,
    Ask,
    Bed,
    Bell,
    Breath,
    Condition,
    Cue,
    Fill,
    Go,
    Include,
    OneOf,
    Position,
    Repeat,
    Say,
    Silence,
    Single,
    Until,
    When,
    WordUse,
)
from server.script.cues import may_name_sound
from server.script.fields import LANGUAGE, SLUG, SLUG_FORM, WORD_NAME
from server.script.guide_reader import GuideReader, Lead, read_guide
from server.script.lexicon import parse_lexicon
from server.script.map import MapAnswer, MapQuestion, parse_map
from server.script.model import TRACKS, WORD_FORMS, Curve, Respelling, Script, Stage, Word
from server.script.parse import NO_PASSAGES, parse_passage, parse_script
from server.script.passages import inner_cues, list_passages
from server.script.paths import Way, list_ways
from server.script.printing import print_script
from server.script.problems import find_nearest
from server.script.sentences import split_sentences

__all__ = [
    "AGAIN",
    "ANCHORS",
    "ANY",
    "BEDS",
    "BELLS",
    "END",
    "EYES",
    "LANGUAGE",
    "LEVELS",
    "LIVE",
    "MOST_SITTINGS",
    "NEXT",
    "NOTHING",
    "NO_PASSAGES",
    "PLAIN_CRISIS",
    "SLUG",
    "SLUG_FORM",
    "TRACKS",
    "WORD_FORMS",
    "WORD_NAME",
    "Answer",
    "Ask",
    "Bed",
    "Bell",
    "Breath",
    "Condition",
    "Course",
    "Crisis",
    "CrisisNumber",
    "Cue",
    "Curve",
    "Fill",
    "Go",
    "GuideReader",
    "Include",
    "Lead",
    "MapAnswer",
    "MapQuestion",
    "OneOf",
    "Position",
    "Repeat",
    "Respelling",
    "Say",
    "Script",
    "Silence",
    "Single",
    "Stage",
    "Until",
    "Way",
    "When",
    "Word",
    "WordUse",
    "find_nearest",
    "inner_cues",
    "list_passages",
    "list_ways",
    "may_name_sound",
    "parse_course",
    "parse_crisis",
    "parse_lexicon",
    "parse_map",
    "parse_passage",
    "parse_script",
    "print_script",
    "read_guide",
    "split_sentences",
]
