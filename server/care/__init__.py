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

__all__ = ["SHARED", "Consent", "Decision", "Shared", "consent_from"]
