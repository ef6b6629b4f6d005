"""④ CARE: who may see what of a client, what a worksheet asks, and what the answers show in time.

In: what a client decided and answered. Out: what may be shown of it to whom. Pure.
"""

from server.care.calendar import DAYS, Reminder, write_calendar
from server.care.consent import (
    SHARED,
    Consent,
    Decision,
    Shared,
    consent_from,
)
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
]
