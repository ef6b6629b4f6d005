"""④ CARE: who may see what of a client, what a worksheet asks, and what the answers show in time.

In: what a client decided and answered. Out: what may be shown of it to whom. Pure.
"""

from server.care.answers import read_answers, write_answers
from server.care.consent import (
    SHARED,
    Consent,
    Decision,
    Shared,
    consent_from,
)
from server.care.keeping import read_worksheet, write_worksheet
from server.care.likeness import are_nearly_identical, is_marked
from server.care.reminders import RHYTHMS, Reminder, Rhythm, write_calendar
from server.care.spoken import find_spoken_script
from server.care.trend import Point, Trend, TrendPoint, trend
from server.care.weeks import Practised, Week, Weeks, weeks
from server.care.worksheet import (
    HIGHEST_RATING,
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
    "LONGEST_TEXT",
    "MOST_FIELDS",
    "RHYTHMS",
    "SHARED",
    "Answer",
    "ChoiceField",
    "Consent",
    "Decision",
    "Field",
    "PairAnswer",
    "PairField",
    "Point",
    "Practised",
    "Reminder",
    "Rhythm",
    "ScaleField",
    "Shared",
    "Side",
    "TextField",
    "Trend",
    "TrendPoint",
    "Week",
    "Weeks",
    "Worksheet",
    "are_nearly_identical",
    "consent_from",
    "find_spoken_script",
    "is_marked",
    "parse_worksheet",
    "read_answers",
    "read_worksheet",
    "trend",
    "weeks",
    "write_answers",
    "write_calendar",
    "write_worksheet",
]
