"""④ CARE: who may see what of a client, what a worksheet asks, and what the answers show in time.

In: what a client decided and answered. Out: what may be shown of it to whom. Pure.
"""

from server.care.answers import read_answers, write_answers
from server.care.calendar import DAYS, Reminder, write_calendar
from server.care.consent import BESIDE, SHARED, Consent, Decision, Shared, consent_from
from server.care.keeping import write_worksheet
from server.care.likeness import are_nearly_identical, is_marked
from server.care.lines import split_lines
from server.care.spoken import find_spoken_script
from server.care.submitted import Answered, AnsweredPair, AnsweredSide, Submitted, read_submitted
from server.care.turning import Piece, Turn, join_pieces, list_turns, turn_to_self
from server.care.worksheet import (
    LONGEST_TEXT,
    MOST_FIELDS,
    Answer,
    ChoiceField,
    Field,
    PairAnswer,
    PairField,
    ScaleField,
    Side,
    TextField,
    Worksheet,
)
from server.care.worksheet_file import parse_worksheet

__all__ = [
    "BESIDE",
    "DAYS",
    "LONGEST_TEXT",
    "MOST_FIELDS",
    "SHARED",
    "Answer",
    "Answered",
    "AnsweredPair",
    "AnsweredSide",
    "ChoiceField",
    "Consent",
    "Decision",
    "Field",
    "PairAnswer",
    "PairField",
    "Piece",
    "Reminder",
    "ScaleField",
    "Shared",
    "Side",
    "Submitted",
    "TextField",
    "Turn",
    "Worksheet",
    "are_nearly_identical",
    "consent_from",
    "find_spoken_script",
    "is_marked",
    "join_pieces",
    "list_turns",
    "parse_worksheet",
    "read_answers",
    "read_submitted",
    "split_lines",
    "turn_to_self",
    "write_answers",
    "write_calendar",
    "write_worksheet",
]
