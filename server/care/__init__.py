"""④ CARE: who may see what of a client, what a worksheet asks, and what the answers show in time.

In: what a client decided and answered. Out: what may be shown of it to whom. Pure.
"""

from server.care.answers import are_nearly_identical, is_marked, read_answers
from server.care.as_json import answers_as_json, worksheet_as_json
from server.care.consent import (
    SHARED,
    Consent,
    Decision,
    Shared,
    consent_from,
)
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
    "answers_as_json",
    "are_nearly_identical",
    "consent_from",
    "is_marked",
    "read_answers",
    "worksheet_as_json",
]
