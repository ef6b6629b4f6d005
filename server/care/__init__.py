"""④ CARE: who may see what of a client, what a worksheet asks, and what the answers show in time.

In: what a client decided and answered. Out: what may be shown of it to whom. Pure.
"""

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
from server.care.worksheet_file import parse_worksheet

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
]
