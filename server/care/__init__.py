"""④ CARE: who may see what of a client, what a worksheet asks, and what the answers show in time.

In: what a client decided and answered. Out: what may be shown of it to whom. Pure.
"""

from server.care.answers import read_answers, write_answers
from server.care.calendar import DAYS, Reminder, write_calendar
from server.care.answers import are_nearly_identical, is_marked, read_answers
from server.care.as_json import answers_as_json, worksheet_as_json
from server.care.consent import (
    SHARED,
    Consent,
    Decision,
    Shared,
    consent_from,
)
from server.care.keeping import read_worksheet, write_worksheet
from server.care.worksheet import (
    HIGHEST_RATING,
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
    "HIGHEST_RATING",

__all__ = [
    "LONGEST_TEXT",
    "MOST_FIELDS",
    "SHARED",
    "Answer",
    "ChoiceField",
    "Consent",
    "Decision",
    "Field",
    "PairAnswer",
    "PairField",
    "ScaleField",
    "Shared",
    "Side",
    "TextField",
    "Worksheet",
    "consent_from",
    "parse_worksheet",
    "read_answers",
    "read_worksheet",
    "write_answers",
    "write_worksheet",
from server.care.worksheet import Worksheet

__all__ = [
    "DAYS",
    "SHARED",
    "Consent",
    "Decision",
    "Reminder",
    "Shared",
    "Worksheet",
    "consent_from",
    "write_calendar",
from server.care.submitted import Answered, AnsweredPair, AnsweredSide, Submitted, read_submitted
from server.care.turning import Piece, Turn, join_pieces, list_turns, turn_to_self

__all__ = [
    "SHARED",
    "Answered",
    "AnsweredPair",
    "AnsweredSide",
    "Consent",
    "Decision",
    "Piece",
    "Shared",
    "Submitted",
    "Turn",
    "consent_from",
    "join_pieces",
    "list_turns",
    "read_submitted",
    "turn_to_self",
    "answers_as_json",
    "are_nearly_identical",
    "consent_from",
    "is_marked",
    "read_answers",
    "worksheet_as_json",
]
