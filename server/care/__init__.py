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

__all__ = [
    "HIGHEST_RATING",
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
    "are_nearly_identical",
    "consent_from",
    "is_marked",
    "read_answers",
    "read_worksheet",
    "write_answers",
    "write_worksheet",
]
