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
from server.care.lines import split_lines
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
    "split_lines",
    "turn_to_self",
]
